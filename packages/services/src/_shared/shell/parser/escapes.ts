const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}

const utf8 = (code: number): string => {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return ''
  return Buffer.from(String.fromCodePoint(code)).toString('latin1')
}

const HEX2 = /[0-9A-Fa-f]{1,2}/y
const HEX4 = /[0-9A-Fa-f]{1,4}/y
const HEX8 = /[0-9A-Fa-f]{1,8}/y
const OCTAL3 = /[0-7]{1,3}/y
const OCTAL0 = /0[0-7]{0,3}/y

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

interface Rules {
  /** `\101` (`$'…'`, printf) or `\0101` (echo -e, printf %b). */
  readonly octal: 'plain' | 'zero' | 'both'
  readonly quotes: boolean
  readonly control: boolean
  /** `\c` ends the output. */
  readonly stop: boolean
}

/** Decodes backslash escapes; `stopped` when `\c` said to print no more. */
export function decodeEscapes(text: string, rules: Rules): { readonly text: string; readonly stopped: boolean } {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    if (char !== '\\' || i + 1 >= text.length) {
      out += char
      continue
    }
    const next = text[i + 1] ?? ''
    const at = i + 2
    const simple = SIMPLE[next]
    if (simple !== undefined) {
      out += simple
      i++
    } else if (next === 'x') {
      const digits = match(HEX2, text, at)
      if (digits === undefined) out += '\\x'
      else out += String.fromCharCode(Number.parseInt(digits, 16))
      i += 1 + (digits?.length ?? 0)
    } else if (next === 'u' || next === 'U') {
      const digits = match(next === 'u' ? HEX4 : HEX8, text, at)
      if (digits === undefined) out += `\\${next}`
      else out += utf8(Number.parseInt(digits, 16))
      i += 1 + (digits?.length ?? 0)
    } else if (rules.quotes && (next === "'" || next === '"' || next === '?')) {
      out += next
      i++
    } else if (rules.stop && next === 'c') return { text: out, stopped: true }
    else if (rules.control && next === 'c' && at < text.length) {
      out += String.fromCharCode((text.charCodeAt(at) & 0x1f) >>> 0)
      i += 2
    } else {
      const zero = rules.octal !== 'plain' && next === '0' ? match(OCTAL0, text, i + 1) : undefined
      const digits = zero ?? (rules.octal === 'zero' ? undefined : match(OCTAL3, text, i + 1))
      if (digits === undefined) out += `\\${next}`
      else out += String.fromCharCode(Number.parseInt(digits, 8) & 0xff)
      i += digits?.length ?? 1
    }
  }
  return { text: out, stopped: false }
}

/** `$'…'`; a NUL ends it, as in C. */
export function decodeAnsiC(text: string): string {
  const decoded = decodeEscapes(text, { octal: 'plain', quotes: true, control: true, stop: false }).text
  const end = decoded.indexOf('\0')
  return end < 0 ? decoded : decoded.slice(0, end)
}
export const decodeEcho = (text: string): { readonly text: string; readonly stopped: boolean } =>
  decodeEscapes(text, { octal: 'zero', quotes: false, control: false, stop: true })
