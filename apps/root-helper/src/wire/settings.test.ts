import { stacks } from '@decnet/persona'
import { describe, expect, it } from 'vitest'
import { rules } from './rules.ts'
import { largestWindow, needsWindow, sysctls, windowedRoutes } from './settings.ts'

const stack = (id: string) => stacks.find((candidate) => candidate.id === id) ?? expect.fail(id)
const set = (id: string) => Object.fromEntries(sysctls(stack(id), 'eth0', true))

describe('settings of a namespace', () => {
  it('are what the stack claims', () => {
    expect(set('linux-5')).toMatchObject({ 'ipv4/ip_default_ttl': '64', 'ipv4/tcp_rmem': '4096 131072 6291456', 'ipv4/tcp_ecn': '2' })
    expect(set('windows-10-1607')).toMatchObject({ 'ipv4/ip_default_ttl': '128', 'ipv6/conf/eth0/hop_limit': '128' })
    expect(set('cisco-ios-15')).toMatchObject({ 'ipv4/tcp_window_scaling': '0', 'ipv4/ip_no_pmtu_disc': '1', 'ipv4/icmp_ratelimit': '0' })
  })

  it('show the machine’s own clock only when it is moved', () => {
    const clock = (id: string, moves: boolean) => Object.fromEntries(sysctls(stack(id), 'eth0', moves))['ipv4/tcp_timestamps']
    expect([clock('linux-5', true), clock('linux-5', false), clock('freebsd-12', true), clock('cisco-ios-15', true)]).toEqual([
      '2',
      '1',
      '1',
      '0',
    ])
  })

  it('hold the window down where the machine’s own buffers would raise its shift', () => {
    expect(largestWindow(stack('freebsd-12'))).toBe(65_535 * 64)
    expect(needsWindow(stack('linux-5'), 212_992)).toBe(false)
    expect(needsWindow(stack('linux-5'), 16_777_216)).toBe(true)
    expect(needsWindow(stack('freebsd-12'), 212_992)).toBe(false)
    expect(needsWindow(stack('freebsd-12'), 4_194_304)).toBe(true)
    expect(needsWindow(stack('cisco-ios-15'), 212_992)).toBe(true)
  })

  it('reach every route of the card', () => {
    const table = [
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t0100420A\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'eth0\t0000420A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
      'eth1\t0000430A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
      '',
    ].join('\n')
    expect(windowedRoutes(table, 'eth0', '10.66.0.2', 4128)).toEqual([
      'route replace 0.0.0.0/0 via 10.66.0.1 dev eth0 window 4128',
      'route replace 10.66.0.0/24 proto kernel scope link src 10.66.0.2 dev eth0 window 4128',
    ])
  })
})

describe('rules of a namespace', () => {
  it('are none for the kernel’s own hand', () => {
    expect(rules(stack('linux-5'), 'eth0')).toBeNull()
  })

  it('send no packet of an established connection to user space, and wait for nobody', () => {
    for (const chosen of stacks) {
      const tables = rules(chosen, 'eth0')
      if (tables === null) continue
      for (const line of `${tables.ip4}${tables.ip6}`.split('\n').filter((text) => text.startsWith('-A') && !text.endsWith(' -j DROP'))) {
        expect(line).toContain('--queue-bypass')
        expect(line).toMatch(
          /--tcp-flags (?:SYN,ACK SYN,ACK|RST RST|ACK,RST NONE|FIN,SYN,RST,PSH,ACK,URG NONE|FIN,SYN,RST,ACK FIN,SYN) |-p icmp --icmp-type/u,
        )
      }
      expect(tables.ip6).not.toContain('icmp')
    }
  })

  it('take in only what the stack must see', () => {
    const incoming = (id: string) =>
      rules(stack(id), 'eth0')
        ?.ip4.split('\n')
        .filter((line) => line.startsWith('-A INPUT')).length
    expect(['windows-10-1607', 'windows-10-1703', 'freebsd-12', 'cisco-ios-xe'].map(incoming)).toEqual([2, 1, 2, 2])
  })

  it('drop behind a packet filter what belongs to no connection and opens none, in and out, and nothing else', () => {
    const dropped = (id: string) => {
      const { ip4, ip6 } = rules(stack(id), 'eth0') ?? expect.fail(id)
      return [ip4, ip6].map((table) =>
        [...table.matchAll(/^-A (\S+) .*--tcp-flags (.*) -j DROP$/gmu)].map(([, chain, flags]) => `${chain} ${flags}`),
      )
    }
    expect(dropped('windows-10-1607')).toEqual([[], []])
    expect(dropped('openbsd-6')).toEqual([1, 2].map(() => ['INPUT SYN,RST,ACK NONE', 'POSTROUTING RST,ACK RST']))
  })
})
