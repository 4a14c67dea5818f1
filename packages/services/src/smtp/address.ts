/** What stands after `MAIL FROM:` or `RCPT TO:`, binary strings. */
export interface PathAndOptions {
  /** Without angle brackets and source route; null = no such thing. */
  readonly address: string | null
  /** As given, angle brackets and all. */
  readonly given: string
  readonly options: readonly string[]
}

/** Splits a path from its options; quoted local parts may hold spaces. Linear. */
export function parsePath(text: string): PathAndOptions {
  const trimmed = text.trim()
  const end = pathEnd(trimmed)
  const given = trimmed.slice(0, end)
  const options = trimmed
    .slice(end)
    .split(/\s+/u)
    .filter((option) => option !== '')
  const bracketed = given.startsWith('<')
  if (bracketed !== given.endsWith('>')) return { address: null, given, options }
  const inner = (bracketed ? given.slice(1, -1) : given).replace(/^@[^:]*:/u, '')
  const plain = inner.replace(/^"[^"]*"/u, 'q')
  return { address: /[\s<>]/u.test(plain) ? null : inner, given, options }
}

function pathEnd(text: string): number {
  let quoted = false
  const bracketed = text.startsWith('<')
  for (let at = 0; at < text.length; at += 1) {
    const c = text[at]
    if (c === '"') quoted = !quoted
    else if (!quoted && bracketed && c === '>') return at + 1
    else if (!quoted && !bracketed && (c === ' ' || c === '\t')) return at
  }
  return text.length
}
