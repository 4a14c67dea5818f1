import { events } from '@decnet/contracts/events'
import { guessOs, type IpPacket, type Seen, type TcpSegment } from '@decnet/fingerprint'
import { TcpFlow } from './flow.ts'
import { Recent } from './recent.ts'
import type { Report } from './report.ts'
import type { Scans } from './scans.ts'
import type { Stacks } from './stacks.ts'
import { offerOf, versionName } from './tls-words.ts'
import type { Watched } from './watched.ts'

const [FIN, SYN, RST, PSH, ACK, URG] = [1, 2, 4, 8, 16, 32]
/** Silent for so long a connection is over. */
const IDLE_MS = 120_000
const FLOWS = 16_384
/** Bytes of all streams; beyond, those that last longer than this without a hello are no longer listened to. */
const STREAM_BYTES = 32 << 20
const SLOW_MS = 2_000
/** What is shorter has no rhythm. */
const FEW_PACKETS = 4
const SHORT_MS = 1_000

/** A packet between an attacker and a decky. */
export interface Passed {
  readonly ip: IpPacket
  readonly decky: Watched
  /** The attacker's address, its bytes; those of both, one behind the other. */
  readonly source: string
  readonly pair: string
  /** From the attacker. */
  readonly inward: boolean
  /** The byte of type of service. */
  readonly tos: number
  /** Bytes of the IP packet's payload on the wire. */
  readonly length: number
  readonly ts: number
}

const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000

/** TCP connections to deckies: how they are opened, what their clients say first, how they go on. */
export class Connections {
  readonly #report: Report
  readonly #scans: Scans
  readonly #stacks: Stacks
  readonly #flows = new Recent<TcpFlow>(FLOWS, (flow) => this.#over(flow))
  #bytes = 0
  #relievedAt = 0

  constructor(report: Report, scans: Scans, stacks: Stacks) {
    this.#report = report
    this.#scans = scans
    this.#stacks = stacks
  }
  get size(): number {
    return this.#flows.size
  }

  take(passed: Passed, tcp: TcpSegment): void {
    const { ip, decky, source, inward, length, ts } = passed
    const [from, to] = [ip.payload.readUInt16BE(0), ip.payload.readUInt16BE(2)]
    const [theirs, port] = inward ? [from, to] : [to, from]
    const key = passed.pair + String.fromCharCode(theirs, port)
    const { flags } = tcp
    let flow = this.#flows.get(key)
    if (inward) {
      if ((flags & (SYN | ACK | RST)) === SYN) {
        const syn = this.#stacks.take({ decky: decky.name, source, sourcePort: theirs, ip: decky.ip, port }, ip, tcp, passed.tos, ts)
        this.#scans.probed({ source, decky: decky.name, probe: 'open', port, os: () => guessOs(syn()) }, ts)
        if (flow && flow.opened !== tcp.sequence) {
          this.#finish(key, flow)
          flow = undefined
        }
        flow ??= this.#open(key, passed, theirs, port, tcp.sequence, 'opened')
      } else if ((flags & (SYN | ACK | RST)) === 0) this.#odd(flags, source, decky, port, ts)
      else if (!flow && (flags & (ACK | RST | SYN)) === ACK && tcp.payload.length === 0)
        flow = this.#open(key, passed, theirs, port, tcp.sequence, 'stray')
    } else this.#answer(flow, flags, source, decky, port, tcp.sequence, ts)
    if (!flow) return
    const side = inward ? 0 : 1
    flow.count(side, tcp.sequence, Math.max(0, length - 20 - tcp.options.length), flags, ts)
    if (inward && flow.state === 'answered' && (flags & SYN) === 0) this.#shaken(flow, flags, ts)
    if (tcp.payload.length > 0) this.#hear(flow, side, flags & SYN ? tcp.sequence + 1 : tcp.sequence, tcp.payload, ts)
    if (flags & RST || (flow.finished[0] && flow.finished[1])) this.#finish(key, flow)
  }

  /** Ends what is over at this time. */
  pass(ts: number): void {
    for (const [key, flow] of this.#flows.entries()) if (ts - flow.last >= IDLE_MS) this.#finish(key, flow)
  }
  close(): void {
    for (const [key, flow] of this.#flows.entries()) this.#finish(key, flow)
  }

  #open(key: string, { decky, source, ts }: Passed, sourcePort: number, port: number, sequence: number, state: TcpFlow['state']): TcpFlow {
    const flow = new TcpFlow({ decky: decky.name, source, sourcePort, ip: decky.ip, port }, sequence, ts, state)
    this.#flows.set(key, flow)
    return flow
  }

  /** Neither a beginning nor an answer: no stack sends that. */
  #odd(flags: number, source: string, decky: Watched, port: number, ts: number): void {
    const kind = flags & (FIN | PSH | URG)
    const probe = kind === 0 ? 'null' : kind === FIN ? 'fin' : kind & FIN && kind & URG ? 'xmas' : null
    if (probe) this.#scans.probed({ source, decky: decky.name, probe, port }, ts)
  }

  #answer(flow: TcpFlow | undefined, flags: number, source: string, decky: Watched, port: number, sequence: number, ts: number): void {
    const opens = (flags & (SYN | ACK | RST)) === (SYN | ACK)
    if (opens && flow?.state === 'opened') flow.answered(sequence, ts)
    // What belongs to no connection and is refused was a question.
    if (flags & RST && flow?.state === 'stray') this.#scans.probed({ source, decky: decky.name, probe: 'ack', port }, flow.first)
    if (opens || (flags & RST && flow?.state !== 'established')) this.#scans.answered(source, decky.name, port, opens, 'tcp')
  }

  #shaken(flow: TcpFlow, flags: number, ts: number): void {
    const { source, decky } = flow.contact
    const completed = (flags & RST) === 0
    if (completed) flow.established(ts)
    this.#scans.shook(source, decky, completed)
  }

  #hear(flow: TcpFlow, side: 0 | 1, sequence: number, payload: Buffer, ts: number): void {
    const before = flow.size
    const seen = flow.hear(side, sequence, payload)
    this.#bytes += flow.size - before
    if (this.#bytes > STREAM_BYTES) this.#relieve(flow, ts)
    if (!seen) return
    if (side === 0 && seen.application === 'tls') this.#tlsHello(flow, seen, ts)
    else if (side === 0 && seen.application === 'ssh')
      this.#sshBanner(
        flow,
        ts,
        seen.identification ?? '',
        seen.prints.hassh && { hassh: seen.prints.hassh.value, hassh_algorithms: seen.prints.hassh.raw },
      )
    else if (side === 1 && flow.hello) this.#tlsSession(flow, flow.hello, seen, ts)
  }

  /** The memory for streams is full: who says hello at once is heard, who dawdles is not. */
  #relieve(flow: TcpFlow, ts: number): void {
    const forget = (one: TcpFlow) => {
      this.#bytes -= one.size
      one.forget()
    }
    if (ts - this.#relievedAt >= SLOW_MS / 2) {
      this.#relievedAt = ts
      for (const [, one] of this.#flows.entries()) if (ts - one.first > SLOW_MS) forget(one)
    }
    if (this.#bytes > STREAM_BYTES) forget(flow)
  }

  #tlsHello({ contact }: TcpFlow, seen: Seen, ts: number): void {
    const offer = offerOf(seen)
    const { ja3, ja4, tls_version, sni, alpn, raw_ciphers, raw_extensions, resumption } = offer
    const values = { local_ip: contact.ip, local_port: contact.port, ja3, ja4, tls_version, raw_ciphers, raw_extensions, resumption }
    this.#report.say(events.tlsClientHello, contact, ts, `${contact.decky} ${contact.port} ${ja4} ${ja3} ${sni}`, () => ({
      ...values,
      ...(sni !== undefined && { sni }),
      ...(alpn !== undefined && { alpn }),
    }))
  }

  #tlsSession({ contact }: TcpFlow, hello: Seen, answer: Seen, ts: number): void {
    const print = answer.prints.ja3s
    if (!print) return
    const { ja3, ja4, sni, alpn } = offerOf(hello)
    const [version = '', cipher = '', extensions = ''] = print.raw.split(',')
    this.#report.say(events.tlsSession, contact, ts, `${contact.decky} ${contact.port} ${ja4} ${ja3} ${print.value}`, () => ({
      local_ip: contact.ip,
      local_port: contact.port,
      ja3,
      ja4,
      ja3s: print.value,
      // supported_versions of a server stands there for TLS 1.3 alone (RFC 8446 §4.2.1).
      tls_version: extensions.split('-').includes('43') ? '1.3' : versionName(Number(version)),
      cipher: Number(cipher),
      ...(sni !== undefined && { sni }),
      ...(alpn !== undefined && { alpn }),
    }))
  }

  #sshBanner({ contact }: TcpFlow, ts: number, version: string, algorithms?: { hassh: string; hassh_algorithms: string }): void {
    this.#report.say(events.sshClientBanner, contact, ts, `${contact.decky} ${contact.port} ${algorithms?.hassh} ${version}`, () => ({
      local_ip: contact.ip,
      local_port: contact.port,
      ssh_version: Buffer.from(version, 'latin1'),
      ...algorithms,
    }))
  }

  #finish(key: string, flow: TcpFlow): void {
    this.#flows.delete(key)
    this.#over(flow)
  }

  #over(flow: TcpFlow): void {
    const { contact, rhythm, first, last, rttMs } = flow
    this.#bytes -= flow.size
    const line = flow.unrecognised?.toString('latin1', 0, 255) ?? ''
    if (line.startsWith('SSH-')) this.#sshBanner(flow, last, line.split(/[\r\n]/u, 1)[0] ?? '')
    const short = rhythm.packets < FEW_PACKETS && rhythm.retransmits === 0 && last - first < SHORT_MS
    if (short || flow.state !== 'established') return
    this.#report.say(events.tcpFlowTiming, contact, last, `${contact.decky} ${contact.port}`, () => ({
      local_ip: contact.ip,
      local_port: contact.port,
      packets: rhythm.packets,
      bytes: rhythm.bytes,
      duration_s: rounded((last - first) / 1000),
      mean_iat_ms: rounded(rhythm.gaps === 0 ? 0 : rhythm.gapSum / rhythm.gaps),
      min_iat_ms: rounded(rhythm.gapMin),
      max_iat_ms: rounded(rhythm.gapMax),
      retransmits: rhythm.retransmits,
      ...(rttMs !== null && { rtt_ms: rounded(rttMs) }),
    }))
  }
}
