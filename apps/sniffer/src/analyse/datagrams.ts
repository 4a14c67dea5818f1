import { events } from '@decnet/contracts/events'
import { isQuic, parseIp, QuicHello, seenInHello } from '@decnet/fingerprint'
import type { Passed } from './connections.ts'
import { Recent } from './recent.ts'
import type { Report } from './report.ts'
import type { Scans } from './scans.ts'
import { offerOf } from './tls-words.ts'

const UDP = 17
/** Conversations that are remembered, and hellos that are waited for. */
const FLOWS = 8_192
const HELLOS = 256

/** What came and went over UDP: questions that nobody asked for, hellos of QUIC. */
export class Datagrams {
  readonly #report: Report
  readonly #scans: Scans
  /** Who began. */
  readonly #flows = new Recent<'attacker' | 'decky'>(FLOWS)
  readonly #hellos = new Recent<QuicHello>(HELLOS)

  constructor(report: Report, scans: Scans) {
    this.#report = report
    this.#scans = scans
  }

  take({ ip, decky, source, pair, inward, ts }: Passed): void {
    if (ip.payload.length < 8) return
    const [from, to] = [ip.payload.readUInt16BE(0), ip.payload.readUInt16BE(2)]
    const [theirs, port] = inward ? [from, to] : [to, from]
    const key = pair + String.fromCharCode(theirs, port)
    const began = this.#flows.get(key)
    if (!began) this.#flows.set(key, inward ? 'attacker' : 'decky')
    if (began === 'decky' || (!began && !inward)) return
    if (!inward) {
      this.#scans.answered(source, decky.name, port, true, 'udp')
      return
    }
    this.#scans.probed({ source, decky: decky.name, probe: 'udp', port }, ts)
    const payload = ip.payload.subarray(8)
    if (isQuic(payload)) this.#quic(key, payload, { decky: decky.name, source, sourcePort: theirs, ip: decky.ip, port }, ts)
  }

  /** ICMP says that a decky has no such port; `quoted`: the packet that it answers. */
  unreachable(quoted: Buffer, source: string, decky: string): void {
    const ip = parseIp(quoted)
    if (ip?.protocol === UDP && ip.payload.length >= 4) this.#scans.answered(source, decky, ip.payload.readUInt16BE(2), false, 'udp')
  }

  #quic(
    key: string,
    payload: Buffer,
    contact: { decky: string; source: string; sourcePort: number; ip: string; port: number },
    ts: number,
  ): void {
    const waiting = this.#hellos.get(key) ?? new QuicHello()
    const hello = waiting.push(payload)
    if (!hello && !waiting.over) this.#hellos.set(key, waiting)
    if (!hello) return
    this.#hellos.delete(key)
    const { ja4, sni, alpn, raw_ciphers, raw_extensions, resumption } = offerOf(seenInHello(hello))
    this.#report.say(events.quicClientHello, contact, ts, `${contact.decky} ${contact.port} ${ja4} ${sni}`, () => ({
      local_ip: contact.ip,
      local_port: contact.port,
      ja4_quic: ja4,
      raw_ciphers,
      raw_extensions,
      resumption,
      ...(sni !== undefined && { sni }),
      ...(alpn !== undefined && { alpn }),
    }))
  }
}
