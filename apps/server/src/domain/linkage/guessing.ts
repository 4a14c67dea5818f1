import { backgroundShare, commonWords } from './background.ts'

/** How likely it is that somebody who was not told a password tries it: `listed`, it is on lists or looks it; `told`, hardly ever. */
export type Guessing = 'listed' | 'possible' | 'told'

/** A word, a number, a mark: what lists try of themselves. */
const listed = /^[a-z]{3,16}[\W_]?\d{0,4}[\W_]?$/i
/** Characters of one's own that no list happens on. */
const OWN = 12
/** From so many keys on, neighbours are a walk on the keyboard, and numbers or letters in a row are counted through. */
const WALK = 4
/** From so many on where at least half of it is such: `123qweasd`. Made-up words have three now and then. */
const SHORT_WALK = 3

/** Keys by their place: two that touch are at most one column and one row apart. */
const keys = new Map(
  ['`1234567890-=', ' qwertyuiop[]', " asdfghjkl;'", ' zxcvbnm,./'].flatMap((row, y) => [...row].map((key, x) => [key, { x, y }] as const)),
)
const unshifted = new Map([...'~!@#$%^&*()_+{}:"<>?'].map((mark, index) => [mark, [..."`1234567890-=[];',./"][index] ?? mark]))
const letters = new Map([...'@4310!$57'].map((mark, index) => [mark, [...'aaeioisst'][index] ?? mark]))

const inARow = (one: string, other: string): boolean => {
  const [a, b] = [keys.get(one), keys.get(other)]
  return (
    Math.abs((one.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0)) <= 1 ||
    (a !== undefined && b !== undefined && Math.abs(a.x - b.x) <= 1 && Math.abs(a.y - b.y) <= 1)
  )
}

/** Lengths of the runs on the keyboard, through the numbers or through the letters. */
function runsOf(text: string): number[] {
  const marks = [...text.toLowerCase()].map((mark) => unshifted.get(mark) ?? mark)
  const begins = marks.flatMap((mark, at) => (at > 0 && inARow(marks[at - 1] ?? '', mark) ? [] : at))
  return begins.map((at, index) => (begins[index + 1] ?? marks.length) - at)
}
/** Its length, where a walk counts as one character. */
function pressed(text: string): number {
  const runs = runsOf(text)
  const walked = runs.reduce((sum, run) => sum + (run >= SHORT_WALK ? run : 0), 0)
  const walk = 2 * walked >= text.length ? SHORT_WALK : WALK
  return runs.reduce((sum, run) => sum + (run >= walk ? 1 : run), 0)
}
const everyOther = (text: string, from: number) => [...text].filter((_, at) => at % 2 === from).join('')

/** Its length, where these count as one character: a common word, however it is spelt, and a walk on the keyboard, also two that take turns; what is repeated counts once. */
function ownCharacters(secret: string): number {
  const repeated = /^(.+?)\1+$/.exec(secret)?.[1]
  if (repeated !== undefined) return ownCharacters(repeated)
  const meant = [...secret.toLowerCase()].map((mark) => letters.get(mark) ?? mark).join('')
  for (const word of commonWords) {
    const at = meant.indexOf(word)
    if (at >= 0) return 1 + ownCharacters(secret.slice(0, at)) + ownCharacters(secret.slice(at + word.length))
  }
  const inTurns = pressed(everyOther(secret, 0)) + pressed(everyOther(secret, 1))
  return 3 * inTurns <= secret.length ? inTurns : pressed(secret)
}

/**
 * Of a password for a user, as it was typed. Lists are long, and nobody has all of them: only what is long and nobody's word is taken to be known to
 * whoever was told. Letters of other scripts are those of a keyboard that is not known here: they count as none.
 */
export function guessing(user: string, secret: string): Guessing {
  if (listed.test(secret) || /^\d+$/.test(secret) || backgroundShare(`login\0${JSON.stringify([user, secret])}`) > 0) return 'listed'
  return ownCharacters(secret.replace(/[^\x21-\x7e]/g, '')) < OWN ? 'possible' : 'told'
}
