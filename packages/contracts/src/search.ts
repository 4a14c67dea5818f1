/**
 * The search grammar that API and console share: shell-like words, all must hold. `key:value` is equality, a bare word occurs anywhere,
 * `-` in front negates, quotes hold spaces together, a backslash takes the next character as it is.
 */
export interface SearchWord {
  readonly negated: boolean
  /** Lower case as typed; `null`: a bare word. */
  readonly key: string | null
  readonly value: string
}

interface Word {
  text: string
  /** Where the first quoted or escaped character stands: a colon after it is no separator, a minus there no sign. */
  literalFrom: number
}

/** Splits as a shell does; open quotes end with the text. */
function words(text: string): Word[] {
  const found: Word[] = []
  let word: Word | null = null
  let quote = ''
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (quote === '' && /\s/u.test(char)) {
      if (word) found.push(word)
      word = null
      continue
    }
    word ??= { text: '', literalFrom: Number.POSITIVE_INFINITY }
    if (quote === '' && (char === '"' || char === "'")) {
      quote = char
      word.literalFrom = Math.min(word.literalFrom, word.text.length)
    } else if (char === quote) quote = ''
    else if (char === '\\' && quote !== "'" && at + 1 < text.length) {
      word.literalFrom = Math.min(word.literalFrom, word.text.length)
      at += 1
      word.text += text.charAt(at)
    } else word.text += char
  }
  if (word) found.push(word)
  return found
}

const KEY = /^[a-z_][a-z0-9_.-]*$/iu
/** `https://…` is a word, not a key with a value, unless the value is quoted. */
const isAddress = (word: Word, colon: number) => word.text.startsWith('//', colon + 1) && word.literalFrom > colon + 1

/** Pure; never throws. */
export function parseWords(text: string): SearchWord[] {
  return words(text).flatMap((word): SearchWord[] => {
    const negated = word.text.startsWith('-') && word.literalFrom > 0 && word.text.length > 1
    const start = negated ? 1 : 0
    const colon = word.text.indexOf(':', start)
    const key = colon > start && colon < word.literalFrom && !isAddress(word, colon) ? word.text.slice(start, colon) : ''
    if (KEY.test(key)) return [{ negated, key: key.toLowerCase(), value: word.text.slice(colon + 1) }]
    const value = word.text.slice(start)
    return value === '' ? [] : [{ negated, key: null, value }]
  })
}
