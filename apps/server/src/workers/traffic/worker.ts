import { events } from '@decnet/contracts/events'
import { topics } from '@decnet/contracts/topics'
import type { LogRecord } from '@decnet/kernel/log'
import { defineFold } from '@decnet/kernel/worker'

/** What is told of the sniffer's events; an offer of TLS only once it was answered. */
const TOLD: ReadonlySet<string> = new Set(
  [
    ...[events.tcpSynFingerprint, events.tcpFlowTiming, events.tlsSession, events.quicClientHello, events.sshClientBanner],
    ...[events.ipv6LinkLocalLeak, events.portScan, events.arpScan],
  ].map(({ type }) => type),
)
const SNIFFER = 'sniffer'
/** Messages of one step: a live feed is for eyes. */
const MOST = 32

/** The last event of each type at each decky, and how many there were; the first deckies only. */
export function summed(records: readonly LogRecord[]): readonly { readonly last: LogRecord; readonly count: number }[] {
  const sums = new Map<string, { last: LogRecord; count: number }>()
  for (const record of records) {
    if (record.service !== SNIFFER || !TOLD.has(record.type) || record.attackerIp === null) continue
    const key = `${record.decky} ${record.type}`
    const sum = sums.get(key)
    if (sum) {
      sum.last = record
      sum.count += 1
    } else if (sums.size < MOST) sums.set(key, { last: record, count: 1 })
  }
  return [...sums.values()]
}

/** Rings for what passes at deckies. The log has all of it: what is summed up here is lost to nobody. */
export default defineFold({
  name: 'traffic',
  summary: 'Tells of the packets that come to deckies: at most once a second, the last of each kind.',
  rest: 1_000,
  reads: [topics.systemLog],
  emits: [topics.deckyTraffic],
  batchSize: 2_000,
  async handle(batch, { ring }) {
    for (const { last, count } of summed(batch)) {
      const payload = topics.deckyTraffic.payload.safeParse({
        ...last.body,
        decky: last.decky,
        attacker_ip: last.attackerIp,
        ts: last.ts / 1_000,
        count,
      })
      // Foreign lines may call a host anything.
      if (payload.success) ring(topics.deckyTraffic, [payload.data.decky], payload.data, last.type)
    }
  },
})
