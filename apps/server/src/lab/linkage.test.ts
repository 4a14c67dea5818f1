import { describe, expect, it } from 'vitest'
import { baselines } from './baselines/methods.ts'
import { conditions } from './conditions.ts'
import { experiment } from './experiment.ts'
import { linkage, unguarded } from './linkage.ts'
import type { Method } from './method.ts'
import { goals } from './report/page.ts'

/** Outcomes at the default noise. */
const measured = (methods: readonly Method[], seeds: number) => {
  const given = { methods, conditions: conditions.slice(0, 1), seeds: Array.from({ length: seeds }, (_, index) => index + 1) }
  const outcomes = [...experiment(given)].flatMap((step) => step ?? [])
  return (name: string) => outcomes.find(({ method }) => method === name)
}

describe('linkage at the default noise', () => {
  const promised = measured([linkage, unguarded], 30)
  const beside = measured([linkage, ...baselines], 3)
  const f1 = (name: string) => ({
    identities: beside(name)?.identities.bcubedF1?.value ?? 0,
    campaigns: beside(name)?.campaigns.bcubedF1?.value ?? 0,
  })

  // 0.90 and 0.85 are promised, and reached unguarded: docs/identity-resolution.md says what it costs that nobody who does joins strangers.
  it('finds identities and campaigns as well as docs/linkage-results.md says over thirty seeds: 0.890 and 0.808, unguarded 0.905 and 0.864', () => {
    expect(promised(linkage.name)?.identities.bcubedF1?.value).toBeGreaterThanOrEqual(0.89)
    expect(promised(linkage.name)?.campaigns.bcubedF1?.value).toBeGreaterThanOrEqual(0.807)
    expect(promised(unguarded.name)?.identities.bcubedF1?.value).toBeGreaterThanOrEqual(goals.identities)
    expect(promised(unguarded.name)?.campaigns.bcubedF1?.value).toBeGreaterThanOrEqual(goals.campaigns)
  })

  it('beats the prior rules and everything trivial', () => {
    for (const { name } of baselines) {
      if (name === 'private-traits') continue
      expect(f1('linkage').identities, name).toBeGreaterThan(f1(name).identities + 0.05)
      expect(f1('linkage').campaigns, name).toBeGreaterThan(f1(name).campaigns + 0.05)
    }
  })

  it('is right as often as it says where it says 0.98 or more', () => {
    const sure = promised(linkage.name)?.sure
    expect(sure?.links).toBeGreaterThan(10_000)
    expect(sure?.observed).toBeGreaterThanOrEqual(goals.sure)
  })
})
