import { toText } from '../../_shared/shell/interpreter/streams.ts'
import { toDisk } from '../../_shared/shell/paths.ts'
import { FileError } from '../../_shared/shell/port.ts'
import { STRERROR } from '../../_shared/shell/strerror.ts'

/** strerror(3) of what the disk said. Other errors are rethrown. */
export function errorText(error: unknown): string {
  if (!(error instanceof FileError)) throw error
  return STRERROR[error.code]
}

/** A control line of the scp protocol. */
export type ControlLine =
  | { readonly kind: 'file' | 'directory'; readonly mode: number; readonly size: number; readonly name: string }
  | { readonly kind: 'times'; readonly mtime: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'message'; readonly fatal: boolean }
  | { readonly kind: 'bad'; readonly why: string }

/** Reads one line, without its line feed. */
export function readControlLine(line: Buffer): ControlLine {
  const text = toText(line)
  const [first = ''] = text
  if (first === '\x01' || first === '\x02') return { kind: 'message', fatal: first === '\x02' }
  if (first === 'E') return { kind: 'end' }
  if (first === 'T') {
    const times = /^T(\d{1,12}) \d{1,6} \d{1,12} \d{1,6}$/u.exec(text)
    return times ? { kind: 'times', mtime: Number(times[1]) * 1000 } : { kind: 'bad', why: 'mtime.sec not delimited' }
  }
  if (first !== 'C' && first !== 'D') return { kind: 'bad', why: text }
  const entry = /^[CD]([0-7]{4}) (\d{1,15}) (.+)$/su.exec(text)
  if (!entry) return { kind: 'bad', why: 'bad mode' }
  const [, mode = '', size = '', name = ''] = entry
  if (name === '.' || name === '..' || name.includes('/')) return { kind: 'bad', why: `error: unexpected filename: ${name}` }
  return { kind: first === 'C' ? 'file' : 'directory', mode: Number.parseInt(mode, 8), size: Number(size), name: toDisk(name) }
}
