const CHARACTERS = 2_000
const ESCAPES: Readonly<Record<string, string>> = {
  d: '1',
  D: 'a',
  w: 'a',
  W: ' ',
  s: ' ',
  S: 'a',
  b: '',
  B: '',
  A: '',
  z: '',
  t: '\t',
  n: '\n',
  r: '\r',
  f: '\f',
  v: '\v',
}

/** A text that a pattern of RE2 is likely to match: the first of each choice, as little as each repetition allows. Whoever uses it asks the pattern. */
export function regexSample(pattern: string): string {
  let at = 0
  function either(): string {
    let first: string | undefined
    for (;;) {
      const branch = sequence()
      first ??= branch
      if (pattern[at] !== '|') return first
      at += 1
    }
  }
  function sequence(): string {
    let text = ''
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') {
      const one = atom()
      text = (text + one.repeat(times(one))).slice(0, CHARACTERS)
    }
    return text
  }
  function times(one: string): number {
    const [whole, least] = /^(?:[*?]|\+|\{(\d+)(?:,\d*)?\})\??/u.exec(pattern.slice(at, at + 16)) ?? []
    if (whole === undefined) return 1
    at += whole.length
    if (whole.startsWith('+')) return 1
    if (least === undefined) return 0
    return Math.min(Number(least), Math.ceil(CHARACTERS / Math.max(1, one.length)))
  }
  function atom(): string {
    const char = pattern.charAt(at)
    at += 1
    if (char === '(') {
      at += /^\?(?:P?<\w+>|[imsU-]*:|[imsU-]+(?=\)))/u.exec(pattern.slice(at, at + 80))?.[0].length ?? 0
      const inner = either()
      at += 1
      return inner
    }
    if (char === '[') return choice()
    if (char === '\\') return escaped()
    if (char === '^' || char === '$') return ''
    return char === '.' ? 'a' : char
  }
  function escaped(): string {
    const char = pattern.charAt(at)
    at += 1
    if (char === 'x') {
      const [whole = '', wide, narrow] = /^(?:\{([0-9a-f]{1,6})\}|([0-9a-f]{2}))/iu.exec(pattern.slice(at, at + 8)) ?? []
      at += whole.length
      const code = Number.parseInt(wide ?? narrow ?? '', 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : ''
    }
    return ESCAPES[char] ?? char
  }
  function choice(): string {
    const barred = pattern[at] === '^'
    if (barred) at += 1
    const begin = at
    let first: string | undefined
    const held: string[] = []
    while (at < pattern.length && (pattern[at] !== ']' || at === begin)) {
      const one = pattern.startsWith('[:', at) ? named() : member()
      first ??= one
      held.push(one)
    }
    at += 1
    if (!barred) return first ?? ''
    return ['a', 'x', '1', ' ', '/'].find((each) => !pattern.slice(begin, at).includes(each) && !held.includes(each)) ?? '~'
  }
  function member(): string {
    const char = pattern.charAt(at)
    at += 1
    return char === '\\' ? escaped() : char
  }
  function named(): string {
    const end = pattern.indexOf(':]', at)
    const name = pattern.slice(at + 2, end)
    at = end < 0 ? pattern.length : end + 2
    return name === 'digit' ? '1' : name === 'space' ? ' ' : name === 'upper' ? 'A' : 'a'
  }
  const text = either()
  return at >= pattern.length ? text : ''
}
