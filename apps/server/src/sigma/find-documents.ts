import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, isNodeError } from '@decnet/kernel'
import { reasonOf, unreadablePath } from '../rules/file-words.ts'
import { type Page, readPage } from '../rules/read-page.ts'

const FILES = 20_000
const DEEPEST = 16
const NAME = /\.ya?ml$/iu

/** What may be a document; of what is none, why. */
export interface Found {
  readonly path: string
  /** A sentence that begins with the path. */
  readonly unreadable?: string
}

/** The YAML files among these and below these folders, by name; links in folders are not followed. @throws {AppError} `unreadable_rules`, `too_many_files`. */
export async function findDocuments(paths: readonly string[]): Promise<readonly Found[]> {
  const found = new Map<string, Found>()
  const add = (path: string, unreadable?: string) => {
    found.set(path, unreadable === undefined ? { path } : { path, unreadable })
    if (found.size > FILES)
      throw new AppError(`There are more than ${FILES.toLocaleString('en')} files.`, {
        code: 'too_many_files',
        hint: 'Name folders below.',
      })
  }
  async function walk(folder: string, depth: number): Promise<void> {
    for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.')) await below(path, depth + 1)
      } else if (NAME.test(entry.name)) add(path, entry.isSymbolicLink() ? 'is a link: those in folders are not followed.' : undefined)
    }
  }
  async function below(folder: string, depth: number): Promise<void> {
    if (depth > DEEPEST) return add(folder, 'lies too deep: name it.')
    try {
      await walk(folder, depth)
    } catch (error) {
      if (!isNodeError(error)) throw error
      add(folder, reasonOf(error))
    }
  }
  for (const path of paths)
    try {
      if ((await stat(path)).isDirectory()) await walk(path, 0)
      else add(path)
    } catch (error) {
      throw isNodeError(error)
        ? unreadablePath(path, error, { code: 'unreadable_rules', hint: 'Name a file of Sigma, or a folder of them.' })
        : error
    }
  return [...found.values()]
}

/** The text of a document; or why it is none that could be a rule. */
export const documentText = async ({ path, unreadable }: Found): Promise<Page> =>
  unreadable === undefined ? readPage(path) : { unreadable }
