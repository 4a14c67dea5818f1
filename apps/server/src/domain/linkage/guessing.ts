import { backgroundShare, commonWords } from './background.ts'

/** How likely it is that somebody who was not told a password tries it: `listed`, it is on lists or looks it; `told`, hardly ever. */
export type Guessing = 'listed' | 'possible' | 'told'

/** A word, a number, a mark: what lists try of themselves. */
const listed = /^[a-z]{3,16}[\W_]?\d{0,4}[\W_]?$/i
/** Characters of one's own that no list happens on. */
const OWN = 12
/** Shorter names are anybody's. */
const NAME = 4
/** From so many keys on, neighbours are a walk on the keyboard, and numbers or letters in a row are counted through. */
const WALK = 4

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

/** As it is meant: in small letters, and letters for what stands for them. */
const plain = (text: string): string => [...text.toLowerCase()].map((mark) => letters.get(mark) ?? mark).join('')

/** Its length, where a common word counts as one character, however it is spelt, and so does a walk on the keyboard. */
function ownCharacters(secret: string): number {
  const meant = plain(secret)
  for (const word of commonWords) {
    const at = meant.indexOf(word)
    if (at >= 0) return 1 + ownCharacters(secret.slice(0, at)) + ownCharacters(secret.slice(at + word.length))
  }
  const pressed = [...secret.toLowerCase()].map((mark) => unshifted.get(mark) ?? mark)
  let count = 0
  for (let from = 0; from < pressed.length; ) {
    let to = from + 1
    while (to < pressed.length && inARow(pressed[to - 1] ?? '', pressed[to] ?? '')) to += 1
    count += to - from < WALK ? to - from : 1
    from = to
  }
  return count
}

/**
 * Of a password for a user, as it was typed. Lists are long, and nobody has all of them: only what is long and nobody's word is taken to be known to
 * whoever was told. A name that whoever set the password made up (`madeUp`) has to be guessed as well.
 */
export function guessing(user: string, secret: string, madeUp: boolean): Guessing {
  if (listed.test(secret) || /^\d+$/.test(secret) || backgroundShare(`login\0${JSON.stringify([user, secret])}`) > 0) return 'listed'
  const name = madeUp && !plain(secret).includes(plain(user)) ? ownCharacters(user) : 0
  return ownCharacters(secret) + (name < NAME ? 0 : name) < OWN ? 'possible' : 'told'
}
