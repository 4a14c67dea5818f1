/** Tests of `find` that name what is found. */
const NAMED = /^-i?(?:name|path|wholename)$/u
const WILDCARD = /[*?[\\]/u
const CHARACTERS = 1_024

/**
 * The one file that the words of a `find` name (`find /etc -name shadow`, `find /etc/shadow`); null where it is a pattern, or any file of a
 * folder at the top of the tree.
 */
export function fileFoundBy(words: readonly string[]): string | null {
  const first = words.findIndex((word, at) => at > 0 && word.startsWith('/'))
  const root = (words[first] ?? '').replace(/\/+$/u, '').slice(0, CHARACTERS)
  if (first < 0 || WILDCARD.test(root)) return null
  const test = words.findIndex((word) => NAMED.test(word))
  if (test < 0) return root.lastIndexOf('/') > 0 ? root : null
  const name = (words[test + 1] ?? '').slice(0, CHARACTERS)
  if (name === '' || WILDCARD.test(name)) return null
  return name.startsWith('/') ? name : `${root}/${name}`
}
