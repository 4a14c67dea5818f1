import { deployRequest, type FleetNetworks } from '@decnet/contracts/api'
import { describe, expect, it } from 'vitest'
import { type Draft, groundOf, minutesOf, placesOf, requestOf, seedOf } from './draft.ts'

const machine: FleetNetworks = {
  now: { substrate: 'loopback' },
  deckies: 0,
  root: true,
  linux: true,
  interfaces: [
    { name: 'eth0', bridge: false, subnet: '192.0.2.0/24', gateway: '192.0.2.1', subnet6: null, gateway6: null, default_route: true },
    { name: 'br0', bridge: true, subnet: null, gateway: null, subnet6: null, gateway6: null, default_route: false },
  ],
}
const host = { archetype: 'file-server', amount: 2, name: 'nas', ip: '192.0.2.9', distro: '', services: [] }
const draft: Draft = { place: 'loopback', ground: groundOf(null), wanted: [host], replace: false, start: '', seed: 'abc', interval: '' }

describe('what the wizard asks for', () => {
  it('may stand on this machine, on each interface, in containers where the way out is; and first of all where it stands', () => {
    expect(placesOf(machine).map(({ id }) => id)).toEqual(['loopback', 'netns eth0', 'netns br0', 'compose eth0'])
    expect(placesOf({ ...machine, deckies: 3 }).map(({ id }) => id)).toEqual(['here', 'netns eth0', 'netns br0', 'compose eth0'])
  })
  it('offers nothing that serves shaping or containers, unless the way out is there or nothing else is', () => {
    const called = (...names: string[]) =>
      placesOf({
        ...machine,
        interfaces: names.map((name) => ({ ...machine.interfaces[1], name, bridge: false, default_route: name === 'docker0' })),
      } as FleetNetworks).flatMap(({ network }) => (network?.substrate === 'netns' ? [network.interface] : []))
    expect(called('lo', 'ifb0', 'veth12ab', 'eth1', 'br-0123456789ab', 'br-lan')).toEqual(['eth1', 'br-lan'])
    expect(called('docker0', 'veth12ab')).toEqual(['docker0'])
    expect(called('veth12ab', 'ifb0')).toEqual(['veth12ab', 'ifb0'])
  })
  it('takes minutes as they are written, and asks nothing while they are none', () => {
    expect(['', ' 30 ', '0', '1051200', '1051201', '1e3', 'soon', '-1', '2.5'].map(minutesOf)).toEqual([
      null,
      30,
      0,
      1_051_200,
      ...Array(5).fill(undefined),
    ])
    expect(requestOf({ ...draft, interval: 'soon' }, placesOf(machine)[0])).toBeNull()
  })
  it('says what keeps a place from being chosen, and asks nothing of such a one', () => {
    const places = placesOf({ ...machine, root: false })
    expect(places.filter(({ barred }) => barred !== null).map(({ id }) => id)).toEqual(['netns eth0', 'netns br0'])
    expect(requestOf(draft, places[1])).toBeNull()
  })
  it('is a request that the server takes, with what was said otherwise than found', () => {
    const [, lan] = placesOf(machine)
    const ground = { ...groundOf(lan?.network ?? null), gateway: '', subnet6: '2001:db8::/64', dhcp: true }
    const request = requestOf({ ...draft, ground, start: ' 192.0.2.40 ', interval: '30' }, lan)
    expect(deployRequest.parse(request)).toEqual(request)
    expect(request).toMatchObject({
      network: { substrate: 'netns', link: 'macvlan', interface: 'eth0', gateway: null, subnet6: '2001:db8::/64', dhcp: true },
      ip_start: '192.0.2.40',
      deckies: [{ archetype: 'file-server', amount: 2, name: 'nas', mutate_interval: 30 }],
    })
  })
  it('gives an address to a single host alone, leaves out what is not wanted, and is none while nothing is', () => {
    const [place] = placesOf(machine)
    const single = requestOf(
      {
        ...draft,
        wanted: [
          { ...host, amount: 1 },
          { ...host, archetype: '', amount: 0 },
        ],
      },
      place,
    )
    expect(single?.deckies).toMatchObject([{ ip: '192.0.2.9' }])
    expect(requestOf(draft, place)?.deckies[0]).not.toHaveProperty('ip')
    expect(requestOf({ ...draft, wanted: [{ ...host, amount: 0 }] }, place)).toBeNull()
  })
  it('has a seed that can be read aloud', () => {
    expect(seedOf(new Uint8Array([0, 1, 255, 30]))).toMatch(/^[a-z2-9]{4}$/u)
  })
})
