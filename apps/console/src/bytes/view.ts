/**
 * Hostile text as runs that are safe to show: what would move the cursor, turn the direction, hide itself or is no character at all becomes
 * a label of plain ASCII. Nothing is lost: joining the runs' `raw` gives the text back.
 */
export interface Run {
  readonly kind: 'text' | 'mark'
  readonly raw: string
  /** What to show. */
  readonly shown: string
  /** For marks: what it is, in words. */
  readonly name?: string
}

const names: Record<number, string> = {
  0: 'NUL',
  7: 'bell',
  8: 'backspace',
  9: 'tab',
  10: 'line feed',
  13: 'carriage return',
  27: 'escape',
  127: 'delete',
  8203: 'zero width space',
  8204: 'zero width non-joiner',
  8205: 'zero width joiner',
  8206: 'left-to-right mark',
  8207: 'right-to-left mark',
  8234: 'left-to-right embedding',
  8235: 'right-to-left embedding',
  8236: 'end of direction',
  8237: 'left-to-right override',
  8238: 'right-to-left override',
  8294: 'left-to-right isolate',
  8295: 'right-to-left isolate',
  8296: 'first strong isolate',
  8297: 'end of isolate',
  8232: 'line separator',
  8233: 'paragraph separator',
  65279: 'byte order mark',
  173: 'soft hyphen',
  160: 'no-break space',
}
const short: Record<number, string> = { 0: '\\0', 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 13: '\\r', 27: '\\e' }

const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u00a0\u115f\u1160\u2800\u3164\uffa0]/u
const hex = (n: number, width: number) => n.toString(16).padStart(width, '0')

function markOf(char: string): Run {
  const code = char.codePointAt(0) ?? 0
  if (code >= 0xdc80 && code <= 0xdcff)
    return { kind: 'mark', raw: char, shown: `\\x${hex(code - 0xdc00, 2)}`, name: 'byte that is not UTF-8' }
  const shown = short[code] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `U+${hex(code, 4).toUpperCase()}`)
  const name = names[code] ?? (/\p{Cs}/u.test(char) ? 'half of a surrogate pair' : 'character without a shape')
  return { kind: 'mark', raw: char, shown, name: `${name} (U+${hex(code, 4).toUpperCase()})` }
}

/** `limit`: characters looked at; what lies behind it is not in the result. */
export function runsOf(text: string, limit = Number.POSITIVE_INFINITY): Run[] {
  const runs: Run[] = []
  let plain = ''
  let seen = 0
  for (const char of text) {
    if (seen >= limit) break
    seen += 1
    if (!hidden.test(char)) {
      plain += char
      continue
    }
    if (plain !== '') runs.push({ kind: 'text', raw: plain, shown: plain })
    plain = ''
    runs.push(markOf(char))
  }
  if (plain !== '') runs.push({ kind: 'text', raw: plain, shown: plain })
  return runs
}

/** Base64 to bytes; what is not base64 gives no bytes. */
export function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}

/**
 * UTF-8 as text; each byte that is not UTF-8 becomes the half of a surrogate pair U+DC80 to U+DCFF (as Python's `surrogateescape`), so that
 * one string holds any bytes, and `runsOf` shows them as `\xNN`.
 */
export function textOf(bytes: Uint8Array): string {
  let text = ''
  let start = 0
  const flush = (end: number) => {
    if (end > start) text += lenient.decode(bytes.subarray(start, end))
  }
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i)
    if (length === 0) {
      flush(i)
      text += String.fromCharCode(0xdc00 + (bytes[i] ?? 0))
      i += 1
      start = i
    } else i += length
  }
  flush(bytes.length)
  return text
}

/** A command as it was on the wire; see {@link textOf}. */
export const exactly = ({ command, command_b64 }: { readonly command: string; readonly command_b64: string | null }): string =>
  command_b64 === null ? command : textOf(bytesOf(command_b64))

/** Bytes as runs: UTF-8 as text, every other byte as the mark `\xNN`. */
export const runsOfBytes = (bytes: Uint8Array): Run[] => runsOf(textOf(bytes))

/** The text with each byte that is not UTF-8 written `\xNN`, for where no marks can stand. */
export const writable = (text: string): string => text.replace(/[\udc80-\udcff]/gu, (half) => `\\x${hex(half.charCodeAt(0) - 0xdc00, 2)}`)

/** As `xxd -p` writes them. */
export const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => hex(byte, 2)).join('')

const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
  if (length < 2) return length
  try {
    strict.decode(bytes.subarray(at, at + length))
    return at + length <= bytes.length ? length : 0
  } catch {
    return 0
  }
}

export interface HexRow {
  readonly offset: string
  readonly hex: string
  readonly ascii: string
}

/** As `hexdump -C` prints it, sixteen bytes a row, or eight where there is little room. */
export function hexRows(bytes: Uint8Array, perRow: 8 | 16 = 16, most = 4096): HexRow[] {
  const rows: HexRow[] = []
  for (let i = 0; i < Math.min(bytes.length, most); i += perRow) {
    const part = [...bytes.subarray(i, i + perRow)]
    const half = (from: number) =>
      part
        .slice(from, from + 8)
        .map((b) => hex(b, 2))
        .join(' ')
    rows.push({
      offset: hex(i, 6),
      hex: perRow === 8 ? half(0).padEnd(23) : `${half(0).padEnd(23)}  ${half(8).padEnd(23)}`,
      ascii: part.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '·')).join(''),
    })
  }
  return rows
}
