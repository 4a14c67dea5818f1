import { events } from '@decnet/contracts/events'
import { Recent } from './recent.ts'
import type { Report } from './report.ts'
import { Suspicion, type Threshold } from './suspicion.ts'
import { addressText, type Fleet } from './watched.ts'

/** A host asks for its gateway and a few peers when it needs them; who asks for eight within ten seconds is looking for hosts. */
const QUESTIONS: readonly Threshold[] = [
  { distinct: 8, within: 10_000 },
  { distinct: 32, within: 300_000 },
]
const QUIET_MS = 30_000
const SCANNERS = 1_024
const MOST_TARGETS = 4_096
const NAMED = 32

interface Asking {
  readonly mac: string
  readonly protocol: 'arp' | 'ndp'
  source: string | null
  readonly suspicion: Suspicion<string>
  readonly targets: Set<string>
  readonly deckies: Set<string>
  reached: boolean
  packets: number
  readonly first: number
  last: number
}

const macText = (bytes: string): string => (Buffer.from(bytes, 'latin1').toString('hex').match(/../gu) ?? []).join(':')

/** Who asks the network for cards, and what an IPv6 neighbour gives away. */
export class Neighbours {
  readonly #report: Report
  readonly #askers = new Recent<Asking>(SCANNERS, (asking) => this.#end(asking))

  constructor(report: Report) {
    this.#report = report
  }

  /** An Ethernet frame of ARP (RFC 826). */
  arp(frame: Buffer, fleet: Fleet, ts: number): void {
    if (frame.length < 42 || frame.readUInt32BE(14) !== 0x00010800 || frame.readUInt32BE(18) !== 0x06040001) return
    const sender = frame.toString('latin1', 28, 32)
    const target = frame.toString('latin1', 38, 42)
    // Whoever asks for itself announces itself.
    if (sender === target) return
    this.asked('arp', frame.toString('latin1', 22, 28), sender === '\0\0\0\0' ? null : sender, target, fleet, ts)
  }

  /** A card asks for an address (ARP request; neighbour solicitation, RFC 4861 §4.3). Addresses and cards by their bytes. */
  asked(protocol: Asking['protocol'], card: string, source: string | null, target: string, fleet: Fleet, ts: number): void {
    if (fleet.isOurs(card) || (source !== null && fleet.isOurs(source))) return
    const key = `${protocol}${card}`
    let asking = this.#askers.get(key)
    if (!asking) {
      const nothing = { targets: new Set<string>(), deckies: new Set<string>(), reached: false, packets: 0, first: ts, last: ts }
      asking = { mac: macText(card), protocol, source: null, suspicion: new Suspicion(QUESTIONS), ...nothing }
      this.#askers.set(key, asking)
    }
    asking.source ??= source
    asking.last = Math.max(asking.last, ts)
    asking.packets += 1
    if (asking.targets.size < MOST_TARGETS) asking.targets.add(target)
    const decky = fleet.decky(target)
    if (decky) asking.deckies.add(decky.name)
    const suspicious = asking.suspicion.see(target, ts) !== null
    // What never asked for a decky is the network's own affair.
    if (asking.reached || asking.deckies.size === 0 || !(suspicious || asking.targets.size >= MOST_TARGETS)) return
    asking.reached = true
    this.#say(asking, 'begun')
  }

  /** A packet from a link-local address to a decky: 16 bytes, and the card that it came from. */
  linkLocal(source: string, card: string, decky: { name: string; ip?: string }, ts: number): void {
    const host = Buffer.from(source.slice(8), 'latin1')
    const isCard = host[3] === 0xff && host[4] === 0xfe
    this.#report.say(events.ipv6LinkLocalLeak, { decky: decky.name, source }, ts, decky.name, () => ({
      ...(decky.ip !== undefined && { local_ip: decky.ip }),
      iid_kind: isCard ? ('eui64' as const) : ('stable_privacy' as const),
      ...(isCard && { mac_oui: macText(String.fromCharCode((host[0] ?? 0) ^ 2, host[1] ?? 0, host[2] ?? 0)) }),
      src_mac: macText(card),
    }))
  }

  pass(ts: number): void {
    for (const [key, asking] of this.#askers.entries()) {
      if (ts - asking.last < (asking.reached ? QUIET_MS : 300_000)) continue
      this.#askers.delete(key)
      this.#end(asking)
    }
  }
  close(): void {
    for (const [, asking] of this.#askers.entries()) this.#end(asking)
  }

  #end(asking: Asking): void {
    if (asking.reached) this.#say(asking, 'ended')
  }

  #say({ protocol, mac, source, targets, deckies, packets, first, last }: Asking, state: 'begun' | 'ended'): void {
    const [decky = ''] = deckies
    this.#report.say(events.arpScan, { decky, source }, last, null, () => ({
      protocol,
      state,
      src_mac: mac,
      targets: [...targets].slice(0, NAMED).map(addressText).join(','),
      target_count: targets.size,
      decky_count: deckies.size,
      packets,
      first: Math.floor(first),
      last: Math.floor(last),
    }))
  }
}
