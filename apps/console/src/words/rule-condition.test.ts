import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Clause, ruleClauses } from './rule-condition.ts'

const text = ({ said, clauses }: Clause): string => {
  const own = said.map((piece) => (typeof piece === 'string' ? piece : `‹${piece.code}›`)).join('')
  return clauses.length === 0 ? own : `${own} [${clauses.map(text).join('; ')}]`
}
const say = (when: unknown) => ruleClauses(when).map(text).join(' & ')

it('says each operator, of one text and of several', () => {
  expect(say({ commands: { regex: '^cat .*/etc/shadow' } })).toBe('‹commands› matches ‹^cat .*/etc/shadow›')
  expect(say({ programs: ['nmap', 'masscan', 'zmap'] })).toBe('‹programs› is one of ‹nmap›, ‹masscan› or ‹zmap›')
  expect(say({ line: { contains_all: ['a', 'b'], case: 'exact' } })).toBe('‹line› contains all of ‹a› and ‹b› (capitals count)')
  expect(say({ success: false, status: { gte: 400, lt: 500 } })).toBe(
    '‹success› is ‹false› & ‹status› is at least ‹400›, is less than ‹500›',
  )
  expect(say({ attacker_ip: { cidr: '10.0.0.0/8' }, body: { exists: false } })).toBe(
    '‹attacker_ip› is in ‹10.0.0.0/8› & ‹body› is not there',
  )
  expect(say({ commands: { starts_with: 'nc ', not: { contains: ' -l', ends_with: 'x' } } })).toBe(
    '‹commands› begins with ‹nc ›, but not where it contains ‹ -l›, ends with ‹x›',
  )
})

it('names a dozen texts of a long list and counts the others', () => {
  expect(say({ programs: Array.from({ length: 20 }, (_, n) => `p${n}`) })).toMatch(/‹p11› and 8 more$/u)
})

it('keeps how conditions lie in each other', () => {
  expect(say({ any: [{ a: 1 }, { all: [{ b: 'x' }, { not: { c: true } }] }], not: { user: 'nagios' } })).toBe(
    'any of these [‹a› is ‹1›; all of these [‹b› is ‹x›; not [‹c› is ‹true›]]] & not [‹user› is ‹nagios›]',
  )
  expect(say({ at_least: 2, of: [{ a: 1 }, { b: 1 }, { c: 1 }] })).toBe('at least 2 of these [‹a› is ‹1›; ‹b› is ‹1›; ‹c› is ‹1›]')
  expect(say({ any: [{ a: 1 }] })).toBe('‹a› is ‹1›')
})

it('says what is counted, within which time and of whom', () => {
  expect(say({ threshold: { of: { success: false }, count: 5, within: '5m', by: 'attacker' } })).toBe(
    '5 times within 5 min, of one attacker [‹success› is ‹false›]',
  )
  expect(
    say({ distinct: { of: { success: false }, field: 'password', count: 5, within: '90s', by: ['session', 'service', 'username'] } }),
  ).toBe('5 different values of ‹password› within 90 s, in one session and the same ‹service› and ‹username› [‹success› is ‹false›]')
  const steps = [
    { times: 5, of: { success: false } },
    { kind: 'auth_attempt', success: true },
  ]
  expect(say({ sequence: { within: '1h', by: 'identity', steps } })).toBe(
    'one after the other within 1 h, of one identity [5 times: ‹success› is ‹false›; all of these [‹kind› is ‹auth_attempt›; ‹success› is ‹true›]]',
  )
})

it('never throws, whatever stands in the rule', () => {
  fc.assert(fc.property(fc.jsonValue(), (when) => Array.isArray(ruleClauses(when))))
  let deep: unknown = { a: 1 }
  for (let n = 0; n < 5_000; n += 1) deep = { any: [deep, { a: 1 }] }
  expect(ruleClauses(deep)).toHaveLength(1)
  expect(ruleClauses({ not: { not: 7 } }).map(text)).toEqual(['not [not [‹7›]]'])
})
