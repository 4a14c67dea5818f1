import { stat } from 'node:fs/promises'
import { isNodeError } from '@decnet/kernel'
import { textHash } from '../store/rule-texts.ts'
import { readPage } from './read-page.ts'
import type { StoredText } from './rule-store.ts'

/** Changes whenever a file is written, replaced or repaired; what is wrong with one that cannot be looked at. */
export async function stampOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch (error) {
    if (!isNodeError(error)) throw error
    return `! ${error.code}`
  }
}

/** Reads one file of a folder of rules; why it cannot be read is part of the answer. */
export async function readRuleFile(name: string, path: string): Promise<StoredText> {
  const content = await readPage(path)
  return { name, path, hash: 'text' in content ? textHash(content.text) : `! ${content.unreadable}`, content }
}
