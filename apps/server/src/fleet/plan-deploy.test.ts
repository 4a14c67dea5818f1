import type { FleetNetwork } from '@decnet/contracts'
import { type DeployRequest, deployRequest } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { services } from '@decnet/services'
import { describe, expect, it } from 'vitest'
import type { WantedFleet } from '../store/fleet.ts'
import { type DeployFacts, planDeploy } from './plan-deploy.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const EMPTY: WantedFleet = { generation: 0, round: 0, network: { substrate: 'loopback' }, deckies: [], tarpits: [] }
const LAN: FleetNetwork = {
  substrate: 'netns',
  link: 'macvlan',
  interface: 'eth0',
  subnet: '192.168.7.0/28',
  gateway: '192.168.7.1',
  subnet6: null,
  gateway6: null,
  dhcp: false,
}
const request = (given: object): DeployRequest => deployRequest.parse(given)
const plan = (given: object, facts: Partial<DeployFacts> = {}) =>
  planDeploy(request(given), {
    wanted: EMPTY,
    services,
    taken: new Set(),
    loopback: '127.77.3',
    actor: 'ana',
    seed: 'seed',
    home: 'one',
    now: NOW,
    ...facts,
  })
/** What the database wants after it. */
const after = (given: object, facts: Partial<DeployFacts> = {}): WantedFleet => {
  const { changes, network } = plan(given, facts)
  const { wanted = EMPTY } = facts
  const gone = new Set(changes.map(({ before }) => before?.name))
  return {
    ...wanted,
    network: network ?? wanted.network,
    deckies: [...wanted.deckies.filter(({ name }) => !gone.has(name)), ...changes.flatMap((change) => change.after ?? [])],
  }
}
function refused(run: () => unknown): { code: string; status: number; hint: string | undefined; fields: (string | undefined)[][] } {
  try {
    run()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { code, status, hint, fields = [] } = error
    return { code, status, hint, fields: fields.map(({ field, message }) => [field, message]) }
  }
  throw new Error('it was planned')
}

describe('a deployment', () => {
  it('adds to the fleet with names, addresses and cards that nobody has', () => {
    const wanted = after({ deckies: [{ amount: 5 }] })
    const { plan: next } = plan({ deckies: [{ amount: 5 }] }, { wanted })
    expect(next.kept).toEqual(wanted.deckies.map(({ name }) => name))
    expect(next.added.map(({ ip }) => ip)).toEqual([16, 17, 18, 19, 20].map((n) => `127.77.3.${n}`))
    const names = [...next.kept, ...next.added.map(({ name }) => name)]
    expect(new Set(names).size).toBe(10)
    expect(next.added.every(({ services }) => services.length > 0)).toBe(true)
  })

  it('is the same for the same seed, and another for another', () => {
    const [first, again, other] = ['autumn', 'autumn', 'winter'].map((seed) => plan({ seed, deckies: [{ amount: 8 }] }).plan)
    expect(again).toEqual(first)
    expect(other?.added.map(({ mac }) => mac)).not.toEqual(first?.added.map(({ mac }) => mac))
  })

  it('gives two homes with one seed the same hosts with cards of their own, of the same makers', () => {
    const deckies = [{ amount: 4 }]
    const cards = (network: FleetNetwork, ip_start: object, home: string) =>
      plan({ seed: 'q', network, deckies, ...ip_start }, { home }).plan.added.map(({ mac }) => mac)
    const wide = { ...LAN, subnet: '10.66.0.0/24', gateway: null }
    const makers = (macs: readonly string[]) => macs.map((mac) => mac.slice(0, 8))
    for (const [first, second] of [
      [cards(wide, { ip_start: '10.66.0.80' }, 'one'), cards(wide, { ip_start: '10.66.0.90' }, 'two')],
      [cards({ ...wide, dhcp: true }, {}, 'one'), cards({ ...wide, dhcp: true }, {}, 'two')],
    ] as const) {
      expect(new Set([...first, ...second]).size).toBe(8)
      expect(makers(second)).toEqual(makers(first))
    }
    expect(cards(wide, { ip_start: '10.66.0.80' }, 'two')).toEqual(cards(wide, { ip_start: '10.66.0.80' }, 'one'))
    const { changes } = plan({ network: wide, deckies })
    expect(changes.map(({ after }) => after?.mac)).toEqual(plan({ network: wide, deckies }).plan.added.map(({ mac }) => mac))
  })

  it('notes who claims another family on the wire than its services are of', () => {
    const odd = { archetype: 'web-server', distro: 'ubuntu24', os_family: 'windows' }
    const notes = (...deckies: object[]) => plan({ deckies }).plan.notes
    expect(notes({ name: 'mon-01', ...odd })).toEqual([
      expect.stringMatching(
        /^mon-01 claims Windows on the wire while its services are those of Ubuntu 24\.04\S*(?: LTS)?: one scan shows both\.$/u,
      ),
    ])
    expect(notes({ name: 'a', ...odd }, { name: 'b', ...odd }, { name: 'c', ...odd, os_family: 'linux' })).toEqual([
      expect.stringMatching(/^a, b claim Windows on the wire while their services/u),
    ])
    expect(notes({ archetype: 'web-server' })).toEqual([])
  })

  it('of the largest size takes no longer than a second or two, and no two hosts share name or card', () => {
    const started = performance.now()
    const { added } = plan({ network: { ...LAN, subnet: '10.1.0.0/16', gateway: '10.1.0.1' }, deckies: [{ amount: 250 }] }).plan
    expect(performance.now() - started).toBeLessThan(5_000)
    for (const key of ['name', 'ip', 'mac', 'hostname'] as const) expect(new Set(added.map((each) => each[key])).size).toBe(250)
  })

  it('leaves alone the gateway, what somebody answers from, and the ends of the subnet', () => {
    const { added } = plan({ network: LAN, deckies: [{ amount: 3 }] }, { taken: new Set(['192.168.7.11', '192.168.7.13']) }).plan
    expect(added.map(({ ip }) => ip)).toEqual(['192.168.7.12', '192.168.7.14', '192.168.7.2'])
  })

  it('begins where it is told to, and never below', () => {
    expect(plan({ network: LAN, ip_start: '192.168.7.13', deckies: [{ amount: 2 }] }).plan.added.map(({ ip }) => ip)).toEqual([
      '192.168.7.13',
      '192.168.7.14',
    ])
    expect(refused(() => plan({ network: LAN, ip_start: '192.168.7.13', deckies: [{ amount: 3 }] }))).toMatchObject({
      code: 'subnet_full',
      status: 409,
    })
  })

  it('says when the subnet is full, and what to do', () => {
    const full = refused(() => plan({ network: LAN, deckies: [{ amount: 14 }] }))
    expect(full).toMatchObject({ code: 'subnet_full', status: 409, hint: expect.stringContaining('larger subnet') })
    expect(plan({ network: LAN, deckies: [{ amount: 13 }] }).plan.added).toHaveLength(13)
  })

  it('gives hosts on a network with IPv6 the address that their card makes', () => {
    const { added } = plan({
      network: { ...LAN, subnet6: '2001:db8:7::/64' },
      deckies: [{ mac: '52:54:00:12:34:56' }, { ip6: '2001:DB8:7:0::5' }],
    }).plan
    expect(added.map(({ ip6 }) => ip6)).toEqual(['2001:db8:7:0:5054:ff:fe12:3456', '2001:db8:7::5'])
  })

  it('asks DHCP for what it does not choose', () => {
    const { added } = plan({ network: { ...LAN, dhcp: true }, deckies: [{ amount: 40 }] }).plan
    expect(new Set(added.map(({ ip }) => ip))).toEqual(new Set(['0.0.0.0']))
  })

  it('takes settings of services as their own type', () => {
    const { changes } = plan({
      deckies: [{ services: ['ssh'], service_config: { ssh: { max_auth_tries: '3', password_authentication: 'no' } } }],
    })
    expect(changes[0]?.after?.services[0]?.config).toEqual({ max_auth_tries: 3, password_authentication: false })
  })

  it.each<[what: string, given: object, field: string, says: string]>([
    ['an archetype that does not exist', { deckies: [{ archetype: 'nas' }] }, 'deckies.0.archetype', 'there are linux-server'],
    ['a distribution that does not exist', { deckies: [{ distro: 'beos' }] }, 'deckies.0.distro', 'there are debian12'],
    ['a service that does not exist', { deckies: [{}, { services: ['gopher'] }] }, 'deckies.1.services', 'no service gopher'],
    ['a service twice', { deckies: [{ services: ['ssh', 'ssh'] }] }, 'deckies.0.services', 'twice'],
    [
      'a setting that does not exist',
      { deckies: [{ service_config: { ssh: { colour: 1 } } }] },
      'deckies.0.service_config.ssh.colour',
      'no setting',
    ],
    [
      'a value that is not possible',
      { deckies: [{ service_config: { ssh: { max_auth_tries: 0 } } }] },
      'deckies.0.service_config.ssh.max_auth_tries',
      '',
    ],
    ['one address for two', { deckies: [{ amount: 2, ip: '127.77.3.9' }] }, 'deckies.0.ip', 'cannot share'],
    ['an address of another network', { deckies: [{ ip: '10.0.0.1' }] }, 'deckies.0.ip', 'between 127.77.3.1 and 127.77.3.250'],
    ['the address of the network', { network: LAN, deckies: [{ ip: '192.168.7.0' }] }, 'deckies.0.ip', 'not an address for hosts'],
    ['the gateway', { network: LAN, deckies: [{ ip: '192.168.7.1' }] }, 'deckies.0.ip', 'is the gateway'],
    [
      'a gateway elsewhere',
      { network: { ...LAN, gateway: '10.0.0.1' }, deckies: [{}] },
      'network.gateway',
      'not an address of 192.168.7.0/28',
    ],
    ['a chosen address with DHCP', { network: { ...LAN, dhcp: true }, deckies: [{ ip: '192.168.7.5' }] }, 'deckies.0.ip', 'by DHCP'],
    ['IPv6 where there is none', { network: LAN, deckies: [{ ip6: '2001:db8::5' }] }, 'deckies.0.ip6', 'no IPv6'],
    ['too small an IPv6 network', { network: { ...LAN, subnet6: '2001:db8::/80' }, deckies: [{}] }, 'network.subnet6', 'too small'],
    ['a group’s card', { deckies: [{ mac: '01:00:5e:00:00:01' }] }, 'deckies.0.mac', 'a group'],
    ['a start outside', { network: LAN, ip_start: '10.0.0.1', deckies: [{}] }, 'ip_start', 'in 192.168.7.0/28'],
    ['too many', { deckies: [{ amount: 200 }, { amount: 51 }] }, 'deckies', '251 deckies are too many'],
  ])('is refused for %s, at its field', (_what, given, field, says) => {
    const { code, status, fields } = refused(() => plan(given))
    expect([code, status]).toEqual(['deploy_invalid', 422])
    expect(fields).toContainEqual([field, expect.stringContaining(says)])
  })

  it('names names, addresses and cards that are taken already, all of them', () => {
    const wanted = after({ deckies: [{ name: 'web', ip: '127.77.3.9', mac: '52:54:00:00:00:01' }] })
    const clash = {
      deckies: [{ name: 'web' }, { ip: '127.77.3.9' }, { mac: '52:54:00:00:00:01' }, { ip: '127.77.3.8' }, { name: 'a' }, { name: 'a' }],
    }
    const { code, status, fields } = refused(() => plan(clash, { wanted, taken: new Set(['127.77.3.8']) }))
    expect([code, status]).toEqual(['deploy_clash', 409])
    expect(fields).toEqual([
      ['deckies.0.name', 'There is a decky web already.'],
      ['deckies.1.ip', '127.77.3.9 is taken by a decky.'],
      ['deckies.2.mac', '52:54:00:00:00:01 is taken by a decky.'],
      ['deckies.3.ip', '127.77.3.8 is taken: somebody answers there.'],
      ['deckies.5.name', 'There is a decky a already.'],
    ])
  })

  it('onto another network needs the fleet replaced', () => {
    const wanted = after({ deckies: [{ amount: 2 }] })
    expect(refused(() => plan({ network: LAN, deckies: [{}] }, { wanted })).fields[0]?.[0]).toBe('network')
    const moved = plan({ network: LAN, replace_fleet: true, deckies: [{}] }, { wanted })
    expect(moved.network).toEqual(LAN)
    expect(moved.plan.retired).toHaveLength(2)
  })

  it('M4: retires what it replaces, creates what is new, and changes what has the same name', () => {
    const wanted = after({ deckies: [{ name: 'web' }, { name: 'old' }] })
    // Our own deckies answer too.
    const own = new Set(wanted.deckies.map(({ ip }) => ip))
    const { changes } = plan(
      { replace_fleet: true, deckies: [{ name: 'web', ip: '127.77.3.11' }, { name: 'new' }] },
      { wanted, taken: own },
    )
    expect(changes.map(({ trigger, before, after }) => [trigger, before?.name ?? null, after?.name ?? null])).toEqual([
      ['retirement', 'old', null],
      ['operator', 'web', 'web'],
      ['creation', null, 'new'],
    ])
  })
})
