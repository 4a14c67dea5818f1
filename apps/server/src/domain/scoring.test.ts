import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Recognition, recognise } from './profile/recognised.ts'
import { type ScoredConduct, scoreOf, scoreParts, severityOf } from './scoring.ts'

const tag = (technique_id: string, tactic: string | null, confidence: number): Recognition => ({ technique_id, tactic, confidence })
const none: ScoredConduct = {
  ...{ eventCount: 0, sessionCount: 0, credentialCount: 0, loginCount: 0, commandCount: 0, fileCount: 0, outreachCount: 0 },
  ...{ serviceCount: 1, deckyCount: 1, recognised: {} },
}
const somebody = (more: Partial<ScoredConduct>, ...tags: Recognition[]): ScoredConduct => ({
  ...none,
  ...more,
  recognised: recognise({}, tags),
})
const severity = (conduct: ScoredConduct) => severityOf(scoreOf(conduct))

const tags = fc.array(
  fc.record({
    technique_id: fc.constantFrom('T1190', 'T1110', 'T1046', 'T1059', 'T1003', 'T1485', 'T1105', 'T1082', 'T0855'),
    tactic: fc.constantFrom('TA0001', 'TA0002', 'TA0006', 'TA0007', 'TA0040', 'TA0043', 'TA0106', null),
    confidence: fc.integer({ min: 0, max: 100 }).map((n) => n / 100),
  }),
  { maxLength: 12 },
)
const conduct = fc.record({
  ...{ eventCount: fc.nat(100_000), sessionCount: fc.nat(1_000), credentialCount: fc.nat(5_000), loginCount: fc.nat(5) },
  ...{ commandCount: fc.nat(500), fileCount: fc.nat(9), outreachCount: fc.nat(50), serviceCount: fc.nat(9), deckyCount: fc.nat(99) },
})

describe('the score of an attacker', () => {
  it('is high for an exploit, though nothing else was done', () => {
    const log4shell = somebody({ eventCount: 2, sessionCount: 1 }, tag('T1190', 'TA0001', 0.95))
    expect(severity(log4shell)).toBe('high')
    expect(scoreParts(log4shell)).toContainEqual({ part: 'techniques', points: 62, why: 'was seen at T1190' })
  })

  it('is info for a scan of every port of every decky, by its tool and by its manner', () => {
    const scan = somebody(
      { eventCount: 20_000, sessionCount: 10_000, serviceCount: 25, deckyCount: 256 },
      ...[tag('T1046', 'TA0007', 0.9), tag('T1595', 'TA0043', 0.9), tag('T0846', 'TA0102', 0.8)],
    )
    expect(severity(scan)).toBe('info')
  })

  it('is not high for passwords guessed, however they are called', () => {
    const guesses = [tag('T1110', 'TA0006', 0.95), tag('T1110', 'TA0001', 0.85)]
    expect(severity(somebody({ eventCount: 5, sessionCount: 1, credentialCount: 3 }, ...guesses))).toBe('info')
    const inside = somebody({ eventCount: 5, sessionCount: 1, credentialCount: 3, loginCount: 1 }, ...guesses, tag('T1078', 'TA0001', 0.9))
    expect(['low', 'medium']).toContain(severity(inside))
  })

  it('weighs exploits, execution, credentials read and harm more than looking around', () => {
    const points = (...tags: Recognition[]) => scoreOf(somebody({}, ...tags))
    const around = points(tag('T1082', 'TA0007', 0.9))
    for (const grave of [
      tag('T1190', 'TA0001', 0.9),
      tag('T1059', 'TA0002', 0.9),
      tag('T1003', 'TA0006', 0.9),
      tag('T1485', 'TA0040', 0.9),
    ])
      expect(points(grave)).toBeGreaterThan(2 * around)
  })

  it('names the gravest techniques of many', () => {
    const many = somebody(
      {},
      tag('T1082', null, 0.9),
      tag('T1190', 'TA0001', 0.9),
      tag('T1059', 'TA0002', 0.9),
      tag('T1105', 'TA0011', 0.9),
    )
    expect(scoreParts(many).map(({ why }) => why)).toEqual(['was seen at T1190, T1059, T1105 and 1 other technique'])
  })

  it('is the sum of its parts, at most 100', () => {
    fc.assert(
      fc.property(conduct, tags, (counts, tags) => {
        const all = { ...counts, recognised: recognise({}, tags) }
        expect(scoreParts(all).reduce((sum, { points }) => sum + points, 0)).toBe(scoreOf(all))
        expect(scoreOf(all)).toBeLessThanOrEqual(100)
      }),
    )
  })

  it('never falls with what is recognised besides, and does not depend on its order', () => {
    fc.assert(
      fc.property(conduct, tags, tags, (counts, before, more) => {
        const score = (...tags: Recognition[]) => scoreOf({ ...counts, recognised: recognise({}, tags) })
        expect(score(...before, ...more)).toBeGreaterThanOrEqual(score(...before))
        expect(recognise(recognise({}, before), more)).toEqual(recognise(recognise({}, more.toReversed()), before))
      }),
    )
  })
})
