import { events } from '@decnet/contracts/events'
import type { Passed } from './connections.ts'
import type { Datagrams } from './datagrams.ts'
import type { Report } from './report.ts'
import type { Scans } from './scans.ts'

export const ICMP = 1
export const ICMPV6 = 58

/** Types by version: a ping's question, questions that are unusual, "no such port". RFC 792, 950, 1256; RFC 4443, 4620. */
const TYPES = {
  4: { echo: 8, odd: [10, 13, 15, 17], unreachable: 3, noPort: 3 },
  6: { echo: 128, odd: [133, 139], unreachable: 1, noPort: 4 },
} as const

/** What deckies are asked over ICMP. */
export class Pings {
  readonly #report: Report
  readonly #scans: Scans
  readonly #datagrams: Datagrams

  constructor(report: Report, scans: Scans, datagrams: Datagrams) {
    this.#report = report
    this.#scans = scans
    this.#datagrams = datagrams
  }

  take({ ip, decky, source, inward, length, ts }: Passed): void {
    const { payload } = ip
    if (payload.length < 8) return
    const [type, code] = [payload.readUInt8(0), payload.readUInt8(1)]
    const { echo, odd, unreachable, noPort } = TYPES[ip.version]
    if (!inward) {
      if (type === unreachable && code === noPort) this.#datagrams.unreachable(payload.subarray(8), source, decky.name)
      return
    }
    const isOdd = (odd as readonly number[]).includes(type)
    if (type !== echo && !isOdd) return
    this.#scans.probed({ source, decky: decky.name, probe: 'icmp', port: 0 }, ts)
    const contact = { decky: decky.name, source }
    const values = { local_ip: decky.ip, ttl: ip.ttl, size: length }
    if (isOdd)
      this.#report.say(events.icmpProbe, contact, ts, `${decky.name} ${type}`, () => ({ ...values, icmp_type: type, icmp_code: code }))
    else
      this.#report.say(events.icmpEcho, contact, ts, decky.name, () => ({
        ...values,
        icmp_id: payload.readUInt16BE(4),
        sequence: payload.readUInt16BE(6),
      }))
  }
}
