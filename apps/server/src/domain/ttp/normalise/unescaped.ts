const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', v: '\v' }

/** Backslash escapes as `$'…'`, `echo -e` and `printf` read them. */
export function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|0?([0-7]{1,3})|(.))/gsu, (_, hex, unicode, octal, other) => {
    if (hex ?? unicode) return String.fromCharCode(Number.parseInt(hex ?? unicode, 16))
    if (octal) return String.fromCharCode(Number.parseInt(octal, 8) & 255)
    return ESCAPES[other] ?? other
  })
}
