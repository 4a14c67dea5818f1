import { existsSync } from 'node:fs'
import { AppError, isNodeError } from '@decnet/kernel'

/** What SQLite says of a file that is not, or no longer, what it wrote. */
export const isDamage = (error: unknown) => isNodeError(error) && /^SQLITE_(CORRUPT|NOTADB)/u.test(error.code ?? '')

/** A damaged database and the way out; only files that are there are named. */
export function corrupt(path: string, cause: unknown): AppError {
  const files = [path, `${path}-wal`].filter((file) => existsSync(file))
  return new AppError(`The database ${path} is damaged.`, {
    code: 'database_corrupt',
    hint: `Move it aside${files.length > 1 ? ' with its log' : ''} (mkdir '${path}.damaged'; mv ${files.map((file) => `'${file}'`).join(' ')} '${path}.damaged') and start again: a new one is made, and what the spool still holds is read into it.`,
    cause,
  })
}
