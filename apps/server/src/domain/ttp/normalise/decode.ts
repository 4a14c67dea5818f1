import { constants, gunzipSync } from 'node:zlib'
import { unescaped } from './unescaped.ts'

/** Decoded payloads that one text may give, and how long each may be. */
const PAYLOADS = 8
const CHARACTERS = 16_384

const BASE64 = /[A-Za-z0-9+/_-]{12,}={0,2}/gu
const HEX = /(?:[0-9a-fA-F]{2}){8,}/gu
const ESCAPED = /(?:\\x[0-9a-fA-F]{2}|\\0?[0-7]{3}){3,}/gu
/** Who names base64 or hexadecimal digits has something to decode. */
const SAYS_BASE64 = /base64|b64|H4sI|openssl|-e(?:nc|c|ncodedcommand)?\s|data:/iu
const SAYS_HEX = /xxd|hex|0x/iu

/** Most of it can be read: a payload in text, not noise that happens to decode. */
function readable(text: string): boolean {
  if (text.length < 3) return false
  let plain = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if ((code >= 32 && code < 127) || code === 9 || code === 10 || code === 13) plain++
  }
  return plain >= text.length * 0.9
}

/** What gzip packed; anything else as it is. */
function unpacked(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: CHARACTERS, finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return bytes
  }
}

function fromBase64(run: string): string {
  const bytes = unpacked(Buffer.from(run, 'base64'))
  const text = bytes.toString('latin1')
  if (readable(text)) return text
  // PowerShell's -EncodedCommand.
  const wide = bytes.toString('utf16le')
  return readable(wide) ? wide : ''
}

const ALL_BASE64 = /^[A-Za-z0-9+/]{12,}={0,2}\s*$/u

/**
 * What a text carries in base64, hexadecimal digits or backslash escapes, as far as it can be read. `wasHidden`: it was decoded itself, and
 * may be nothing but base64 again. Linear, bounded.
 */
export function decodedIn(text: string, wasHidden = false): readonly string[] {
  const found = new Set<string>()
  const add = (decoded: string) => {
    if (found.size < PAYLOADS && readable(decoded)) found.add(decoded.slice(0, CHARACTERS))
  }
  const runs = (pattern: RegExp) => text.match(pattern)?.slice(0, 4 * PAYLOADS) ?? []
  if (SAYS_BASE64.test(text) || (wasHidden && ALL_BASE64.test(text)))
    for (const run of runs(BASE64)) add(fromBase64(run.slice(0, 2 * CHARACTERS)))
  if (SAYS_HEX.test(text)) for (const run of runs(HEX)) add(Buffer.from(run.slice(0, 2 * CHARACTERS), 'hex').toString('latin1'))
  if (text.includes('\\')) for (const run of runs(ESCAPED)) add(unescaped(run.slice(0, 4 * CHARACTERS)))
  return [...found]
}

const PERCENT = /(?:%[0-9a-fA-F]{2})+|%u[0-9a-fA-F]{4}/gu

/** Percent-encoding undone once; bytes that are not UTF-8 are taken as Latin-1, IIS's `%u002f` too. Never throws. */
export function percentDecoded(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(PERCENT, (run) => {
    if (run[1] === 'u') return String.fromCharCode(Number.parseInt(run.slice(2), 16))
    const bytes = Buffer.from(run.replaceAll('%', ''), 'hex')
    const decoded = bytes.toString('utf8')
    // Overlong forms of `/` and `.`, as old servers took them.
    return decoded.includes('\uFFFD') ? bytes.toString('latin1').replaceAll('\xc0\xaf', '/').replaceAll('\xc0\xae', '.') : decoded
  })
}
