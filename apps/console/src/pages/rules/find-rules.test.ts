import type { TtpRule } from '@decnet/contracts/api'
import { expect, it } from 'vitest'
import { parse } from '../../search/grammar.ts'
import { asCatalogueRule } from '../../words/rule.ts'
import { findRules, ruleFacet, sortRules } from './find-rules.ts'

const rule = (id: string, over: Partial<TtpRule> = {}): TtpRule => ({
  ...{ id, version: 1, title: `Title of ${id}`, maturity: 'stable', sources: ['command'], references: [], false_positives: [] },
  ...{ emits: [{ technique: 'T1003.008', confidence: 0.9 }], origin: 'shipped', problem: null, problems: [], state: 'enabled' },
  ...{ hits: { count: 0, last_at: null }, verdicts: { right: 0, wrong: 0 } },
  ...{ confidence_max: null, expires_at: null, reason: null, set_by: null, set_at: null },
  ...over,
})
const gone = asCatalogueRule({
  ...{ id: 'R7', version: 3, sources: ['command'], emits: [{ technique: 'T1059.004', confidence: 0.5 }] },
  ...{ hits: { count: 9, last_at: '2026-11-22T10:00:00.000Z' }, verdicts: { right: 0, wrong: 0 } },
})
const techniques = new Map([
  ['T1003.008', { name: '/etc/passwd and /etc/shadow', tactics: ['credential-access'] }],
  ['T1059.004', { name: 'Unix Shell', tactics: ['execution'] }],
])
const problem = { message: 'no', line: 3, column: 1, path: 'x.yaml' }
const rules = [
  rule('R1', { title: 'Shadow read', hits: { count: 3, last_at: '2026-11-22T10:00:00.000Z' }, verdicts: { right: 1, wrong: 1 } }),
  rule('R2', { emits: [{ technique: 'T1059.004', confidence: 0.5 }], sources: ['command', 'query'], state: 'disabled' }),
  rule('R3', { origin: 'folder', problem }),
]
const ids = (some: readonly TtpRule[]) => some.map(({ id }) => id).join(' ')
const found = (query: string) => ids(findRules(rules, parse(query), techniques))

it('bare words look into ids, titles and techniques, and keys name one thing exactly', () => {
  expect([found('shadow'), found('r2'), found('unix'), found('t1003')]).toEqual(['R1 R3', 'R2', 'R2', 'R1 R3'])
  expect([found('tactic:execution'), found('technique:T1003'), found('kind:query'), found('origin:folder')]).toEqual([
    'R2',
    'R1 R3',
    'R2',
    'R3',
  ])
  expect([found('state:broken'), found('state:disabled'), found('-state:enabled title')]).toEqual(['R3', 'R2', 'R2'])
  expect([found('maturity:sandbox'), found('nokey:x'), found('')]).toEqual(['', '', 'R1 R2 R3'])
})

it('counts the values of a key among the rules that the other terms find', () => {
  expect(ruleFacet(rules, parse('kind:command tactic:execution'), 'tactic', techniques)).toEqual([
    { value: 'credential-access', count: 2 },
    { value: 'execution', count: 1 },
  ])
  expect(ruleFacet(rules, parse('kind:query'), 'state', techniques)).toEqual([{ value: 'disabled', count: 1 }])
})

it('sorts by what is asked, what is broken above all', () => {
  expect(ids(sortRules(rules, 'hits', 'desc'))).toBe('R3 R1 R2')
  expect(ids(sortRules(rules, 'confidence', 'asc'))).toBe('R3 R2 R1')
  expect(ids(sortRules(rules, 'precision', 'desc'))).toBe('R3 R1 R2')
  expect(ids(sortRules(rules, 'id', 'desc'))).toBe('R3 R2 R1')
})

it('a deleted rule stands among the others by what it found, and is told from them', () => {
  const all = [...rules, gone]
  expect(findRules(all, parse('state:deleted'), techniques)).toEqual([gone])
  expect(findRules(all, parse('state:enabled'), techniques)).not.toContain(gone)
  expect(findRules(all, parse('origin:database'), techniques)).not.toContain(gone)
  expect(ruleFacet(all, [], 'state', techniques)).toContainEqual({ value: 'deleted', count: 1 })
})
