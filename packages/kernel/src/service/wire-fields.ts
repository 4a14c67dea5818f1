import { isUtf8 } from 'node:buffer'
import type { AnyEventType } from '@decnet/contracts/events'

/** Longest value on the wire, in bytes before base64; what was longer says so in `<name>_truncated`. */
export const VALUE_LIMIT = 64 * 1024
/** Characters of `secret_printable`. */
export const PRINTABLE_LIMIT = 512

/**
 * The exact bytes of a string: UTF-8, and each lone surrogate as its own three bytes (WTF-8), so that nothing an attacker
 * sent through a UTF-16 or JSON decoder is replaced by U+FFFD.
 */
export function exactBytes(value: string | Uint8Array): Buffer {
  if (typeof value !== 'string') return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (value.isWellFormed()) return Buffer.from(value, 'utf8')
  const parts: Buffer[] = []
  for (const character of value) {
    const code = character.charCodeAt(0)
    const lone = character.length === 1 && code >= 0xd800 && code <= 0xdfff
    parts.push(
      lone ? Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]) : Buffer.from(character, 'utf8'),
    )
  }
  return Buffer.concat(parts)
}

/** What a person may read of a secret: bytes outside 0x20–0x7e become `?`, at most 512 characters. */
export function printable(secret: Uint8Array): string {
  const shown = Buffer.from(secret.subarray(0, PRINTABLE_LIMIT))
  for (let index = 0; index < shown.length; index++) {
    const byte = shown[index] ?? 0
    if (byte < 0x20 || byte > 0x7e) shown[index] = 0x3f
  }
  return shown.toString('latin1')
}

/** Length of the longest prefix of `text`, valid UTF-8, that has at most `limit` bytes and cuts no character. */
function characterBoundary(text: Buffer, limit: number): number {
  let end = limit
  while (end > 0 && ((text[end] ?? 0) & 0xc0) === 0x80) end--
  return end
}

function writeBytes(fields: Record<string, string>, name: string, value: string | Uint8Array): void {
  if (typeof value === 'string' && value.length <= VALUE_LIMIT / 3 && value.isWellFormed()) {
    fields[name] = value
    return
  }
  const bytes = exactBytes(value)
  const text = isUtf8(bytes)
  if (bytes.length <= VALUE_LIMIT) fields[text ? name : `${name}_b64`] = bytes.toString(text ? 'utf8' : 'base64')
  else {
    const kept = bytes.subarray(0, text ? characterBoundary(bytes, VALUE_LIMIT) : VALUE_LIMIT)
    fields[text ? name : `${name}_b64`] = kept.toString(text ? 'utf8' : 'base64')
    fields[`${name}_truncated`] = String(bytes.length)
  }
}

function writeSecret(fields: Record<string, string>, value: string | Uint8Array): void {
  const bytes = exactBytes(value)
  const kept = bytes.subarray(0, VALUE_LIMIT)
  fields.secret_b64 = kept.toString('base64')
  fields.secret_printable = printable(kept)
  if (kept.length < bytes.length) fields.secret_truncated = String(bytes.length)
}

function writeAll(fields: Record<string, string>, values: object): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue
    if (typeof value !== 'string' && !(value instanceof Uint8Array)) fields[name] = String(value)
    else if (name === 'secret') writeSecret(fields, value)
    else writeBytes(fields, name, value)
  }
}

export type WireFields =
  | { readonly ok: true; readonly fields: Record<string, string> }
  /** What was given broke the event's schema; it is written as it came all the same, for evidence is not thrown away. */
  | { readonly ok: false; readonly fields: Record<string, string>; readonly reason: string }

/**
 * An event's fields as strings. UTF-8 text stands under its own name, other bytes as `<name>_b64`; a value over 64 KiB is
 * cut and `<name>_truncated` holds its length in bytes; a `secret` becomes `secret_b64` and `secret_printable`. Never throws.
 */
export function wireFields(event: AnyEventType, values: object): WireFields {
  const fields: Record<string, string> = {}
  const parsed = event.fields.safeParse(values)
  if (parsed.success) {
    writeAll(fields, Object(parsed.data))
    return { ok: true, fields }
  }
  writeAll(fields, values)
  const reason = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join(', ')
  return { ok: false, fields, reason }
}
