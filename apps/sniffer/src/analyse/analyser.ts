import { Fragments, type IpPacket, ipPacketIn, parseIp, parseTcp } from '@decnet/fingerprint'
import type { SensorEvent } from '@decnet/kernel/service'
import type { WatchedDecky } from '../protocol.ts'
import { Connections } from './connections.ts'
import { Datagrams } from './datagrams.ts'
import { Neighbours } from './neighbours.ts'
import { ICMP, ICMPV6, Pings } from './pings.ts'
import { Report } from './report.ts'
import { Scans } from './scans.ts'
import { Stacks } from './stacks.ts'
import { Fleet } from './watched.ts'

const ETHERNET = 1
const ARP = 0x0806
const TCP = 6
const UDP = 17
const NEIGHBOUR_SOLICITATION = 135
const UNSPECIFIED = '\0'.repeat(16)

/** What the analyser is given: an Ethernet frame, or its first bytes. */
export interface Seen {
  /** Epoch milliseconds. */
  readonly ts: number
  readonly data: Buffer
  /** Bytes on the wire. */
  readonly length: number
}

const isLinkLocal = (address: string): boolean =>
  address.charCodeAt(0) === 0xfe && (address.charCodeAt(1) & 0xc0) === 0x80 && address.length === 16
const typeOfService = (packet: Buffer, version: 4 | 6): number =>
  version === 4 ? packet.readUInt8(1) : (packet.readUInt16BE(0) >> 4) & 0xff

/**
 * Frames in, events out. Reads no clock, throws on no bytes, and holds a bounded amount whatever comes: whoever was silent longest is
 * forgotten first, and an event is said once in five minutes of each source.
 */
export class Analyser {
  #fleet: Fleet
  readonly #report: Report
  readonly #scans: Scans
  readonly #connections: Connections
  readonly #datagrams: Datagrams
  readonly #pings: Pings
  readonly #neighbours: Neighbours
  readonly #fragments = new Fragments()
  #packets = 0

  constructor(sink: (event: SensorEvent) => void, deckies: readonly WatchedDecky[] = [], ignore: readonly string[] = []) {
    this.#fleet = new Fleet(deckies, ignore)
    this.#report = new Report(sink)
    this.#scans = new Scans(this.#report)
    this.#connections = new Connections(this.#report, this.#scans, new Stacks(this.#report))
    this.#datagrams = new Datagrams(this.#report, this.#scans)
    this.#pings = new Pings(this.#report, this.#scans, this.#datagrams)
    this.#neighbours = new Neighbours(this.#report)
  }

  get stats(): { readonly packets: number; readonly events: number; readonly suppressed: number; readonly flows: number } {
    return { packets: this.#packets, events: this.#report.events, suppressed: this.#report.suppressed, flows: this.#connections.size }
  }

  /** From now on it is these. */
  watch(deckies: readonly WatchedDecky[], ignore: readonly string[]): void {
    this.#fleet = new Fleet(deckies, ignore)
  }

  take({ ts, data, length }: Seen): void {
    this.#packets += 1
    if (data.length < 14) return
    if (data.readUInt16BE(12) === ARP) {
      this.#neighbours.arp(data, this.#fleet, ts)
      return
    }
    const inside = ipPacketIn(ETHERNET, data)
    const part = inside && parseIp(inside)
    const ip = part && this.#fragments.take(part)
    if (!inside || !ip) return
    const half = ip.addresses.length / 2
    const [from, to] = [ip.addresses.toString('latin1', 0, half), ip.addresses.toString('latin1', half)]
    const card = data.toString('latin1', 6, 12)
    if (ip.version === 6 && !this.#fleet.isOurs(card)) this.#neighbour(ip, from, to, card, ts)
    const inward = this.#fleet.decky(to)
    const decky = inward ?? this.#fleet.decky(from)
    const stranger = inward ? from : to
    if (!decky || this.#fleet.isOurs(stranger)) return
    const behind = length - (data.length - inside.length) - (inside.length - ip.payload.length)
    const passed = {
      ip,
      decky,
      source: stranger,
      pair: inward ? from + to : to + from,
      inward: inward !== undefined,
      tos: typeOfService(inside, ip.version),
      length: data.length < length ? Math.max(ip.payload.length, behind) : ip.payload.length,
      ts,
    }
    if (ip.protocol === TCP) {
      const segment = parseTcp(ip.payload)
      if (segment) this.#connections.take(passed, segment)
    } else if (ip.protocol === UDP) this.#datagrams.take(passed)
    else if (ip.protocol === (ip.version === 4 ? ICMP : ICMPV6)) this.#pings.take(passed)
  }

  /** Time goes on, also where nothing comes: says what is over. */
  pass(ts: number): void {
    this.#connections.pass(ts)
    this.#scans.pass(ts)
    this.#neighbours.pass(ts)
  }

  /** Says what is still open. */
  close(): void {
    this.#connections.close()
    this.#scans.close()
    this.#neighbours.close()
  }

  /** Says how much was not looked at (`dropped`: packets, since the last call), or not said. */
  loss(dropped: number, ts: number): void {
    this.#report.loss(dropped, ts)
  }

  /** What cards on the same network say. */
  #neighbour(ip: IpPacket, from: string, to: string, card: string, ts: number): void {
    const asks = ip.protocol === ICMPV6 && ip.payload.length >= 24 && ip.payload.readUInt8(0) === NEIGHBOUR_SOLICITATION
    const target = asks ? ip.payload.toString('latin1', 8, 24) : to
    if (asks && from !== UNSPECIFIED) this.#neighbours.asked('ndp', card, from, target, this.#fleet, ts)
    const decky = isLinkLocal(from) ? this.#fleet.decky(target) : undefined
    if (decky) this.#neighbours.linkLocal(from, card, decky, ts)
  }
}
