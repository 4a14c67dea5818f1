import { expect, it } from 'vitest'
import { linksIn } from './ip-link.ts'

it('bridges, their ports, cables and real cards are told apart', () => {
  const text = JSON.stringify([
    { ifname: 'lo', flags: ['LOOPBACK'] },
    { ifname: 'eth0', linkinfo: {} },
    { ifname: 'br0', linkinfo: { info_kind: 'bridge' } },
    { ifname: 'lan0p', master: 'br0', linkinfo: { info_kind: 'veth', info_slave_kind: 'bridge' } },
  ])
  expect(Object.fromEntries(linksIn(text))).toEqual({
    lo: { kind: null, master: false },
    eth0: { kind: null, master: false },
    br0: { kind: 'bridge', master: false },
    lan0p: { kind: 'veth', master: true },
  })
})

it.each(['', '2: eth0: <UP>', '{}', '[{}]', 'null'])('nothing is known where it says %j', (text) => expect(linksIn(text).size).toBe(0))
