import { AppError } from '@decnet/kernel'
import { visible } from '../domain/visible.ts'

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'may not be read.',
  EISDIR: 'is no file.',
  ELOOP: 'is a link that leads in a circle.',
  ENOENT: 'is a link that leads nowhere.',
  ENOTDIR: 'is a link that leads nowhere.',
}

/** What the system says of a file in a folder, as a sentence that begins with its name. */
export const reasonOf = (error: NodeJS.ErrnoException): string => REASONS[error.code ?? ''] ?? 'cannot be read.'

const SENTENCES: Readonly<Record<string, (path: string) => string>> = {
  EACCES: (path) => `You may not read ${path}.`,
  EISDIR: (path) => `${path} is a folder.`,
  ELOOP: (path) => `${path} is a link that leads in a circle.`,
  ENAMETOOLONG: (path) => `There is no ${path}: that name is too long.`,
  ENOENT: (path) => `There is no ${path}.`,
  ENOTDIR: (path) => `There is no ${path}: a part of that path is a file.`,
}

/** What the system says of a path that somebody named. Status 503. */
export const unreadablePath = (
  path: string,
  error: NodeJS.ErrnoException,
  { code, hint }: { readonly code: string; readonly hint: string },
): AppError =>
  new AppError(SENTENCES[error.code ?? '']?.(visible(path)) ?? `${visible(path)} cannot be read.`, {
    code,
    status: 503,
    hint,
    cause: error,
  })
