import { isCollection, isMap, isNode, isPair, LineCounter, parseDocument, visit } from 'yaml'
import type { Path, Problem } from './problem.ts'
import { yamlWords } from './yaml-words.ts'

/** A rule is a page of text; nothing longer is read. */
const CHARACTERS = 65_536

export interface YamlText {
  /** undefined where the text could not be understood. */
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Where something stands, or the nearest thing around it that does. */
  positionOf(path: Path): Pick<Problem, 'line' | 'column'>
}

const START = { line: 1, column: 1 }

/** Reads YAML 1.2 without anchors, aliases, tags and doubled keys. Never throws. */
export function readYaml(given: string): YamlText {
  // Some editors begin a file with it; it is no part of the text.
  const text = given.replace(/^\uFEFF/u, '')
  const refused = (problems: readonly Problem[]): YamlText => ({ value: undefined, problems, positionOf: () => START })
  if (text.length > CHARACTERS) return refused([{ ...START, message: `is longer than ${CHARACTERS.toLocaleString('en')} characters.` }])
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, version: '1.2', prettyErrors: false, stringKeys: true })
  const end = text.trimEnd().length
  const at = (offset: number) => {
    // What is missing at the end is missing from the last line that says anything.
    const { line, col } = lineCounter.linePos(Math.min(offset, end))
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const problems: Problem[] = document.errors.map((error) => ({ ...at(error.pos[0]), message: `is no YAML: ${yamlWords(error)}` }))
  const refuse = (node: { range?: readonly number[] | null | undefined }, message: string) =>
    void problems.push({ ...at(node.range?.[0] ?? 0), message })
  visit(document, {
    Alias: (_, node) => refuse(node, 'aliases (*name) are not taken: write it out.'),
    Node(_, node) {
      if ('anchor' in node && node.anchor !== undefined) refuse(node, 'anchors (&name) are not taken.')
      if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) refuse(node, `the tag ${node.tag} is not taken.`)
    },
  })
  if (problems.length > 0) return refused(problems)
  const positionOf = (path: Path) => {
    let node: unknown = document.contents
    let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
    for (const key of path) {
      if (!isCollection(node)) break
      const pair: unknown = isMap(node) ? node.items.find((item) => isPair(item) && String(item.key) === String(key)) : undefined
      if (isPair(pair) && isNode(pair.key)) offset = pair.key.range?.[0] ?? offset
      node = node.get(key, true)
      if (!isNode(node)) break
      if (!isPair(pair)) offset = node.range?.[0] ?? offset
    }
    return at(offset)
  }
  return { value: document.toJS({ maxAliasCount: 0 }), problems, positionOf }
}
