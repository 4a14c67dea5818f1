/** The first of some names that fit into so many characters with what stands between them, and how many are left; always the first. */
export function namesWithin(names: readonly string[], most: number, between = '  '): { readonly text: string; readonly left: number } {
  let length = 0
  const over = names.findIndex((name, n) => {
    length += name.length + (n === 0 ? 0 : between.length)
    return n > 0 && length > most
  })
  const shown = over === -1 ? names : names.slice(0, over)
  return { text: shown.join(between), left: names.length - shown.length }
}
