import { isUtf8 } from 'node:buffer'
import { FileError } from './port.ts'
import { STRERROR } from './strerror.ts'

const ASCII = /^[\x00-\x7f]*$/

/** From the shell's one-character-per-byte text to the disk's strings. */
export function toDisk(text: string): string {
  if (ASCII.test(text)) return text
  const bytes = Buffer.from(text, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : text
}
/** From the disk's strings to the shell's text. */
export const fromDisk = (text: string): string =>
  ASCII.test(text) || (!/[^\x00-\xff]/.test(text) && !isUtf8Text(text)) ? text : Buffer.from(text).toString('latin1')
const isUtf8Text = (text: string): boolean => !isUtf8(Buffer.from(text, 'latin1'))

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
