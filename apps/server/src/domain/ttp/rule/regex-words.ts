/** What RE2 calls wrong with a pattern, in our words; more of the term may follow, such as where. */
const WORDS: readonly (readonly [term: string, words: string])[] = [
  ['invalid character class range', 'a range between [ and ] runs backwards, or is of no letters'],
  ['invalid escape sequence', 'a backslash stands before what it cannot stand before'],
  ['invalid named capture', 'the name of a group is none'],
  ['invalid or unsupported Perl syntax', 'it asks for what RE2 does not have, such as looking around'],
  ['invalid nested repetition operator', 'one repetition stands right after another'],
  ['invalid repeat count', 'something is to be repeated too often'],
  ['missing closing ]', 'a [ is not closed'],
  ['missing closing )', 'a ( is not closed'],
  ['missing argument to repetition operator', 'a repetition stands where there is nothing to repeat'],
  ['trailing backslash', 'it ends in a backslash'],
  ['duplicate capture group name', 'two groups have one name'],
  ['unexpected )', 'a ) closes nothing'],
  ['expression nests too deeply', 'it is nested too deeply'],
  ['expression too large', 'it is too large'],
  ['invalid capture in lookbehind', 'it asks for what RE2 does not have, such as looking around'],
]

/** Why a pattern cannot be compiled: our words, and RE2's own term for who wants to look it up. */
export function regexWords(error: unknown): string {
  const term = (error instanceof Error ? error.message : String(error)).replace(/^error parsing regexp: /u, '')
  const words = WORDS.find(([known]) => term.startsWith(known))?.[1]
  return words === undefined ? 'it cannot be read.' : `${words} (${term}).`
}
