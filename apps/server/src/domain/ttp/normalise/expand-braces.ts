/** Words that one word may become, their characters together, and how deep braces are read. */
const WORDS = 64
const CHARACTERS = 4_096
const DEPTH = 8

const RANGE = /^(-?\d{1,6}|[a-zA-Z])\.\.(-?\d{1,6}|[a-zA-Z])$/u

/** `1..4`, `a..d`; null where it is no range, or a long one. */
function range(text: string): readonly string[] | null {
  const [, from = '', to = ''] = RANGE.exec(text) ?? []
  const numbers = /\d$/u.test(from)
  if (from === '' || numbers !== /\d$/u.test(to)) return null
  const [first, last] = numbers ? [Number(from), Number(to)] : [from.charCodeAt(0), to.charCodeAt(0)]
  const count = Math.abs(last - first) + 1
  if (count > WORDS) return null
  return Array.from({ length: count }, (_, at) => {
    const value = first + Math.sign(last - first) * at
    return numbers ? String(value) : String.fromCharCode(value)
  })
}

/** What stands between the brace at `open` and its counterpart, split at the commas of its level; null where it does not end. */
function partsOf(word: string, open: number): { readonly parts: readonly string[]; readonly after: number } | null {
  const parts: string[] = []
  let depth = 0
  let from = open + 1
  for (let at = open; at < word.length; at += 1) {
    const character = word.charAt(at)
    if (character === '{') depth += 1
    else if (character === ',' && depth === 1) {
      parts.push(word.slice(from, at))
      from = at + 1
    } else if (character === '}') {
      depth -= 1
      if (depth > 0) continue
      parts.push(word.slice(from, at))
      return { parts, after: at + 1 }
    }
  }
  return null
}

/** The words that braces make of one (`/e{t,t}c/{passwd,shadow}`), as bash does before anything else; the word itself where that would be too many. */
export function expandBraces(word: string, depth = 0): readonly string[] {
  if (depth >= DEPTH || word.length > CHARACTERS) return [word]
  for (let open = word.indexOf('{'), tried = 0; open >= 0 && tried < DEPTH; open = word.indexOf('{', open + 1), tried += 1) {
    const found = word.charAt(open - 1) === '$' ? null : partsOf(word, open)
    const made =
      found && (found.parts.length > 1 ? found.parts.flatMap((part) => expandBraces(part, depth + 1)) : range(found.parts[0] ?? ''))
    if (!found || !made) continue
    const head = word.slice(0, open)
    const tails = expandBraces(word.slice(found.after), depth + 1)
    const count = made.length * tails.length
    if (count > WORDS || count * word.length > CHARACTERS) return [word]
    return made.flatMap((part) => tails.map((tail) => head + part + tail))
  }
  return [word]
}
