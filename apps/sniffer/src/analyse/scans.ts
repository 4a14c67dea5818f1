import { events, type FieldsOf } from '@decnet/contracts/events'
import type { OsGuess } from '@decnet/fingerprint'
import { Recent } from './recent.ts'
import type { Report } from './report.ts'
import { answer, counted, kindOf, newScan, type Probe, quietOf, type Scan } from './scan.ts'

/** Sources of one probe; scans and what might become one. */
const ONCE = 16_384
const SCANS = 2_048
const NAMED_DECKIES = 32
/** What a single probe tells after that is nothing. */
const FORGOTTEN_MS = 30 * 60_000

/** One probe of one source. */
export interface Probed {
  /** Its address, by its bytes. */
  readonly source: string
  readonly decky: string
  readonly probe: Probe
  /** 0 for ICMP. */
  readonly port: number
  /** Asked for at once, when it may matter. */
  readonly os?: () => OsGuess | null
}

/** The only probe of a source so far, and what became of it. */
interface Single extends Omit<Probed, 'os'> {
  readonly ts: number
  packets: number
  isOpen: boolean | null
  completed: boolean | null
}

type Words = FieldsOf<typeof events.portScan>

/** In what scan of its source a probe is counted; `*`: over all deckies. */
const keyOf = (source: string, decky: string, probe: Probe): string => `${source} ${decky} ${probe}`
const EVERYWHERE = '*'
const PROBES_OF_TCP: readonly Probe[] = ['open', 'null', 'fin', 'xmas', 'ack']
const PROBES_OF_UDP: readonly Probe[] = ['udp']

/**
 * Scans and sweeps, told from noise. Bounded: the sources that were silent longest make room. Of most nothing comes but one packet, which
 * is kept in few bytes: a flood from forged addresses costs little.
 */
export class Scans {
  readonly #report: Report
  readonly #singles = new Recent<Single>(ONCE)
  readonly #scans = new Recent<Scan>(SCANS, (scan) => this.#end(scan))

  constructor(report: Report) {
    this.#report = report
  }

  probed(probed: Probed, ts: number): void {
    const { source, decky, probe, port } = probed
    const single = this.#singles.get(source)
    if (!single || (single.packets > 0 && ts - single.ts > FORGOTTEN_MS)) {
      this.#singles.set(source, { source, decky, probe, port, ts, packets: 1, isOpen: null, completed: null })
      return
    }
    if (single.packets > 0) {
      if (single.decky === decky && single.port === port && single.probe === probe) {
        single.packets += 1
        return
      }
      this.#grow(single, probed.os)
    }
    this.#count(probed, 1, ts)
  }

  /** A decky said something about one of its ports. */
  answered(source: string, decky: string, port: number, isOpen: boolean, protocol: 'tcp' | 'udp'): void {
    const probes = protocol === 'udp' ? PROBES_OF_UDP : PROBES_OF_TCP
    const single = this.#singles.get(source)
    if (single && single.packets > 0) {
      if (single.decky === decky && single.port === port && probes.includes(single.probe)) single.isOpen ||= isOpen
      return
    }
    for (const probe of probes)
      for (const about of [decky, EVERYWHERE]) {
        const scan = this.#scans.get(keyOf(source, about, probe))
        if (scan) answer(scan, port, isOpen)
      }
  }

  /** What became of a handshake that a decky answered. */
  shook(source: string, decky: string, completed: boolean): void {
    const single = this.#singles.get(source)
    if (single && single.packets > 0) {
      if (single.decky === decky) single.completed = completed
      return
    }
    const scan = this.#scans.get(keyOf(source, decky, 'open'))
    if (!scan) return
    if (completed) scan.completed += 1
    else scan.halfOpen += 1
  }

  /** Ends what is over at this time. */
  pass(ts: number): void {
    for (const [key, scan] of this.#scans.entries()) {
      if (ts - scan.last < quietOf(scan)) continue
      this.#scans.delete(key)
      this.#end(scan)
    }
  }
  close(): void {
    for (const [, scan] of this.#scans.entries()) this.#end(scan)
  }

  /** A second, different probe: what the first one was is counted as if it had come only now. */
  #grow(single: Single, os: Probed['os']): void {
    const { source, decky, port, packets, isOpen, completed } = single
    this.#count({ ...single, ...(os && { os }) }, packets, single.ts)
    single.packets = 0
    if (isOpen !== null) this.answered(source, decky, port, isOpen, single.probe === 'udp' ? 'udp' : 'tcp')
    if (completed !== null) this.shook(source, decky, completed)
  }

  #count(probed: Probed, packets: number, ts: number): void {
    const { source, decky, probe } = probed
    for (const about of probe === 'icmp' ? [EVERYWHERE] : [decky, EVERYWHERE]) {
      const key = keyOf(source, about, probe)
      let scan = this.#scans.get(key)
      if (!scan) {
        scan = newScan(source, probe, about === EVERYWHERE, ts)
        this.#scans.set(key, scan)
      }
      if (scan.os === undefined) scan.os = probed.os?.() ?? null
      if (counted(scan, decky, probed.port, packets, ts)) this.#say(scan, 'begun')
    }
  }

  #end(scan: Scan): void {
    if (scan.reached) this.#say(scan, 'ended')
  }

  #say(scan: Scan, state: Words['state']): void {
    const { source, probe, deckies, ports, open, closed, packets, first, last, os } = scan
    const [decky = ''] = deckies
    const protocol: Words['protocol'] = probe === 'icmp' || probe === 'udp' ? probe : 'tcp'
    this.#report.say(events.portScan, { decky, source }, last, null, () => ({
      kind: kindOf(scan),
      protocol,
      state,
      ports: protocol === 'icmp' ? '' : ports.text,
      port_count: protocol === 'icmp' ? 0 : ports.size,
      deckies: [...deckies].slice(0, NAMED_DECKIES).join(','),
      decky_count: deckies.size,
      open: open.size,
      closed: closed.size,
      packets,
      first: Math.floor(first),
      last: Math.floor(last),
      ...(os && { os_guess: os.family }),
    }))
  }
}
