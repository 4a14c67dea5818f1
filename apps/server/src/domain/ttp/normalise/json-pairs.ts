const PAIRS = 200
const DEPTH = 8
const CHARACTERS = 8_192

/** `"name": "text"` where the whole is cut off or bent. */
const PAIR = /"([\w.$-]{1,64})"\s{0,8}:\s{0,8}("(?:[^"\\]|\\.)*")/gsu

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const pairsIn = (text: string): string[] =>
  [...text.matchAll(PAIR).take(PAIRS)].flatMap(([, name, quoted = '']) => {
    const value = parsed(quoted)
    return typeof value === 'string' ? [`${name}=${value}`] : []
  })

/**
 * The texts of a JSON document, each as `name=text`, nested ones by their own name; a list of texts is one text, as it would be run
 * (`"Cmd": ["cat", "/etc/shadow"]`). Of a document that is broken, what can be read of it. None for what is no JSON. Never throws, linear, bounded.
 */
export function jsonPairs(text: string): readonly string[] {
  if (!/^\s{0,64}[[{]/u.test(text)) return []
  const document = parsed(text)
  if (document === undefined) return pairsIn(text)
  const found: string[] = []
  const walk = (value: unknown, name: string, depth: number): void => {
    if (found.length >= PAIRS || depth > DEPTH) return
    if (typeof value === 'string') found.push(`${name}=${value.slice(0, CHARACTERS)}`)
    else if (Array.isArray(value)) {
      const texts = value.slice(0, PAIRS).filter((each) => typeof each === 'string')
      if (texts.length > 0) walk(texts.join(' '), name, depth)
      for (const each of value.slice(0, PAIRS)) if (typeof each !== 'string') walk(each, name, depth + 1)
    } else if (typeof value === 'object' && value !== null)
      for (const [key, each] of Object.entries(value).slice(0, PAIRS)) walk(each, key, depth + 1)
  }
  walk(document, '', 0)
  return found
}
