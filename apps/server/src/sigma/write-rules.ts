import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, isNodeError } from '@decnet/kernel'
import { visible } from '../domain/visible.ts'
import { makeFolder } from '../make-folder.ts'
import { readPage } from '../rules/read-page.ts'

export type Written = 'new' | 'changed' | 'unchanged'

const NO_FOLDER = 'is no folder, and none can be made there'
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'may not be written by you',
  EEXIST: NO_FOLDER,
  ERR_FS_EISDIR: 'holds a folder where a rule is to be written',
  EISDIR: 'holds a folder where a rule is to be written',
  ELOOP: 'is a link that leads in a circle',
  ENAMETOOLONG: 'has a name that is too long',
  ENOENT: NO_FOLDER,
  ENOSPC: 'lies on a disk that is full',
  ENOTDIR: NO_FOLDER,
  EPERM: 'may not be written by you',
  EROFS: 'lies on a disk that can only be read',
}

/** Keeps rules as files of a folder, each in one step; one that was written under another title before is replaced. @throws {AppError} `unwritable_rules`. */
export async function rulesFolder(folder: string) {
  const guarded = async <R>(work: () => Promise<R>): Promise<R> => {
    try {
      return await work()
    } catch (error) {
      if (!isNodeError(error)) throw error
      throw new AppError(`${visible(folder)} ${REASONS[error.code ?? ''] ?? 'cannot be written'}.`, {
        code: 'unwritable_rules',
        hint: 'Name a folder that you may write, with --out.',
        cause: error,
      })
    }
  }
  const names = new Set(
    await guarded(async () => {
      makeFolder(folder)
      return readdir(folder)
    }),
  )
  return (id: string, fileName: string, text: string): Promise<{ readonly path: string; readonly written: Written }> =>
    guarded(async () => {
      const path = join(folder, fileName)
      const before = [...names].filter((name) => name.startsWith(`${id}-`) && name.endsWith('.yaml'))
      if (before.length === 1 && before[0] === fileName) {
        const page = await readPage(path)
        if ('text' in page && page.text === text) return { path, written: 'unchanged' as const }
      }
      const half = join(folder, `.${fileName}.part`)
      // What stands there may be a pipe or a link of somebody else.
      await rm(half, { force: true })
      await writeFile(half, text, { flag: 'wx' })
      await rename(half, path)
      for (const name of before) if (name !== fileName) await rm(join(folder, name))
      names.add(fileName)
      return { path, written: before.length === 0 ? ('new' as const) : ('changed' as const) }
    })
}
