import { isUtf8 } from 'node:buffer'
import { own } from '@decnet/kernel'

/** One object of a foreign log; nothing of it is believed. */
export type Fields = Readonly<Record<string, unknown>>

/** Over bytes as Latin-1: whole UTF-8 characters (Unicode 3.9, table 3-7), or a byte that begins none. */
const CHARACTERS =
  /[\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g

/** UTF-8 as text; a byte that is not UTF-8 becomes a lone surrogate U+DC80–DCFF, as Python writes it (PEP 383), so that none is lost. */
export function decodeText(line: Buffer): string {
  if (isUtf8(line)) return line.toString('utf8')
  return line.toString('latin1').replace(CHARACTERS, (match) => {
    const code = match.charCodeAt(0)
    if (code < 0x80) return match
    return match.length === 1 ? String.fromCharCode(0xdc00 + code) : Buffer.from(match, 'latin1').toString('utf8')
  })
}

/** The bytes that a text stands for: UTF-8, U+DC80–DCFF the bytes that they were, any other lone surrogate its own three bytes (WTF-8). */
export function bytesOf(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8')
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code & 0xff)
    else if (code >= 0xd800 && code <= 0xdfff) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
    else bytes.push(...Buffer.from(character, 'utf8'))
  }
  return Buffer.from(bytes)
}

/** Text as it is where it is Unicode, else its bytes. */
export const exact = (text: string): string | Buffer => (text.isWellFormed() ? text : bytesOf(text))

const REPR = /^b(['"])(.*)\1$/s
const REPR_ESCAPES = /\\(?:x([0-9a-f]{2})|([\\'"nrt]))/g
const REPR_CHARACTERS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/** What Python's `repr` of a `bytes` object stands for (`b'\xff'`); null when a text is none. */
export function fromRepr(text: string): Buffer | null {
  const body = REPR.exec(text)?.[2]
  if (body === undefined || /[^\x20-\x7e]/.test(body)) return null
  const latin1 = body.replace(REPR_ESCAPES, (_all, hex: string | undefined, character: string | undefined) =>
    hex === undefined ? (REPR_CHARACTERS[character ?? ''] ?? character ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(latin1, 'latin1')
}

/** Bytes that an honeypot in Python logged: written as `repr` where they were not UTF-8. A typed `b'text'` stays what it is. */
export function logged(text: string): string | Buffer {
  const bytes = text.startsWith('b') ? fromRepr(text) : null
  return bytes === null || isUtf8(bytes) ? exact(text) : bytes
}

/** The object of one line; null when it is none. What a log daemon put before it is passed over. */
export function readObject(line: Buffer): Fields | null {
  const text = decodeText(line)
  const start = text.slice(0, 256).indexOf('{')
  if (start === -1) return null
  try {
    return asFields(JSON.parse(start === 0 ? text : text.slice(start)))
  } catch {
    return null // cut, or no JSON
  }
}

const asFields = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null

/** A member that is an object; an empty one otherwise. */
export const child = (fields: Fields, name: string): Fields => asFields(own(fields, name)) ?? {}

const isPlain = (value: unknown): boolean => value == null || typeof value === 'string' || typeof value === 'number'

/** The first of these members that {@link text} would pass over or cut short: a truth value, an object, a list of such or of several. */
export const oddMember = (fields: Fields, names: readonly string[]): string | undefined =>
  names.find((name) => {
    const value = own(fields, name)
    return Array.isArray(value) ? value.length > 1 || !isPlain(value[0]) : !isPlain(value)
  })

/** A member as text, numbers too; undefined when it is neither. Of a list the first. */
export function text(fields: Fields, name: string): string | undefined {
  const value = own(fields, name)
  const one = Array.isArray(value) ? (value[0] as unknown) : value
  if (typeof one === 'string') return one
  return typeof one === 'number' ? String(one) : undefined
}

/** A member as a finite number, also where it is written as a string. */
export function number(fields: Fields, name: string): number | undefined {
  const value = text(fields, name)
  if (value === undefined || value.trim() === '') return undefined
  const found = Number(value)
  return Number.isFinite(found) ? found : undefined
}

/** A port that a connection can have; undefined otherwise. */
export function port(fields: Fields, name: string): number | undefined {
  const found = number(fields, name)
  return found !== undefined && Number.isInteger(found) && found >= 0 && found <= 65_535 ? found : undefined
}
