import type { Problem } from '../domain/ttp/rule/problem.ts'
import { type RuleReading, readRule } from '../domain/ttp/rule/read-rule.ts'

/** Control characters that no text has, and halves of surrogate pairs. */
const STRANGE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** Reads a rule that somebody wrote here: what no database keeps as it is, or no editor shows, is refused too. Never throws. */
export function readOwnRule(text: string): RuleReading {
  const at = STRANGE.exec(text)
  if (!at) return readRule(text)
  const before = text.slice(0, at.index).split('\n')
  const code = at[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
  const problem: Problem = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message: `is no text: it holds U+${code}.` }
  return { problems: [problem] }
}
