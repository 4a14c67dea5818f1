const WILD_ANY = -1
const WILD_ONE = -2

/** Does `text` fit a LIKE pattern? No backtracking: time is bounded by the product of both lengths. Bytes; letters fold unless `binary`. */
export function fitsLike(text: string, pattern: string, escapeChar: string, binary = false): boolean {
  const subject = binary ? text : text.toUpperCase()
  const parts: number[] = []
  for (let at = 0; at < pattern.length; at += 1) {
    let char = pattern.charAt(at)
    const escaped = escapeChar !== '' && char === escapeChar && at + 1 < pattern.length
    if (escaped) {
      at += 1
      char = pattern.charAt(at)
    }
    if (!escaped && char === '%') {
      if (parts.at(-1) !== WILD_ANY) parts.push(WILD_ANY)
    } else if (!escaped && char === '_') parts.push(WILD_ONE)
    else parts.push((binary ? char : char.toUpperCase()).charCodeAt(0))
  }
  let at = 0
  let part = 0
  let star = -1
  let resume = 0
  while (at < subject.length) {
    const wanted = parts[part]
    if (wanted === WILD_ANY) {
      star = part
      resume = at
      part += 1
    } else if (wanted !== undefined && (wanted === WILD_ONE || wanted === subject.charCodeAt(at))) {
      at += 1
      part += 1
    } else if (star >= 0) {
      part = star + 1
      resume += 1
      at = resume
    } else return false
  }
  while (parts[part] === WILD_ANY) part += 1
  return part === parts.length
}
