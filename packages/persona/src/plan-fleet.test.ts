import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makePersona } from './make-persona.ts'
import { type KnownService, planFleet } from './plan-fleet.ts'

const known: KnownService[] = Object.entries({ ssh: 22, telnet: 23, http: 80, ftp: 21, smtp: 25, redis: 6379, mysql: 3306 }).map(
  ([name, port]) => ({
    name,
    ports: [{ port }],
  }),
)
const fleet = (seed: string, count?: number) =>
  planFleet({ seed, subnet: '127.77.4', now: Date.UTC(2026, 10, 21), knownServices: known, ...(count === undefined ? {} : { count }) })

describe('planFleet', () => {
  it('gives five deckies of different archetypes with 25 services in all, every service among them, two with ssh, one with ftp', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const plans = fleet(seed)
        const services = plans.flatMap((plan) => plan.services.map(({ name }) => name))
        expect(plans).toHaveLength(5)
        expect(new Set(plans.map(({ archetype }) => archetype)).size).toBe(5)
        expect(services).toHaveLength(25)
        expect(new Set(services).size).toBe(7)
        expect(services.filter((name) => name === 'ssh').length).toBeGreaterThan(1)
        for (const plan of plans) expect(new Set(plan.services.map(({ name }) => name)).size).toBe(plan.services.length)
      }),
      { numRuns: 40 },
    )
  })

  it('gives the same fleet for the same seed and another for another', () => {
    expect(fleet('one')).toEqual(fleet('one'))
    expect(fleet('one')).not.toEqual(fleet('two'))
  })

  it('shares no address, name, host name, domain or password between two deckies', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const plans = fleet(seed)
        const personas = plans.map(makePersona)
        for (const key of ['ip', 'name', 'hostname', 'domain', 'mac'] as const) expect(new Set(personas.map((p) => p[key])).size).toBe(5)
        const secrets = personas.flatMap((p) => [...new Set(p.users.flatMap(({ password }) => password ?? []))])
        expect(new Set(secrets).size).toBe(secrets.length)
      }),
      { numRuns: 20 },
    )
  })

  it('places them from .11 upward in the subnet, on the ports of the services', () => {
    const plans = fleet('ports')
    const hosts = plans.map(({ ip }) => Number(/^127\.77\.4\.(\d+)$/u.exec(ip)?.[1]))
    expect(hosts[0]).toBe(11)
    expect(hosts).toEqual([...hosts].sort((a, b) => a - b))
    for (const { services } of plans)
      for (const { name, port } of services) expect(known.find((k) => k.name === name)?.ports[0]?.port).toBe(port)
  })

  it('makes large fleets, and fleets of the few services that exist', () => {
    const large = fleet('large', 120)
    expect(new Set(large.map(({ ip }) => ip)).size).toBe(120)
    expect(new Set(large.map(({ name }) => name)).size).toBe(120)
    const few = planFleet({ seed: 's', subnet: '127.77.4', now: 0, knownServices: known.slice(0, 1) })
    expect(few.every(({ services }) => services.length === 1 && services[0]?.name === 'ssh')).toBe(true)
    expect(() => fleet('none', 0)).toThrow(RangeError)
  }, 30_000)
})
