import type { AttackData } from '../attack/attack-data.ts'
import { attackProblems } from './attack-problems.ts'
import { failingExamples } from './engine/check-examples.ts'
import type { Problem } from './rule/problem.ts'
import { readRule, withName } from './rule/read-rule.ts'
import type { Rule } from './rule/rule.ts'

/** A rule that was read, and everything that is wrong with it: its text, techniques, and examples that come out otherwise than it says. */
export interface CheckedRule {
  readonly rule: Rule | null
  readonly problems: readonly Problem[]
}

/** Reads a rule, looks its techniques up and plays its examples; `read`: what else is asked of a text. Never throws. */
export function checkRule(text: string, attack: AttackData, read = readRule): CheckedRule {
  const reading = read(text)
  if ('problems' in reading) return { rule: null, problems: reading.problems }
  const { rule, positionOf } = reading
  return {
    rule,
    problems: [...attackProblems(rule, attack), ...failingExamples(rule)].map(({ path, message }) => ({
      ...positionOf(path),
      message: withName(path, message),
    })),
  }
}
