import type { Listener } from './carry.ts'
import { PROGRAM_FIRST } from './carry-program.ts'
import type { SigmaTest } from './detection.ts'
import { holdsFor } from './holds-for.ts'
import type { Logic } from './logic.ts'
import { ALWAYS, isText, NEVER, type OurTest, textOf } from './our-test.ts'
import type { TextOperator } from './value.ts'

/** What stands before a command that a shell is given. */
const BEFORE = 'bash -c '
const FIELD = 'command_text'
/** Ends of what stands before, from the longest. */
const ENDS = Array.from(BEFORE, (_, at) => BEFORE.slice(at))

/** What remains of values that begin within what stands before a command, for the command itself. */
const remainders = (values: readonly string[]): readonly string[] => [
  ...new Set(values.flatMap((value) => ENDS.flatMap((end) => (value.startsWith(end) && value !== end ? [value.slice(end.length)] : [])))),
]

/** A test of the line `bash -c <command>`, in terms of the command as it was given. */
export function shellLine(test: SigmaTest, { report, leave }: Pick<Listener, 'report' | 'leave'>): Logic<OurTest> {
  const { operator, exact, path } = test
  const values = exact ? test.values : test.values.map((value) => value.toLowerCase())
  const some = (of: TextOperator, texts: readonly string[]): Logic<OurTest> => (texts.length === 0 ? NEVER : textOf(test, FIELD, of, texts))
  if (!isText(operator)) {
    report(path, `${operator} of a text cannot be asked here.`)
    return NEVER
  }
  const given = values.map((value) => value.replace(PROGRAM_FIRST, ''))
  const whole = given.filter((value) => value.startsWith(BEFORE) && value !== BEFORE).map((value) => value.slice(BEFORE.length))
  switch (operator) {
    case 'equals':
      return some('equals', whole)
    case 'starts_with':
      return given.some((value) => BEFORE.startsWith(value)) ? ALWAYS : some('starts_with', whole)
    case 'contains':
      if (given.some((value) => BEFORE.includes(value))) return ALWAYS
      return { any: [some('contains', values), some('starts_with', remainders(given))] }
    case 'ends_with':
      return { any: [some('ends_with', values), some('equals', remainders(given))] }
    case 'regex': {
      if (holdsFor(test, BEFORE)) return ALWAYS
      const patterns = values.flatMap(withoutBefore)
      if (patterns.length > 0) return some('regex', patterns)
      leave(path, 'is asked of each command, not of the line that ssh gives to a shell: the pattern speaks of where that line begins.')
      return NEVER
    }
  }
}

/** A pattern that begins with the name of a shell. */
const SHELL_FIRST = /^(?:\(\?[ims]+\))?(?:\\[bs][*+]?|\(\?:|\(|\.\*)*(?:\((?:\?:)?ba\)\?|ba)?sh/u
/** A pattern as it finds the same in a command alone; none where it may begin before it. */
function withoutBefore(pattern: string): readonly string[] {
  const bare = pattern.replace(/\\[\s\S]|\[\^/gu, '')
  if (bare.includes('^') || bare.includes('-c') || SHELL_FIRST.test(pattern)) return []
  const [, flags = '', rest] = /^((?:\(\?[ims]+\))?)(?:\\s[+*]?| )([^+*?{][\s\S]*)$/u.exec(pattern) ?? []
  // The blank before a command counts as one.
  return rest === undefined ? [pattern] : [pattern, `${flags}^${rest}`]
}
