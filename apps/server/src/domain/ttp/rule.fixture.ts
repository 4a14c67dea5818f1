import { type RuleReading, readRule } from './rule/read-rule.ts'
import type { Rule } from './rule/rule.ts'

/** A rule's text around what a test is about. */
export const ruleText = (when: string, { sources = 'command', more = '', id = 'R9000' } = {}): string => `id: ${id}
version: 1
title: A rule of a test
maturity: sandbox
sources: [${sources}]
when: ${when}
emits: [{ technique: T1059.004, tactic: TA0002, confidence: 0.9 }]
evidence: [kind]
examples: { match: [{ kind: x }], no_match: [{ kind: x }] }
${more}`

/** What is wrong with a rule, one line for each. */
export const problemsIn = (reading: RuleReading): string[] =>
  'problems' in reading ? reading.problems.map(({ line, column, message }) => `${line}:${column} ${message}`) : []

/** @throws {Error} when the rule is broken. */
export function ruleIn(text: string): Rule {
  const reading = readRule(text)
  if ('rule' in reading) return reading.rule
  throw new Error(problemsIn(reading).join('\n'))
}

/** @throws {Error} when the rule is broken. */
export const ruleOf = (when: string, options: Parameters<typeof ruleText>[1] = {}): Rule => ruleIn(ruleText(when, options))
