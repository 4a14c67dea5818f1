import { escapedBytes, escapedText } from '@decnet/kernel'
import { FileError } from './port.ts'
import { STRERROR } from './strerror.ts'

const ASCII = /^[\x00-\x7f]*$/

/** From the shell's one-character-per-byte text to the disk's names: characters, bytes that are none escaped. */
export const toDisk = (text: string): string => (ASCII.test(text) ? text : escapedText(Buffer.from(text, 'latin1')))
/** From the disk's names to the shell's text. */
export const fromDisk = (name: string): string => (ASCII.test(name) ? name : escapedBytes(name).toString('latin1'))

/** `a/./b/../c` against a working directory, as the shell's logical paths go. */
export function absolute(path: string, cwd: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return `/${parts.join('/')}`
}
/** Joins without touching `..`, which links make meaningful. */
export const joined = (path: string, cwd: string): string => (path.startsWith('/') ? path : cwd === '/' ? `/${path}` : `${cwd}/${path}`)
export const baseName = (path: string): string => path.replace(/\/+$/, '').replace(/^.*\//s, '') || (path.startsWith('/') ? '/' : '')

/** strerror of a {@link FileError}; anything else is thrown on. */
export function reasonOf(error: unknown): string {
  if (error instanceof FileError) return STRERROR[error.code]
  throw error
}
