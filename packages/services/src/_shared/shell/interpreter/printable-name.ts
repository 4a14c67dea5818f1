import { escapedText } from '@decnet/kernel'
import type { State } from './state.ts'
import { toBytes } from './streams.ts'

const SHORT: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\E',
  '\\': '\\\\',
  "'": "\\'",
}
/** What iswprint(3) has no glyph for, bytes that are no character among it. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Cn}\u2028\u2029]/u
const octal = (text: string): string => [...text].map((byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`).join('')

/** A name as bash's `command not found` and `cd` say it: as it is where the locale can print it, else as `$'…'`. */
export function printableName(state: State, name: string): string {
  const utf8 = /utf-?8/i.test(state.get('LC_ALL') || state.get('LC_CTYPE') || state.get('LANG') || '')
  const characters = utf8 ? [...escapedText(toBytes(name))] : [...name]
  const prints = (one: string): boolean => (utf8 ? !UNPRINTABLE.test(one) : /[ -~]/.test(one))
  if (characters.every(prints)) return name
  const bytesOf = (one: string): string =>
    one.isWellFormed() && utf8 ? Buffer.from(one).toString('latin1') : String.fromCharCode(one.charCodeAt(0) & 0xff)
  return `$'${characters.map((one) => SHORT[one] ?? (prints(one) ? bytesOf(one) : octal(bytesOf(one)))).join('')}'`
}
