import type { FleetNetwork } from '@decnet/contracts'
import { archetypes, type DeckyPlan, makePersona, planDeckies } from '@decnet/persona'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choose } from '../choose.ts'
import { behavioral } from './behavioral.ts'
import { drift } from './drift.ts'
import { move } from './move.ts'
import { shuffle } from './shuffle.ts'
import type { MutationFacts } from './strategy.ts'

const ports = new Map([
  ['ssh', 22],
  ['http', 80],
  ['mysql', 3306],
  ['redis', 6379],
  ['ftp', 21],
  ['smtp', 25],
  ['telnet', 23],
])
const NOW = Date.parse('2026-11-22T12:00:00Z')
const facts = (more: Partial<MutationFacts> = {}): MutationFacts => ({
  now: NOW,
  ports,
  network: { substrate: 'loopback' },
  fleet: [],
  demand: [],
  ...more,
})
const planned = (archetype: string, seed = 'x', more: Partial<DeckyPlan> = {}): DeckyPlan => {
  const [plan] = planDeckies([{ ip: '127.77.3.10', archetype }], { seed, now: Date.parse('2025-06-01T00:00:00Z'), ports, beside: [] })
  if (!plan) throw new Error('no plan')
  return { ...plan, ...more }
}
const names = ({ services }: DeckyPlan) => services.map(({ name }) => name)

describe('the shuffle', () => {
  it('makes another set of what such a host may have, of two to six services, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...archetypes.map(({ name }) => name)), fc.string(), fc.nat(), (archetype, seed, late) => {
        const decky = planned(archetype, seed)
        const change = shuffle(decky, facts({ now: NOW + late }))
        if (!change) throw new Error(`${archetype} can always change`)
        const kind = archetypes.find(({ name }) => name === archetype)
        const after = names(change.plan)
        expect(after.toSorted()).not.toEqual(names(decky).toSorted())
        expect(after.filter((name) => !kind?.core.includes(name) && !kind?.likely.includes(name))).toEqual([])
        expect(new Set(after).size).toBe(after.length)
        expect(after.length).toBeGreaterThanOrEqual(2)
        expect(after.length).toBeLessThanOrEqual(6)
        expect(shuffle(decky, facts({ now: NOW + late }))).toEqual(change)
      }),
      { numRuns: 200 },
    )
  })

  it('keeps what makes the host of its kind, and what an operator brought or configured', () => {
    const decky = planned('web-server', 'x', {
      services: [
        { name: 'http', port: 80, config: {} },
        { name: 'ssh', port: 22, config: {} },
        { name: 'telnet', port: 2323, config: {} },
        { name: 'redis', port: 6379, config: { password: 'p' } },
      ],
    })
    for (let late = 0; late < 50; late += 1) {
      const change = shuffle(decky, facts({ now: NOW + late }))
      expect(change?.plan.services).toEqual(expect.arrayContaining([...decky.services]))
    }
  })

  it('changes nothing where there is nothing else', () => {
    const lone = planned('database-server', 'x', { services: [{ name: 'mysql', port: 3306, config: {} }] })
    expect(shuffle(lone, facts({ ports: new Map([['mysql', 3306]]) }))).toBeNull()
    expect(shuffle({ ...lone, archetype: 'unheard-of' }, facts())).toBeNull()
  })
})

describe('the drift', () => {
  it('shows newer packages of the same distribution, says which, and keeps who the host is', () => {
    const decky = planned('linux-server', 'x', { distro: 'debian12' })
    const change = drift(decky, facts())
    if (!change) throw new Error('a host of 2025 has something to patch')
    const [before, after] = [makePersona(decky), makePersona(change.plan)]
    const update = (revision: string) => Number(/deb12u(\d+)$/u.exec(revision)?.[1])
    expect(update(after.packages.openssh.revision)).toBeGreaterThan(update(before.packages.openssh.revision))
    expect(change.reason).toContain(
      `${before.packages.openssh.revision} → ${after.packages.openssh.version} ${after.packages.openssh.revision}`,
    )
    expect([after.hostname, after.mac, after.users, after.installedAt]).toEqual([
      before.hostname,
      before.mac,
      before.users,
      before.installedAt,
    ])
    expect(after.bootedAt).toBe(NOW)
    expect(names(change.plan)).toEqual(names(decky))
  })

  it('does nothing where the newest is there already', () => {
    const decky = planned('linux-server', 'x', { distro: 'debian12' })
    const patched = drift(decky, facts())?.plan ?? decky
    expect(drift(patched, facts({ now: NOW + 1_000 }))).toBeNull()
  })
})

describe('the move', () => {
  const lan = (dhcp: boolean): FleetNetwork => ({
    substrate: 'netns',
    link: 'bridge',
    interface: 'br0',
    subnet: '192.0.2.0/29',
    gateway: '192.0.2.1',
    subnet6: null,
    gateway6: null,
    dhcp,
  })
  const at = (ip: string) => planned('web-server', ip, { ip })

  it('takes a free address of the subnet: not the gateway’s, not another decky’s', () => {
    const fleet = ['192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5'].map(at)
    for (let late = 0; late < 20; late += 1)
      expect(move(fleet[0] ?? at('192.0.2.2'), facts({ now: NOW + late, network: lan(false), fleet }))?.plan.ip).toBe('192.0.2.6')
    expect(move(at('192.0.2.2'), facts({ network: lan(false), fleet: [...fleet, at('192.0.2.6')] }))).toBeNull()
  })

  it('stays within the loopback network of its home, below what the homes claim', () => {
    for (let late = 0; late < 200; late += 1) {
      const ip = move(at('127.77.3.10'), facts({ now: NOW + late }))?.plan.ip ?? ''
      expect(ip).toMatch(/^127\.77\.3\./u)
      expect(Number(ip.split('.')[3])).toSatisfy((last: number) => last >= 1 && last <= 250 && last !== 10)
    }
  })

  it('leaves addresses alone that a lease decides', () => {
    expect(move(at('192.0.2.2'), facts({ network: lan(true) }))).toBeNull()
  })
})

describe('growing what is asked for', () => {
  const asked = (service: string, attackers: number, ...deckies: string[]) => ({
    service,
    attackers,
    deckies: new Set(deckies),
    ways: new Map([['at closed ports', attackers]]),
  })
  const decky = planned('web-server', 'x', { services: [{ name: 'http', port: 80, config: {} }] })

  it('takes what most asked for at this decky, then elsewhere, and says why', () => {
    const demand = [asked('redis', 9, 'db-01'), asked('ftp', 3, decky.name)]
    const change = behavioral(decky, facts({ demand }))
    expect(names(change?.plan ?? decky)).toEqual(['http', 'ftp'])
    expect(change?.reason).toBe('3 attackers asked for ftp and did not find it: 3 at closed ports.')
    expect(names(behavioral(decky, facts({ demand: demand.slice(0, 1) }))?.plan ?? decky)).toEqual(['http', 'redis'])
  })

  it('never grows what such a host would not have, what one alone asked for, or a seventh service', () => {
    expect(behavioral(decky, facts({ demand: [asked('telnet', 9, decky.name), asked('ftp', 1, decky.name)] }))).toBeNull()
    const full = { ...decky, services: ['http', 'ssh', 'ftp', 'mysql', 'redis', 'telnet'].map((name) => ({ name, port: 1, config: {} })) }
    expect(behavioral(full, facts({ demand: [asked('smtp', 9, decky.name)] }))).toBeNull()
  })

  it('goes before the others, and nothing is chosen that is not allowed', () => {
    const all = facts({ demand: [asked('ftp', 3, decky.name)] })
    for (let late = 0; late < 20; late += 1) {
      expect(choose(decky, { ...all, now: NOW + late }, ['shuffle', 'drift', 'move', 'behavioral'])?.strategy).toBe('behavioral')
      expect(choose(decky, { ...all, now: NOW + late }, ['drift'])?.strategy).toBe('drift')
    }
    const chosen = new Set(
      Array.from({ length: 40 }, (_, n) => choose(decky, facts({ now: NOW + n }), ['shuffle', 'drift', 'move'])?.strategy),
    )
    expect(chosen).toEqual(new Set(['shuffle', 'drift', 'move']))
    expect(choose(decky, all, [])).toBeNull()
  })
})
