import { isUtf8 } from 'node:buffer'

/** ASCII, a character of well-formed UTF-8 (RFC 3629 §4), or one byte that is none; one character per byte. */
const UTF8_OR_BYTE =
  /([\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})|[\x80-\xff]/g
const UNFINISHED = /(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})$/
const ESCAPED = /([\udc80-\udcff])/u

/**
 * Bytes as text, none lost: UTF-8 where it is, any other byte 0xNN as the lone surrogate U+DCNN (PEP 383's `surrogateescape`).
 * In JSON such a byte stands as `\udcNN`; a terminal player shows its replacement character.
 */
export function escapedText(bytes: Uint8Array): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (isUtf8(view)) return view.toString()
  return view
    .toString('latin1')
    .replace(UTF8_OR_BYTE, (found, text?: string) =>
      text === undefined ? String.fromCharCode(0xdc00 + found.charCodeAt(0)) : Buffer.from(text, 'latin1').toString(),
    )
}

/** The inverse of {@link escapedText}; any other text is its UTF-8. */
export function escapedBytes(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text)
  return Buffer.concat(text.split(ESCAPED).map((part, i) => (i % 2 === 1 ? Buffer.of(part.charCodeAt(0) - 0xdc00) : Buffer.from(part))))
}

/** {@link escapedText} of bytes that come in pieces: a character that a piece cuts is waited for. */
export class EscapedDecoder {
  #held: Buffer = Buffer.alloc(0)

  write(bytes: Uint8Array): string {
    const all = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes])
    const cut = UNFINISHED.exec(all.subarray(-3).toString('latin1'))?.[0].length ?? 0
    this.#held = all.subarray(all.length - cut)
    return escapedText(all.subarray(0, all.length - cut))
  }
  /** What was held back. */
  end(): string {
    const rest = escapedText(this.#held)
    this.#held = Buffer.alloc(0)
    return rest
  }
}
