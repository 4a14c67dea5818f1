import { spawnSync } from 'node:child_process'
import { describe, test } from 'vitest'

/** What a test needs beyond Node. */
export interface Needs {
  /** Executables, each with the Debian package that brings it. */
  readonly tools?: Readonly<Record<string, string>>
  readonly root?: boolean
}

const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`
const found = new Map<string, boolean>()

/** Whether a program is on the path, where daemons live too. */
export function installed(program: string): boolean {
  const known = found.get(program) ?? spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH } }).status === 0
  found.set(program, known)
  return known
}

/** The line that would enable it, or null when nothing is missing. */
function lacking(needs: Needs): string | null {
  const packages = new Set(Object.entries(needs.tools ?? {}).flatMap(([program, debian]) => (installed(program) ? [] : [debian])))
  const lines = [
    ...(packages.size > 0 ? [`apt-get install ${[...packages].join(' ')}`] : []),
    ...(needs.root && process.getuid?.() !== 0 ? ['sudo npm test'] : []),
  ]
  return lines.length === 0 ? null : lines.join('; ')
}

const named = (name: string, line: string) => `${name} [to enable: ${line}]`

type Declare = (name: string, ...rest: never[]) => void

/**
 * `describe` and `test` for what the machine may lack: then they are skipped by name, with the line that enables them.
 * With CI=true a skip is a failure. `when({ tools: { nmap: 'nmap' } }).test('…', …)`
 */
export function when(needs: Needs): { readonly describe: typeof describe; readonly test: typeof test } {
  const line = lacking(needs)
  if (line === null) return { describe, test }
  const skipping =
    (skip: Declare): Declare =>
    (name, ...rest) =>
      skip(named(name, line), ...rest)
  return { describe: skipping(describe.skip as Declare) as typeof describe, test: skipping(test.skip as Declare) as typeof test }
}
