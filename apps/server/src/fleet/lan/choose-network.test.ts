import { AppError } from '@decnet/kernel'
import { describe, expect, it } from 'vitest'
import type { NetworkOrder } from '../order/order.ts'
import { checkNetwork, chooseNetwork } from './choose-network.ts'

const none = { subnet: null, gateway: null, subnet6: null, gateway6: null, bridge: false, default_route: false }
const MACHINE = {
  root: true,
  linux: true,
  interfaces: [
    { ...none, name: 'eth0', subnet: '192.168.1.0/24', gateway: '192.168.1.1', gateway6: 'fe80::1', default_route: true },
    { ...none, name: 'br0', subnet: '10.7.0.0/16', bridge: true },
    { ...none, name: 'eth1' },
  ],
}
const choose = (order: NetworkOrder, machine: Partial<typeof MACHINE> = {}) => chooseNetwork(order, { ...MACHINE, ...machine })
function refused(run: () => unknown) {
  try {
    run()
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, hint: error.hint, field: error.fields?.[0]?.field }
    throw error
  }
  throw new Error('it was taken')
}

describe('the network that an order means', () => {
  it('is that of the default route when nothing is said of it', () => {
    expect(choose({})).toEqual({
      substrate: 'netns',
      link: 'macvlan',
      interface: 'eth0',
      subnet: '192.168.1.0/24',
      gateway: '192.168.1.1',
      subnet6: null,
      gateway6: null,
      dhcp: false,
    })
  })
  it('takes what is said before what is found', () => {
    expect(choose({ subnet: '10.9.9.77/24', subnet6: '2001:DB8:0::/64' })).toMatchObject({
      subnet: '10.9.9.0/24',
      gateway: null,
      subnet6: '2001:db8::/64',
      gateway6: 'fe80::1',
    })
    expect(choose({ link: 'bridge', interface: 'br0', gateway: '10.7.0.9' })).toMatchObject({ link: 'bridge', gateway: '10.7.0.9' })
    expect(choose({ gateway: null }).substrate).toBe('netns')
    expect(choose({ substrate: 'compose', link: 'ipvlan' })).toMatchObject({ substrate: 'compose', driver: 'ipvlan', interface: 'eth0' })
    expect(choose({ substrate: 'loopback' }, { root: false, linux: false })).toEqual({ substrate: 'loopback' })
  })
  it.each<[what: string, order: NetworkOrder, machine: Partial<typeof MACHINE>, code: string, hint: string]>([
    ['without root', {}, { root: false }, 'needs_root', '--loopback'],
    ['elsewhere than on Linux', {}, { linux: false }, 'needs_linux', '--loopback'],
    ['on an interface that is not there', { interface: 'wlan7' }, {}, 'no_interface', 'It has eth0, br0, eth1.'],
    ['on no interface at all', { interface: 'eth0' }, { interfaces: [] }, 'no_interface', 'none but the loopback'],
    ['without a default route', {}, { interfaces: MACHINE.interfaces.slice(1) }, 'no_default_route', '-i NAME'],
    ['on an interface without an address', { interface: 'eth1' }, {}, 'no_subnet_known', '--subnet'],
    ['on a bridge that is none', { link: 'bridge', interface: 'eth0' }, {}, 'not_a_bridge', 'There are br0.'],
    ['with IPvlan in namespaces', { link: 'ipvlan' }, {}, 'no_ipvlan', '--compose'],
  ])('is refused %s, with the way out', (_what, order, machine, code, hint) => {
    expect(refused(() => choose(order, machine))).toMatchObject({
      code,
      hint: expect.stringContaining(hint),
      field: expect.stringContaining('network'),
    })
  })
  it('may be named though it is no network of its own, which nobody proposes', () => {
    const machine = { ...MACHINE, parts: new Set(['eth1']) }
    expect(refused(() => chooseNetwork({ interface: 'nosuch9' }, machine)).hint).toBe('It has eth0, br0.')
    expect(chooseNetwork({ interface: 'eth1', subnet: '10.0.0.0/24' }, machine)).toMatchObject({ interface: 'eth1' })
  })
  it('in containers needs no root here', () => {
    expect(() => checkNetwork(choose({ substrate: 'compose' }), { ...MACHINE, root: false })).not.toThrow()
  })
})
