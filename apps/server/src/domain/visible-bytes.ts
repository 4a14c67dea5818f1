import { isUtf8 } from 'node:buffer'
import { visible } from './visible.ts'

/** UTF-8 as it is; each byte that is none as `\\xNN`. */
export function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes)
  if (isUtf8(buffer)) return buffer.toString('utf8')
  let text = ''
  for (let at = 0; at < buffer.length; ) {
    // As long as the first byte says, where that is well-formed; the decoder judges.
    const length = [1, 2, 3, 4].find((length) => at + length <= buffer.length && isUtf8(buffer.subarray(at, at + length)))
    text += length === undefined ? `\\x${buffer.toString('hex', at, at + 1)}` : buffer.toString('utf8', at, at + length)
    at += length ?? 1
  }
  return text
}

/** A secret as its exact bytes; those of an answer to a challenge, which are no text, in hex. */
export function secretOf(
  { secret_kind, secret_b64 }: { readonly secret_kind: string; readonly secret_b64: string },
  width: number,
): string {
  const bytes = Buffer.from(secret_b64, 'base64')
  if (secret_kind !== 'plaintext' && !isUtf8(bytes)) return visible(bytes.toString('hex'), width)
  // No character is longer than four bytes, and one more than fit shows that it is cut.
  return visible(textOf(bytes.subarray(0, 4 * (width + 1))), width)
}
