import type { TtpRuleCheck } from '@decnet/contracts/api'
import type { AttackData } from '../domain/attack/attack-data.ts'
import { attackProblems } from '../domain/ttp/attack-problems.ts'
import { failingExamples } from '../domain/ttp/engine/check-examples.ts'
import { withName } from '../domain/ttp/rule/read-rule.ts'
import { documentOf } from './catalogue.ts'
import { readOwnRule } from './read-own-rule.ts'
import { costlyPatterns } from './regex-cost.ts'

const LISTS = ['match', 'no_match'] as const
/** What the patterns of one text may take to be measured. */
const MEASURE_MS = 2_000

/** Reads a text, looks its techniques up, measures its patterns and plays its examples. `id`: whose text it is to be. Never throws. */
export function checkText(text: string, attack: AttackData, id?: string): TtpRuleCheck {
  const reading = readOwnRule(text)
  if ('problems' in reading) return { rule: null, problems: [...reading.problems], examples: [] }
  const { rule, positionOf } = reading
  const failing = failingExamples(rule)
  const said = [...attackProblems(rule, attack), ...failing]
  for (const message of costlyPatterns(rule, MEASURE_MS)) said.push({ path: ['when'], message })
  if (id !== undefined && rule.id !== id) said.unshift({ path: ['id'], message: `is to be ${id}, under which it is saved.` })
  const examples = documentOf(text)?.examples
  const failed = new Set(failing.map(({ path }) => path.join('.')))
  return {
    rule: { id: rule.id, version: rule.version, title: rule.title },
    problems: said.map(({ path, message }) => ({ ...positionOf(path), message: withName(path, message) })),
    examples: LISTS.flatMap((list) =>
      rule.examples[list].map((_, index) => {
        const path = ['examples', list, index]
        return { list, index, ...positionOf(path), passed: !failed.has(path.join('.')), example: examples?.[list][index] }
      }),
    ),
  }
}
