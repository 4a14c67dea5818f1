import type { events, FieldsOf } from '@decnet/contracts/events'
import type { OsGuess } from '@decnet/fingerprint'
import { PortSet } from './port-set.ts'
import { Suspicion, type Threshold } from './suspicion.ts'

/** What a probe looks like: `open` is a SYN. */
export type Probe = 'open' | 'null' | 'fin' | 'xmas' | 'ack' | 'udp' | 'icmp'

const MINUTE = 60_000
/**
 * A client uses a port or two of a host, background noise one of each; five different ones within a minute are what intrusion detection
 * has long taken for a scan, and ten within half an hour one that is patient. Nobody but a sweep touches three hosts that offer nothing.
 */
const PORTS: readonly Threshold[] = [
  { distinct: 5, within: MINUTE },
  { distinct: 10, within: 30 * MINUTE },
]
const HOSTS: readonly Threshold[] = [
  { distinct: 3, within: MINUTE },
  { distinct: 5, within: 30 * MINUTE },
]
/** Systems whose own stack opens connections; all others that `guessOs` knows are tools. */
const SYSTEMS: readonly string[] = ['linux', 'windows', 'macos', 'bsd', 'embedded']
/** Ports of one source that are watched for a sweep at a time. */
const SWEPT_PORTS = 32
const MOST_DECKIES = 512

/** Probes of one kind from one source, at one decky or at all. */
export interface Scan {
  readonly source: string
  readonly probe: Probe
  readonly sweep: boolean
  readonly deckies: Set<string>
  readonly ports: PortSet
  readonly open: PortSet
  readonly closed: PortSet
  first: number
  last: number
  packets: number
  /** Handshakes that were finished, and that were broken off. */
  completed: number
  halfOpen: number
  /** Undefined: not asked yet. */
  os: OsGuess | null | undefined
  /** What told it from noise; null as long as nothing did. */
  reached: Threshold | null
  /** Of ports; in a sweep for each port of deckies. */
  readonly suspicions: Map<number, Suspicion<number | string>>
}

export const newScan = (source: string, probe: Probe, sweep: boolean, ts: number): Scan => ({
  source,
  probe,
  sweep,
  deckies: new Set(),
  ports: new PortSet(),
  open: new PortSet(),
  closed: new PortSet(),
  first: ts,
  last: ts,
  packets: 0,
  completed: 0,
  halfOpen: 0,
  os: undefined,
  reached: null,
  suspicions: new Map(),
})

/** Counts a probe in; true when it is the one that tells the scan from noise. */
export function counted(scan: Scan, decky: string, port: number, packets: number, ts: number): boolean {
  scan.last = Math.max(scan.last, ts)
  scan.packets += packets
  scan.ports.add(port)
  if (scan.deckies.size < MOST_DECKIES) scan.deckies.add(decky)
  if (scan.reached) return false
  const about = scan.sweep ? port : 0
  let suspicion = scan.suspicions.get(about)
  if (!suspicion) {
    if (scan.suspicions.size >= SWEPT_PORTS) for (const [oldest] of scan.suspicions) if (scan.suspicions.delete(oldest)) break
    suspicion = new Suspicion<number | string>(scan.sweep ? HOSTS : PORTS)
    scan.suspicions.set(about, suspicion)
  }
  scan.reached = suspicion.see(scan.sweep ? decky : port, ts)
  if (!scan.reached) return false
  scan.suspicions.clear()
  return true
}

/** A port answered, with a service or a refusal. */
export function answer({ ports, open, closed }: Scan, port: number, isOpen: boolean): void {
  if (!ports.has(port)) return
  if (isOpen) open.add(port)
  else if (!open.has(port)) closed.add(port)
}

/** Silent for so long, a scan is over; a patient one is waited for. */
export const quietOf = ({ reached }: Scan): number => (!reached ? 30 * MINUTE : reached.within > MINUTE ? 10 * MINUTE : MINUTE)

/** How it was done, by what was seen so far. */
export function kindOf({ sweep, probe, completed, halfOpen, os }: Scan): FieldsOf<typeof events.portScan>['kind'] {
  if (sweep || probe === 'icmp') return 'sweep'
  if (probe !== 'open') return probe
  if (completed !== halfOpen) return completed > halfOpen ? 'connect' : 'syn'
  // No port was open: a stack's own SYN comes from a program that connects, a bare one from a tool.
  return os && SYSTEMS.includes(os.family) ? 'connect' : 'syn'
}
