import type { SensorEvent } from '@decnet/kernel/service'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Analyser } from './analyser.ts'
import * as frames from './frames.fixture.ts'

const { ACK, RST, STRANGER, SYN } = frames
const T0 = 1_763_000_000_000
const HOSTS = [frames.DECKY, { name: 'db-01', ip: '10.0.0.3' }, { name: 'app-01', ip: '10.0.0.4', ip6: '2001:db8::4' }]

/** What is said of frames that come one each millisecond, and of the end. */
function said(list: readonly Buffer[], { every = 1, close = true, ignore = [] as string[] } = {}): readonly SensorEvent[] {
  const events: SensorEvent[] = []
  const analyser = new Analyser((event) => events.push(event), HOSTS, ignore)
  for (const [n, data] of list.entries()) analyser.take({ ts: T0 + n * every, data, length: data.length })
  if (close) analyser.close()
  return events
}
const typed = (events: readonly SensorEvent[], type: string) => events.filter((event) => event.type === type)
const ports = (from: number, count: number, more: frames.Tcp = {}) =>
  Array.from({ length: count }, (_, n) => frames.tcp({ ...more, dstPort: from + n, seq: 1000 * n + 5 }))

describe('a SYN', () => {
  test('shows the stack, once for each decky, and is bound to who sent it', () => {
    const events = said([frames.tcp(), frames.tcp({ seq: 2, srcPort: 40_001 }), frames.tcp({ dst: '10.0.0.3' })])
    expect(events.map(({ type, decky, service }) => [type, decky, service])).toEqual([
      ['tcp_syn_fingerprint', 'web-01', 'sniffer'],
      ['tcp_syn_fingerprint', 'db-01', 'sniffer'],
    ])
    expect(events[0]?.fields).toMatchObject({
      ...{ src_ip: STRANGER, src_port: '40000', local_ip: '10.0.0.2', local_port: '80' },
      ...{ ttl: '57', initial_ttl: '64', hop_distance: '7', window: '64240', mss: '1460', wscale: '7', options_sig: 'M,S,T,N,W' },
      ...{ has_sack: 'true', has_timestamps: 'true', tos: '0', os_guess: 'linux', isn_class: 'unknown', ipid_class: 'unknown' },
      tcp: '4:64:0:1460:mss*44,7:mss,sok,ts,nop,ws:df,id+:0',
    })
  })
  test('with three before it shows how the stack counts', () => {
    const four = [5, 70, 100, 300].map((seq, n) => frames.tcp({ seq, srcPort: 50_000 + n, id: 7 }))
    expect(typed(said(four), 'tcp_syn_fingerprint').at(-1)?.fields).toMatchObject({
      isn_class: 'incremental',
      isn_samples: '5,70,100,300',
      ipid_class: 'constant',
    })
  })
  test('is said again after five minutes, and not before', () => {
    expect(said([frames.tcp(), frames.tcp({ seq: 3 })], { every: 299_000 })).toHaveLength(1)
    expect(said([frames.tcp(), frames.tcp({ seq: 3 })], { every: 301_000 })).toHaveLength(2)
  })
})

test('a SYN over IPv6 is bound to the decky that has the address', () => {
  const v4 = frames.tcp({ dst: '10.0.0.4', dstPort: 22 })
  const segment = v4.subarray(34)
  const head = Buffer.from('6fb00000', 'hex')
  const [src, dst] = ['20010db8000000000000000000000099', '20010db8000000000000000000000004'].map((hex) => Buffer.from(hex, 'hex'))
  const packet = Buffer.concat([head, Buffer.of(0, segment.length, 6, 50), src ?? head, dst ?? head, segment])
  const [event] = said([frames.ethernet(0x86dd, packet)])
  expect(event).toMatchObject({
    decky: 'app-01',
    fields: { src_ip: '2001:db8::99', local_ip: '2001:db8::4', ttl: '50', tos: '251', local_port: '22' },
  })
})

describe('a scan', () => {
  test('is five ports within a minute, said at the fifth and at the end', () => {
    expect(typed(said(ports(20, 4)), 'port_scan')).toEqual([])
    const [begun, ended, ...more] = typed(said(ports(20, 9)), 'port_scan')
    expect(more).toEqual([])
    expect(begun?.fields).toMatchObject({ state: 'begun', port_count: '5', ports: '20-24', first: `${T0}`, last: `${T0 + 4}` })
    expect(ended?.fields).toMatchObject({ state: 'ended', port_count: '9', ports: '20-28', packets: '9', kind: 'connect', open: '0' })
  })
  test('is not five ports in as many quarters of an hour, and is ten in half an hour', () => {
    expect(typed(said(ports(20, 9), { every: 15 * 60_000 }), 'port_scan')).toEqual([])
    expect(typed(said(ports(20, 10), { every: 150_000 }), 'port_scan')).toHaveLength(2)
  })
  test('of a tool that breaks off what is answered is a SYN scan; what answered is open', () => {
    const open = (port: number) => [
      frames.tcp({ dstPort: port, options: frames.BARE, window: 1024 }),
      frames.tcp({ ...frames.back({ dstPort: port }), flags: SYN | ACK }),
      frames.tcp({ dstPort: port, flags: RST, options: Buffer.alloc(0) }),
    ]
    const closed = (port: number) => [frames.tcp({ dstPort: port }), frames.tcp({ ...frames.back({ dstPort: port }), flags: RST | ACK })]
    const [, ended] = typed(said([...open(22), ...open(80), ...[1, 2, 3, 4].flatMap(closed)]), 'port_scan')
    expect(ended?.fields).toMatchObject({ kind: 'syn', port_count: '6', ports: '1-4,22,80', open: '2', closed: '4' })
  })
  test.each([
    ['null', 0],
    ['fin', 1],
    ['xmas', 41],
  ])('with flags that no stack sends is named: %s', (kind, flags) => {
    expect(typed(said(ports(1, 6, { flags })), 'port_scan')[1]?.fields).toMatchObject({ kind, port_count: '6', protocol: 'tcp' })
  })
  test('by ACK is one only where a decky refuses what belongs to no connection', () => {
    const stray = ports(1, 6, { flags: ACK })
    expect(typed(said(stray), 'port_scan')).toEqual([])
    const refused = stray.flatMap((frame, n) => [frame, frames.tcp({ ...frames.back({ dstPort: 1 + n }), flags: RST })])
    expect(typed(said(refused), 'port_scan')[1]?.fields).toMatchObject({ kind: 'ack', port_count: '6', closed: '6' })
  })
  test('over UDP counts questions, not answers to what a decky asked', () => {
    const questions = [1, 2, 3, 4, 5].map((port) => frames.udp({ dstPort: port }, Buffer.of(0)))
    const quoted = (port: number) => frames.udp({ dstPort: port }, Buffer.of(0)).subarray(14)
    const unreachable = frames.icmp(frames.back({}), 3, 3, Buffer.concat([Buffer.alloc(4), quoted(3)]))
    expect(typed(said([...questions, unreachable]), 'port_scan')[1]?.fields).toMatchObject({ kind: 'udp', port_count: '5', closed: '1' })
    const answers = [1, 2, 3, 4, 5, 6].flatMap((n) => [
      frames.udp({ ...frames.back({}), srcPort: 1000 + n, dstPort: 53 }, Buffer.of(0)),
      frames.udp({ srcPort: 53, dstPort: 1000 + n }, Buffer.of(0)),
    ])
    expect(said(answers)).toEqual([])
  })
  test('over three deckies is a sweep', () => {
    const [begun] = typed(said(HOSTS.map(({ ip }) => frames.tcp({ dst: ip, dstPort: 22 }))), 'port_scan')
    expect(begun).toMatchObject({
      decky: 'web-01',
      fields: { kind: 'sweep', ports: '22', deckies: 'web-01,db-01,app-01', decky_count: '3' },
    })
    expect(typed(said(HOSTS.map(({ ip }) => frames.icmp({ dst: ip }, 8, 0))), 'port_scan')[0]?.fields).toMatchObject({
      protocol: 'icmp',
      ports: '',
    })
  })
  test('of two hundred deckies is told of each, to the end', () => {
    const fleet = Array.from({ length: 200 }, (_, n) => ({ name: `decky-${n}`, ip: `10.0.1.${n}` }))
    const events: SensorEvent[] = []
    const analyser = new Analyser((event) => events.push(event), fleet)
    for (let port = 1; port <= 20; port += 1)
      for (const [n, { ip }] of fleet.entries()) {
        const data = frames.tcp({ dst: ip, dstPort: port, seq: port * 1000 + n })
        analyser.take({ ts: T0 + port * 100, data, length: data.length })
      }
    analyser.close()
    const ended = typed(events, 'port_scan').filter(({ fields }) => fields.state === 'ended')
    expect(ended.filter(({ fields }) => fields.kind === 'connect' && fields.port_count === '20')).toHaveLength(200)
    expect(ended.filter(({ fields }) => fields.kind === 'sweep' && fields.decky_count === '200')).toHaveLength(1)
    expect(analyser.stats.suppressed).toBe(0)
  })
  test('ends by itself after a minute of silence', () => {
    const events: SensorEvent[] = []
    const analyser = new Analyser((event) => events.push(event), HOSTS)
    for (const [n, data] of ports(1, 5).entries()) analyser.take({ ts: T0 + n, data, length: data.length })
    analyser.pass(T0 + 59_000)
    expect(typed(events, 'port_scan')).toHaveLength(1)
    analyser.pass(T0 + 61_000)
    analyser.close()
    expect(typed(events, 'port_scan')).toHaveLength(2)
  })
})

describe('ICMP and the neighbourhood', () => {
  test('a ping and a question that no ping asks', () => {
    const events = said([frames.icmp({}, 8, 0), frames.icmp({}, 8, 0), frames.icmp({}, 13, 0), frames.icmp({}, 0, 0)])
    expect(events.map(({ type, fields }) => [type, fields.icmp_type])).toEqual([
      ['icmp_echo', undefined],
      ['icmp_probe', '13'],
    ])
  })
  test('who asks for many cards, a decky’s among them, looks for hosts', () => {
    const asked = Array.from({ length: 20 }, (_, n) => frames.arp(`10.0.0.${n + 1}`))
    const [begun, ended] = said(asked)
    expect(begun?.fields).toMatchObject({ state: 'begun', src_ip: STRANGER, src_mac: '02:00:00:00:00:09', protocol: 'arp' })
    expect(ended?.fields).toMatchObject({ state: 'ended', target_count: '20', decky_count: '3', packets: '20' })
    expect(said(asked.filter((_, n) => n > 5))).toEqual([])
    expect(said(asked.slice(0, 7))).toEqual([])
    expect(said(asked, { ignore: ['02:00:00:00:00:09'] })).toEqual([])
  })
  test('a link-local address gives its card away, or not', () => {
    const at = '20010db8000000000000000000000004'
    const [leak] = said([frames.solicitation('fe80000000000000005056fffe010203', 'ff0200000000000000000001ff000004', at)])
    expect(leak?.fields).toMatchObject({
      src_ip: 'fe80::50:56ff:fe01:203',
      iid_kind: 'eui64',
      mac_oui: '02:50:56',
      src_mac: '02:00:00:00:00:09',
    })
    const [hidden] = said([frames.solicitation('fe800000000000001122334455667788', 'ff0200000000000000000001ff000004', at)])
    expect(hidden?.fields).toMatchObject({ iid_kind: 'stable_privacy' })
  })
})

test('an SSH client that says no more than its name is heard when it leaves', () => {
  const hello = frames.tcp({ flags: ACK, seq: 1001, options: Buffer.alloc(0), data: Buffer.from('SSH-2.0-Go\r\n') })
  const [banner] = typed(said([frames.tcp(), frames.tcp({ ...frames.back({}), flags: SYN | ACK }), hello]), 'ssh_client_banner')
  expect(banner?.fields).toMatchObject({ ssh_version: 'SSH-2.0-Go', local_port: '80' })
  expect(banner?.fields).not.toHaveProperty('hassh')
})

test('a connection that lasts has a rhythm; what comes twice is counted', () => {
  const none = Buffer.alloc(0)
  const list = [
    frames.tcp(),
    frames.tcp({ ...frames.back({}), flags: SYN | ACK, seq: 9 }),
    frames.tcp({ flags: ACK, seq: 1001, options: none }),
    ...[1001, 1011, 1011].map((seq) => frames.tcp({ flags: ACK, seq, options: none, data: Buffer.alloc(10, 1) })),
    frames.tcp({ flags: RST, seq: 1021, options: none }),
  ]
  const [rhythm] = typed(said(list, { every: 10 }), 'tcp_flow_timing')
  expect(rhythm?.fields).toMatchObject({
    packets: '7',
    bytes: '30',
    retransmits: '1',
    duration_s: '0.06',
    rtt_ms: '10',
    min_iat_ms: '10',
    max_iat_ms: '20',
  })
})

describe('whatever comes', () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(
        fc.constantFrom(
          frames.tcp(),
          frames.udp({}, Buffer.alloc(40, 0xc0)),
          frames.icmp({}, 3, 3, Buffer.alloc(60, 0x45)),
          frames.arp('10.0.0.2'),
        ),
        fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 6 }),
        fc.nat(80),
      )
      .map(([frame, edits, cut]) => {
        const bytes = Buffer.from(frame)
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value
        return bytes.subarray(0, bytes.length - Math.min(cut, bytes.length))
      }),
  )
  test('no frame makes it throw, and each event is of a decky', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 40 }), (list) => {
        for (const event of said(list)) expect(event.decky).toMatch(/^(?:web|db|app)-01$/u)
      }),
      { numRuns: 300 },
    )
  })
  test('a hundred thousand forged addresses neither fill memory nor the log', () => {
    let events = 0
    const analyser = new Analyser(() => {
      events += 1
    }, HOSTS)
    const frame = frames.tcp()
    for (let n = 0; n < 100_000; n += 1) {
      frame.writeUInt32BE((n * 2_654_435_761) % 2 ** 32, 26)
      analyser.take({ ts: T0 + n / 20, data: frame, length: frame.length })
    }
    expect(analyser.stats.flows).toBeLessThanOrEqual(16_384)
    expect(events).toBeLessThan(4_000)
    expect(analyser.stats.suppressed).toBe(100_000 - events)
    const before = events
    analyser.loss(7, T0 + 6_000)
    expect(events).toBe(before + 1)
  })
  test('deckies and whoever is to be ignored are no attackers', () => {
    expect(said(ports(1, 10, { src: '10.0.0.3' }))).toEqual([])
    expect(said(ports(1, 10), { ignore: [STRANGER] })).toEqual([])
    expect(said(ports(1, 10, { dst: '10.0.0.99' }))).toEqual([])
  })
})
