import { RE2JS } from 're2js'
import { regexWords } from './regex-words.ts'

const PATTERN_CHARACTERS = 2_000
/** Instructions: what counted repetitions unroll to. */
const PROGRAM = 2_000

/** No pattern asks for this. */
const UNLIKELY = '\u0001\u0002'

/** Patterns that are remembered: each is looked at when its rule is read and again when it is made ready. */
const REMEMBERED = 8_192
const compiled = new Map<string, RE2JS>()

/** RE2 syntax: linear in its input whatever that is. `.` takes line ends too. */
export function compileRegex(pattern: string): RE2JS {
  const known = compiled.get(pattern)
  if (known) return known
  const made = RE2JS.compile(pattern, RE2JS.DOTALL)
  if (compiled.size >= REMEMBERED) compiled.clear()
  compiled.set(pattern, made)
  return made
}

/** What is wrong with a pattern, or null. `exact`: it is matched against text as it stands, not in lower case. */
export function regexProblem(pattern: string, exact: boolean): string | null {
  if (pattern === '') return 'is empty: it would match everything.'
  if (pattern.length > PATTERN_CHARACTERS) return `is longer than ${PATTERN_CHARACTERS.toLocaleString('en')} characters.`
  const capital = exact ? null : capitalIn(pattern)
  if (capital !== null)
    return `has the capital letter ${capital}, and texts are compared in lower case: write it in lower case, or add "case: exact" to the test.`
  try {
    const compiled = compileRegex(pattern)
    if (compiled.programSize() > PROGRAM) return 'is too large: use fewer or smaller counted repetitions.'
    return compiled.test('') && compiled.test(UNLIKELY) ? 'matches everything.' : null
  } catch (error) {
    return `is no RE2 pattern: ${regexWords(error)}`
  }
}

/** The first capital letter that stands for itself: not in `\S`, `\x2F`, `\p{L}`, `(?P<Name>…)`. */
function capitalIn(pattern: string): string | null {
  const literal = pattern.replace(/\\(?:x\{[^}]*\}|x[0-9a-fA-F]{2}|[pP]\{[^}]*\}|.)|\(\?P?<[^>]*>|\(\?P?[a-zA-Z]*/gsu, '')
  return /\p{Lu}/u.exec(literal)?.[0] ?? null
}
