/** A run of characters of one kind in a line of YAML. */
export interface YamlSpan {
  readonly kind: 'plain' | 'key' | 'string' | 'number' | 'comment' | 'mark'
  readonly text: string
}

/** Each alternative takes a character and never gives one back: linear in the line. */
const token =
  /(?<comment>(?<!\S)#.*)|(?<string>(?<![^\s[{,(])(?:"(?:[^"\\]|\\.)*"?|'[^']*(?:''[^']*)*'?))|(?<key>(?<![\w.-])[A-Za-z_][\w-]*(?=:(?:\s|$)))|(?<number>(?<=[:,[{-]\s|[[,])(?:\d+(?:\.\d+)?|true|false|null)(?=\s*(?:[,}\]]|#|$)))|(?<mark>(?<!\S)-(?=\s|$)|:(?=\s|$)|[{}[\],])/gu
const kinds = ['comment', 'string', 'key', 'number', 'mark'] as const

/** One line of YAML in colours. Joining the texts gives the line back; what spans lines is not followed. */
export function yamlSpans(line: string): YamlSpan[] {
  const spans: YamlSpan[] = []
  let at = 0
  for (const match of line.matchAll(token)) {
    const kind = kinds.find((each) => match.groups?.[each] !== undefined) ?? 'plain'
    if (match.index > at) spans.push({ kind: 'plain', text: line.slice(at, match.index) })
    spans.push({ kind, text: match[0] })
    at = match.index + match[0].length
  }
  if (at < line.length) spans.push({ kind: 'plain', text: line.slice(at) })
  return spans
}
