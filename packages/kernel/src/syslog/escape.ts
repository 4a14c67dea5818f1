/**
 * How control characters stand in a line, so that one message is always one line.
 *
 * RFC 5424 §6.3.3 gives a meaning to every backslash in a PARAM-VALUE: `\"`, `\\` and `\]` stand for the second character, any other backslash
 * stands for itself; in MSG each one stands for itself. There is no room for a further escape, so a line that needs one says so:
 * its last SD-ELEMENT is then `[esc@55555]`, which belongs to the line and not to the message. In such a line only,
 * `\u` and four lowercase hex digits stand for one control character (U+0000–001F, U+007F–009F) or line separator (U+2028, U+2029),
 * in PARAM-VALUEs and MSG alike, and MSG doubles its backslashes. Every other line means exactly what the RFC says.
 */
export const ESCAPED_ID = 'esc@55555'

const CONTROL = /[\0-\x1f\x7f-\x9f\u2028\u2029]/
const CONTROLS = /[\0-\x1f\x7f-\x9f\u2028\u2029]/g
const PARAM_SPECIAL = /["\\\]]/
const PARAM_SPECIALS = /["\\\]]/g
const PLAIN_ESCAPES = /\\(["\\\]])/g
const MARKED_ESCAPES = /\\(?:(["\\\]])|u(00[01][0-9a-f]|007f|00[89][0-9a-f]|2028|2029))/g
const MARKED_MESSAGE_ESCAPES = /\\(?:(\\)|u(00[01][0-9a-f]|007f|00[89][0-9a-f]|2028|2029))/g

export const hasControl = (text: string): boolean => CONTROL.test(text)

const escapeControl = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
const unescapeMarked = (_match: string, itself: string | undefined, hex: string | undefined): string =>
  itself ?? String.fromCharCode(Number.parseInt(hex ?? '', 16))

export function escapeParam(value: string, marked: boolean): string {
  const quoted = PARAM_SPECIAL.test(value) ? value.replace(PARAM_SPECIALS, '\\$&') : value
  return marked ? quoted.replace(CONTROLS, escapeControl) : quoted
}

export const unescapeParam = (raw: string, marked: boolean): string =>
  marked ? raw.replace(MARKED_ESCAPES, unescapeMarked) : raw.replace(PLAIN_ESCAPES, '$1')

export const escapeMessage = (message: string, marked: boolean): string =>
  marked ? message.replaceAll('\\', '\\\\').replace(CONTROLS, escapeControl) : message

export const unescapeMessage = (raw: string, marked: boolean): string =>
  marked ? raw.replace(MARKED_MESSAGE_ESCAPES, unescapeMarked) : raw
