import { ttpBench, ttpRuleCheck } from '@decnet/contracts/api'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attackData } from '../attack/load.ts'
import { indexRules } from '../domain/ttp/engine/index-of-rules.ts'
import { kinds } from '../domain/ttp/evidence/kinds.ts'
import { ruleText } from '../domain/ttp/rule.fixture.ts'
import { homeAt } from '../home.ts'
import { tryEvidence } from './bench.ts'
import { checkText } from './check-text.ts'
import { readOwnRule } from './read-own-rule.ts'

const attack = attackData(homeAt('/nonexistent'))
const TEXTS = [
  '{ programs: nmap }',
  '{ any: [{ programs: nmap }, { not: { line: x } }], user: root }',
  '{ at_least: 1, of: [{ programs: nmap }] }',
].map((when) => ruleText(when))
/** A text with a piece of it put elsewhere, left out or replaced. */
const mangled = fc
  .tuple(
    fc.constantFrom(...TEXTS),
    fc.nat(400),
    fc.nat(60),
    fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('\0', '\u0085', '{', '- ', '&a ', '*a', '\t')),
  )
  .map(([text, from, length, other]) => text.slice(0, from) + other + text.slice(from + length))

describe('texts and evidence from anybody', () => {
  it('a check answers whatever the text is, with places in it', () => {
    fc.assert(
      fc.property(mangled, (text) => {
        const { problems, rule } = ttpRuleCheck.parse(checkText(text, attack))
        if (!rule) expect(problems.length).toBeGreaterThan(0)
      }),
      { numRuns: 150 },
    )
  })

  it('the bench answers whatever the evidence is, one result for each', () => {
    const names = kinds.map(({ name }) => name)
    const item = fc.record({
      source_kind: fc.constantFrom(...names, 'x'),
      payload: fc.dictionary(fc.constantFrom('command_text', 'raw_url', 'headers', 'user', '__proto__', 'query_text'), fc.anything()),
    })
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), fc.constantFrom(...TEXTS), (items, text) => {
        const reading = readOwnRule(text)
        if (!('rule' in reading)) throw new Error('the rule of the test is broken')
        const tried = { ...reading, text }
        const results = tryEvidence(items, indexRules([reading.rule]), { tried, stateOf: () => undefined, nameOf: () => null })
        expect(ttpBench.parse({ problems: [], results }).results).toHaveLength(items.length)
      }),
      { numRuns: 200 },
    )
  })

  it('a part of a condition is said by its name, also where it is the only one, counts others, or is one of several', () => {
    const missed = (when: string) => {
      const text = ruleText(when)
      const reading = readOwnRule(text)
      if (!('rule' in reading)) throw new Error('the rule of the test is broken')
      const items = [{ source_kind: 'command', payload: { command_text: 'ls' } }]
      const [result] = tryEvidence(items, indexRules([]), { tried: { ...reading, text }, stateOf: () => undefined, nameOf: () => null })
      return result?.missed?.parts.map(({ part }) => part)
    }
    expect(missed('{ programs: nmap }')).toEqual(['programs'])
    expect(missed('{ all: [{ programs: nmap }, { programs: ls }] }')).toEqual(['all'])
    expect(missed('{ at_least: 2, of: [{ programs: nmap }, { programs: ls }] }')).toEqual(['at_least'])
    expect(missed('{ at_least: 1, of: [{ programs: nmap }], programs: ls, user: root }')).toEqual(['at_least', 'user'])
  })
})
