import { gzipSync } from 'node:zlib'
import { type Header, headerOf } from './message.ts'

/** gzip as both daemons write its header: no time, no name, system Unix. */
export function gzip(content: Buffer, level: number): Buffer {
  const packed = gzipSync(content, { level })
  packed[8] = 0
  packed[9] = 3
  return packed
}

/** Whether the client takes gzip (RFC 9110 section 12.5.3, as far as both daemons read it). */
export function takesGzip(headers: readonly Header[]): boolean {
  const accept = headerOf(headers, 'accept-encoding')
  if (accept === undefined) return false
  return accept.split(',').some((part) => /^\s*(?:x-)?gzip\s*(?:;\s*q\s*=\s*(?!0(?:\.0{0,3})?\s*$).*)?$/iu.test(part))
}
