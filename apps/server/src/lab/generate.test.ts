import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generate } from './generate.ts'
import { type KnobName, knobNames, knobs } from './knobs.ts'
import { observationOf } from './observation-of.ts'
import { byCampaign, byIdentity } from './partition.ts'

const DAY = 86_400_000
const share = <T>(of: readonly T[], which: (one: T) => boolean) => of.filter(which).length / of.length

describe('synthetic campaigns', () => {
  it('are the same for the same seed and others for another', () => {
    expect(generate({ seed: 7 })).toEqual(generate({ seed: 7 }))
    expect(generate({ seed: 8 }).observations).not.toEqual(generate({ seed: 7 }).observations)
  })

  it('are observations as a file holds them, each of one identity, in order of time', () => {
    const { observations, truth } = generate({ seed: 1 })
    for (const one of observations) expect(observationOf(JSON.parse(JSON.stringify(one)))).toEqual({ observation: one, passed: [] })
    expect([...byIdentity(truth).keys()].sort()).toEqual(observations.map(({ id }) => id).sort())
    expect(byCampaign(truth).size).toBe(observations.length)
    const times = observations.map(({ firstSeen }) => firstSeen ?? 0)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(truth.identities).toHaveLength(200)
  })

  it('hold to any setting of the knobs', () => {
    const setting = fc.record(
      Object.fromEntries(
        knobNames.map((name) => {
          const { low, high, whole } = knobs[name]
          const top = name === 'identities' ? 60 : name === 'days' ? 90 : Math.min(high, 3_600)
          return [name, whole ? fc.integer({ min: low, max: top }) : fc.double({ min: low, max: high, noNaN: true })]
        }),
      ) as Record<KnobName, fc.Arbitrary<number>>,
    )
    fc.assert(
      fc.property(setting, fc.nat(), (given, seed) => {
        const { observations, truth } = generate({ seed, knobs: given })
        expect(byIdentity(truth).size).toBe(observations.length)
        expect(truth.identities).toHaveLength(given.identities)
        for (const { firstSeen, lastSeen, commands, ip } of observations) {
          expect(lastSeen ?? 0).toBeGreaterThanOrEqual(firstSeen ?? Number.NaN)
          for (const { ts } of commands) expect(ts).toBeLessThanOrEqual(lastSeen ?? 0)
          expect(ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('lose fingerprints by the knob', () => {
    const seen = (missingFingerprints: number) => {
      const { observations } = generate({ seed: 2, knobs: { missingFingerprints, identities: 400 } })
      return share(observations, ({ fingerprints }) => Object.values(fingerprints).some((of) => of.length > 0))
    }
    expect(seen(1)).toBe(0)
    expect(seen(0.3) / seen(0)).toBeCloseTo(0.7, 1)
  })

  it('put strangers behind one address with shared NAT, and send hoppers through exits that they share', () => {
    const strangersPerAddress = (given: Parameters<typeof generate>[0]['knobs']) => {
      const { observations, truth } = generate({ seed: 3, knobs: { ipReuse: 0, ...given } })
      const who = byIdentity(truth)
      const addresses = Map.groupBy(observations, ({ ip }) => ip ?? '')
      return share([...addresses.values()], (of) => new Set(of.map(({ id }) => who.get(id))).size > 1)
    }
    const apart = strangersPerAddress({ sharedNat: 0, vpnHopping: 0, noiseFloor: 0 })
    expect(apart).toBe(0)
    expect(strangersPerAddress({ sharedNat: 0.5, vpnHopping: 0, noiseFloor: 0 })).toBeGreaterThan(0)
    expect(strangersPerAddress({ sharedNat: 0, vpnHopping: 1, noiseFloor: 0 })).toBeGreaterThan(0.05)
    expect(strangersPerAddress({ sharedNat: 0, vpnHopping: 0, noiseFloor: 0, ipReuse: 0.3 })).toBeGreaterThan(0.05)
  })

  it('hand a decky over within a day: who comes after logs in with what was planted', () => {
    const { observations, truth } = generate({ seed: 4, knobs: { noiseFloor: 0, bots: 0, teams: 1, clockSkew: 0 } })
    const who = byIdentity(truth)
    const campaign = byCampaign(truth)
    let handed = 0
    for (const opener of observations) {
      const planted = opener.commands.find(({ text }) => text.endsWith('| chpasswd'))
      const [user, secret] = /^echo '(.*)' \| chpasswd$/.exec(planted?.text ?? '')?.[1]?.split(/:(.*)/s) ?? []
      if (user === undefined) continue
      const next = observations.filter(
        ({ id, credentials }) => id !== opener.id && credentials.some(([name, word]) => name === user && word === secret),
      )
      for (const { id, firstSeen, deckies } of next) {
        if (who.get(id) === who.get(opener.id) || campaign.get(id) !== campaign.get(opener.id)) continue
        handed += 1
        expect(deckies).toEqual(opener.deckies)
        expect((firstSeen ?? 0) - (opener.firstSeen ?? 0)).toBeLessThanOrEqual(4 * DAY)
        expect(firstSeen ?? 0).toBeGreaterThan(opener.firstSeen ?? 0)
      }
    }
    expect(handed).toBeGreaterThan(50)
  })

  it('give popular libraries to strangers, and keep each machine of a herd an identity of one campaign', () => {
    const { observations, truth } = generate({ seed: 5, knobs: { noiseFloor: 0, bots: 1, steered: 1 } })
    expect(truth.campaigns.length).toBeGreaterThan(5)
    const campaign = byCampaign(truth)
    for (const group of Map.groupBy(observations, ({ id }) => campaign.get(id)).values()) {
      const hosts = new Set(group.flatMap(({ c2 }) => c2))
      if (campaign.get(group[0]?.id ?? '')?.startsWith('campaign')) expect(hosts.size).toBeLessThanOrEqual(1)
    }
    const common = generate({ seed: 5 })
    const who = byIdentity(common.truth)
    const users = Map.groupBy(
      common.observations.flatMap(({ id, fingerprints }) => fingerprints.hassh.map((hassh) => ({ hassh, who: who.get(id) }))),
      ({ hassh }) => hassh,
    )
    expect(Math.max(...[...users.values()].map((of) => new Set(of.map((one) => one.who)).size))).toBeGreaterThan(15)
  })
})
