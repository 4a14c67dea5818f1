import { readFileSync } from 'node:fs'

/** This release's number. */
export const { version: release } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
}
