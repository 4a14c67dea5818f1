import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isNodeError } from '@decnet/kernel'
import { textHash } from '../store/rule-texts.ts'
import { unreadablePath } from './file-words.ts'

/** Generated; beside the rules of this release. */
const FILE = join(import.meta.dirname, '..', '..', '..', '..', 'rules', 'generated', 'ttp.json')

/**
 * What a text says, where it is that of a rule of this release that was found sound when `npm run gen` ran; undefined for any other, which is to be
 * read as it is written. Spares each start most of the work. @throws {AppError} `unreadable_rules`.
 */
export async function shippedDigest(): Promise<(text: string) => unknown> {
  try {
    const said = new Map<string, unknown>(Object.entries(JSON.parse(await readFile(FILE, 'utf8'))))
    return (text) => said.get(textHash(text))
  } catch (error) {
    if (!isNodeError(error)) throw error
    throw unreadablePath(FILE, error, { code: 'unreadable_rules', hint: '`npm run gen` makes it.' })
  }
}
