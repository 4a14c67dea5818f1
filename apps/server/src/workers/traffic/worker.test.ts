import { type AnyEventType, events, type FieldsOf } from '@decnet/contracts/events'
import { topics } from '@decnet/contracts/topics'
import { createMemoryBus } from '@decnet/kernel/bus'
import type { LogRecord, NewLogRecord } from '@decnet/kernel/log'
import { sensorEvent } from '@decnet/kernel/service'
import { decodeEvent, encodeEvent } from '@decnet/kernel/syslog'
import type { AnyWorker } from '@decnet/kernel/worker'
import { expect, it } from 'vitest'
import { onEachDatabase } from '../../store/fixtures/each-database.ts'
import type { Tx } from '../../store/log-table.ts'
import fingerprintRotation from '../fingerprint-rotation/worker.ts'
import { settle, T0 } from '../folds.fixture.ts'
import profiler from '../profiler/worker.ts'
import traffic, { summed } from './worker.ts'

const ATTACKER = '203.0.113.7'
const TCP = '4:64:0:1460:mss*44,7:mss,sok,ts,nop,ws:df,id+:0'

/** What the log makes of a line that the sniffer wrote. */
function sniffed<E extends AnyEventType>(
  event: E,
  values: FieldsOf<E>,
  { decky = 'web-01', at = 0, service = 'sniffer' } = {},
): NewLogRecord {
  const made = sensorEvent({ decky, service, ts: T0 + at, event, values: Object(values), bound: { src_ip: ATTACKER, src_port: '40000' } })
  expect(made.problem).toBeNull()
  const record = decodeEvent(encodeEvent(made.event), { source: 'sniffer', position: '0' })
  if ('error' in record) throw new Error(record.error)
  return record
}
const stack = {
  ttl: 57,
  initial_ttl: 64,
  hop_distance: 7,
  window: 64_240,
  options_sig: 'M,S,T,N,W',
  has_sack: true,
  has_timestamps: true,
  tos: 0,
  dscp: 0,
  ecn: 0,
}
const syn = (tcp = TCP, more = {}) =>
  sniffed(events.tcpSynFingerprint, { tcp, local_port: 22, ...stack, ipid_class: 'unknown', isn_class: 'unknown', os_guess: 'linux' }, more)
const offer = { ja3: 'a'.repeat(32), ja4: 't13d1516h2_8daaf6152771_e5627efa2ab1', tls_version: '1.3' }
const lists = { raw_ciphers: '', raw_extensions: '', resumption: false }
const scan = (state: 'begun' | 'ended', at = 0) =>
  sniffed(
    events.portScan,
    {
      kind: 'syn',
      protocol: 'tcp',
      state,
      ports: '1-9',
      port_count: 9,
      deckies: 'web-01',
      decky_count: 1,
      open: 0,
      closed: 9,
      packets: 9,
      first: T0,
      last: T0 + at,
    },
    { at },
  )

const inLog = (records: readonly NewLogRecord[]) => records.map((record, n) => ({ ...record, seq: n + 1 }) as LogRecord)
const told = async (records: readonly NewLogRecord[]) => {
  const rung: unknown[] = []
  const ring = (_topic: unknown, segments: readonly string[], payload: unknown, type: string) => rung.push([segments[0], type, payload])
  await traffic.handle(inLog(records), { ring, emit: () => undefined, parts: [], tx: undefined } as never)
  return rung
}

it('the last of each kind at each decky is told, with how many there were', async () => {
  const rung = await told([syn(), scan('begun', 5), scan('ended', 9), syn(TCP, { decky: 'db-01' })])
  expect(rung).toEqual([
    ['web-01', 'tcp_syn_fingerprint', expect.objectContaining({ attacker_ip: ATTACKER, count: 1, tcp: TCP })],
    ['web-01', 'port_scan', expect.objectContaining({ state: 'ended', count: 2, ts: (T0 + 9) / 1000 })],
    ['db-01', 'tcp_syn_fingerprint', expect.objectContaining({ decky: 'db-01' })],
  ])
  for (const [, , payload] of rung as [string, string, unknown][]) expect(topics.deckyTraffic.payload.safeParse(payload).success).toBe(true)
})

it('neither a service’s events are told, nor offers that nobody answered, nor hosts with names that no decky has', async () => {
  expect(
    await told([syn(TCP, { service: 'ssh' }), sniffed(events.tlsClientHello, { ...offer, ...lists }), syn(TCP, { decky: 'a.b' })]),
  ).toEqual([])
})

it('a step tells no more than eyes can follow', () => {
  expect(summed(inLog(Array.from({ length: 500 }, (_, n) => syn(TCP, { decky: `web-${n}` }))))).toHaveLength(32)
})

onEachDatabase('an address that only scanned', ({ open }) => {
  it('is an attacker, once, with its fingerprints, of whom no service was touched; another stack is a rotation', async () => {
    await using store = await open()
    await using bus = createMemoryBus()
    const workers = [profiler, fingerprintRotation] as unknown as readonly AnyWorker<Tx>[]
    await settle(store, bus, workers, [
      syn(),
      scan('begun', 1_000),
      scan('ended', 2_000),
      sniffed(events.tlsClientHello, { ...offer, ...lists, local_port: 443 }, { at: 3_000 }),
      sniffed(events.sshClientBanner, { ssh_version: 'SSH-2.0-Go', hassh: 'b'.repeat(32), local_port: 22 }, { at: 4_000 }),
      syn(TCP.replace('mss*44', '1024'), { at: 5_000 }),
    ])
    const attackers = await store.db
      .selectFrom('attackers')
      .select(['ip', 'event_count', 'service_count', 'services', 'session_count'])
      .execute()
    expect(attackers).toEqual([{ ip: ATTACKER, event_count: 6, service_count: 0, services: '[]', session_count: 0 }])
    const derived = await store.db.selectFrom('log').select(['topic', 'body']).where('topic', 'like', 'attacker.%').orderBy('seq').execute()
    const of = (topic: string) => derived.flatMap((row) => (row.topic === topic ? [JSON.parse(row.body) as Record<string, unknown>] : []))
    expect(of('attacker.observed')).toEqual([expect.objectContaining({ event_type: 'tcp_syn_fingerprint', decky: 'web-01' })])
    expect(of('attacker.fingerprint_rotated')).toEqual([
      expect.objectContaining({ probe_type: 'passive_tcp_syn', port: 22, old_hash: TCP }),
    ])
    const features = await store.db.selectFrom('attacker_features').select(['kind', 'value']).orderBy('kind').execute()
    expect(features).toEqual(
      expect.arrayContaining([
        { kind: 'tcp', value: TCP },
        { kind: 'ja3', value: offer.ja3 },
        { kind: 'ja4', value: offer.ja4 },
        { kind: 'hassh', value: 'b'.repeat(32) },
      ]),
    )
  })
})
