export type TextOperator = 'equals' | 'contains' | 'starts_with' | 'ends_with' | 'regex'
/** One way in which a text may be tested. */
export interface TextTest {
  readonly operator: TextOperator
  readonly text: string
}

const ANY = Symbol('any text')
const ONE = Symbol('one character')
type Piece = string | typeof ANY | typeof ONE

export const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/gu, '\\$&')

/** Literal runs and wildcards; `\*`, `\?` and `\\` stand for the characters themselves, any other backslash for itself. */
function piecesOf(value: string): readonly Piece[] {
  const pieces: Piece[] = []
  const put = (text: string) => {
    const last = pieces.at(-1)
    if (typeof last === 'string') pieces[pieces.length - 1] = last + text
    else pieces.push(text)
  }
  for (let at = 0; at < value.length; at++) {
    const char = value.charAt(at)
    const next = value.charAt(at + 1)
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      put(next)
      at += 1
    } else if (char === '*') {
      if (pieces.at(-1) !== ANY) pieces.push(ANY)
    } else if (char === '?') pieces.push(ONE)
    else put(char)
  }
  return pieces
}

/** Pattern of pieces, whole. */
const patternOf = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (piece === ANY ? '.*' : piece === ONE ? '.' : escapeRegex(piece))).join('')

/** What a value of Sigma with its wildcards asks of a text, below `contains` and the like or by itself. Null: everything satisfies it. */
export function textTest(value: string, operator: Exclude<TextOperator, 'regex'>): TextTest | null {
  const pieces = [...piecesOf(value)]
  let [open, close] = [operator === 'contains' || operator === 'ends_with', operator === 'contains' || operator === 'starts_with']
  if (pieces[0] === ANY) {
    open = true
    pieces.shift()
  }
  if (pieces.at(-1) === ANY) {
    close = true
    pieces.pop()
  }
  const [only] = pieces
  if (pieces.length === 0) return open || close ? null : { operator: 'equals', text: '' }
  if (pieces.length === 1 && typeof only === 'string') {
    const name = open && close ? 'contains' : open ? 'ends_with' : close ? 'starts_with' : 'equals'
    return { operator: name, text: only }
  }
  return { operator: 'regex', text: `${open ? '' : '^'}${patternOf(pieces)}${close ? '' : '$'}` }
}

/** The same as a pattern. */
export function asPattern({ operator, text }: TextTest): string {
  switch (operator) {
    case 'regex':
      return text
    case 'equals':
      return `^${escapeRegex(text)}$`
    case 'contains':
      return escapeRegex(text)
    case 'starts_with':
      return `^${escapeRegex(text)}`
    case 'ends_with':
      return `${escapeRegex(text)}$`
  }
}
