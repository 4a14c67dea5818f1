const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', v: '\v' }

/** Value of a digit in base 16; 16 for what is none. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code >= 48 && code <= 57) return code - 48
  const letter = code | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : 16
}

/** Where a number that begins at a place ends: at most so many digits. */
function endOfNumber(text: string, at: number, base: number, most: number): number {
  let end = at
  while (end < at + most && digitAt(text, end) < base) end += 1
  return end
}

function numberAt(text: string, at: number, end: number, base: number): number {
  let value = 0
  for (let place = at; place < end; place += 1) value = value * base + digitAt(text, place)
  return value
}

/** Backslash escapes as `$'…'`, `echo -e` and `printf` read them: hexadecimal, Unicode, octal, letters; before anything else the backslash goes. */
export function unescaped(text: string): string {
  let result = ''
  let from = 0
  for (let at = text.indexOf('\\'); at >= 0 && at + 1 < text.length; at = text.indexOf('\\', from)) {
    if (at > from) result += text.slice(from, at)
    const kind = text[at + 1] ?? ''
    const base = kind === 'x' || kind === 'u' ? 16 : 8
    const begin = base === 16 || (kind === '0' && digitAt(text, at + 2) < 8) ? at + 2 : at + 1
    const end = endOfNumber(text, begin, base, kind === 'x' ? 2 : kind === 'u' ? 4 : 3)
    const value = numberAt(text, begin, end, base)
    if (end > begin) result += String.fromCharCode(base === 8 ? value & 255 : value)
    else result += ESCAPES[kind] ?? kind
    from = end > begin ? end : at + 2
  }
  return from === 0 ? text : result + text.slice(from)
}
