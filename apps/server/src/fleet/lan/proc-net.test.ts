import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eui64, shortAddress6 } from './address6.ts'
import { answeredIn, defaultRoutes, defaultRoutes6, linksOf } from './proc-net.ts'

const ROUTE = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
wlan0	00000000	0101A8C0	0003	0	0	600	00000000	0	0	0
eth0	00000000	FE07000A	0003	0	0	100	00000000	0	0	0
eth0	0007000A	00000000	0001	0	0	100	00FFFFFF	0	0	0
tun0	00000000	00000000	0001	0	0	50	00000000	0	0	0
`
const ROUTE6 = `20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe80000000000000020000fffe000001 00000400 00000001 00000000 00000003     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
`
const ARP = `IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         0x2         52:54:00:00:00:01     *        eth0
192.168.1.9      0x1         0x0         00:00:00:00:00:00     *        eth0
192.168.1.7      0x1         0x6         52:54:00:00:00:07     *        eth0
`
const DEV = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  126748     592    0    0    0     0          0         0   126748     592    0    0    0     0       0          0
 eth0: 46846178   65041    0    0    0     0          0         0 93829328   57610    0    0    0     0       0          0
br-12ab: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
`

describe('what the system says of its networks', () => {
  it('has the default routes with a gateway, best first', () => {
    expect(defaultRoutes(ROUTE)).toEqual([
      { interface: 'eth0', gateway: '10.0.7.254', metric: 100 },
      { interface: 'wlan0', gateway: '192.168.1.1', metric: 600 },
    ])
    expect(defaultRoutes6(ROUTE6).map(({ gateway, ...rest }) => ({ ...rest, gateway: shortAddress6(gateway) }))).toEqual([
      { interface: 'eth0', metric: 1024, gateway: 'fe80::200:ff:fe00:1' },
    ])
  })
  it('has the neighbours that answered, and the interfaces', () => {
    expect(answeredIn(ARP)).toEqual(['192.168.1.1', '192.168.1.7'])
    expect(linksOf(DEV)).toEqual(['eth0', 'br-12ab'])
  })
  it('is empty where it cannot be read, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const read of [defaultRoutes, defaultRoutes6, answeredIn, linksOf]) read(text)
      }),
    )
    expect([defaultRoutes(''), defaultRoutes6(''), answeredIn(''), linksOf('')]).toEqual([[], [], [], []])
  })
  it('makes the address of a card as RFC 4291 and RFC 2464 have it', () => {
    // The example of RFC 2464, section 4: 34-56-78-9A-BC-DE becomes 36-56-78-FF-FE-9A-BC-DE.
    expect(eui64('2001:db8::/64', '34:56:78:9a:bc:de')).toBe('2001:db8::3656:78ff:fe9a:bcde')
    expect(eui64('2001:db8:1:2::/48', '52:54:00:12:34:56')).toBe('2001:db8:1:2:5054:ff:fe12:3456')
  })
})
