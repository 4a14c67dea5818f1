import { Reassembly, type Role, recognise, type Seen } from '@decnet/fingerprint'
import type { Contact } from './report.ts'

/** What is kept of the beginning of one side: more than any hello needs. */
const KEPT = 32_768

/** Waits for what one side of a connection gives away in its first bytes. */
class Listening {
  readonly #base: number
  readonly #role: Role
  #need = 1
  readonly stream = new Reassembly(KEPT)

  constructor(base: number, role: Role) {
    this.#base = base
    this.#role = role
  }
  /** What was found; null: it will never be; undefined: not yet. */
  take(sequence: number, payload: Buffer): Seen | null | undefined {
    this.stream.add((sequence - this.#base) | 0, payload)
    if (this.stream.length < this.#need && !this.stream.full) return undefined
    const sought = recognise(this.stream.prefix, this.#role)
    if (sought && 'need' in sought && !this.stream.full) {
      this.#need = sought.need
      return undefined
    }
    return sought && 'found' in sought ? sought.found : null
  }
}

/** The client's packets and both sides' bytes, as they came. */
interface Rhythm {
  packets: number
  bytes: number
  retransmits: number
  gaps: number
  gapSum: number
  gapMin: number
  gapMax: number
}

/** One TCP connection from its SYN on; `stray`: a packet that belongs to none. */
export class TcpFlow {
  readonly contact: Contact & { readonly source: string; readonly ip: string; readonly port: number }
  readonly opened: number
  readonly first: number
  last: number
  state: 'stray' | 'opened' | 'answered' | 'established'
  rttMs: number | null = null
  /** What its client gave away. */
  hello: Seen | null = null
  readonly rhythm: Rhythm = { packets: 0, bytes: 0, retransmits: 0, gaps: 0, gapSum: 0, gapMin: 0, gapMax: 0 }
  /** Undefined: its first byte is still to come. */
  #client: Listening | null | undefined
  #server: Listening | null = null
  #serverBase = 0
  #answeredAt = 0
  #clientLast: number | null = null
  /** Sequence numbers up to which each side has sent. */
  readonly #ends: [number | null, number | null] = [null, null]
  readonly finished: [boolean, boolean] = [false, false]

  constructor(contact: TcpFlow['contact'], sequence: number, ts: number, state: TcpFlow['state']) {
    this.contact = contact
    this.opened = sequence
    this.first = ts
    this.last = ts
    this.state = state
    this.#client = state === 'opened' ? undefined : null
  }

  /** Bytes of memory that its streams hold. */
  get size(): number {
    return (this.#client?.stream.size ?? 0) + (this.#server?.stream.size ?? 0)
  }
  /** The beginning of what the client said, while nothing was recognised in it. */
  get unrecognised(): Buffer | null {
    return this.#client?.stream.prefix ?? null
  }
  /** Its streams make room. */
  forget(): void {
    this.#client = null
    this.#server = null
  }

  /** Counts a packet of the client (0) or the decky (1): `length` bytes of payload on the wire, one more for SYN and FIN. */
  count(side: 0 | 1, sequence: number, length: number, flags: number, ts: number): void {
    const { rhythm } = this
    this.last = Math.max(this.last, ts)
    rhythm.packets += 1
    rhythm.bytes += length
    if (side === 0) {
      if (this.#clientLast !== null) {
        const gap = Math.max(0, ts - this.#clientLast)
        rhythm.gapMin = rhythm.gaps === 0 ? gap : Math.min(rhythm.gapMin, gap)
        rhythm.gapMax = Math.max(rhythm.gapMax, gap)
        rhythm.gapSum += gap
        rhythm.gaps += 1
      }
      this.#clientLast = ts
    }
    const end = (sequence + length + (flags & 3 ? 1 : 0)) >>> 0
    const before = this.#ends[side]
    const takes = end !== sequence
    if (takes && before !== null && ((end - before) | 0) <= 0) rhythm.retransmits += 1
    else if (takes || before === null) this.#ends[side] = end
    if (flags & 1) this.finished[side] = true
  }

  /** The decky answered with this sequence number. */
  answered(sequence: number, ts: number): void {
    this.state = 'answered'
    this.#answeredAt = ts
    this.#serverBase = sequence + 1
  }
  established(ts: number): void {
    this.state = 'established'
    this.rttMs = Math.max(0, ts - this.#answeredAt)
  }

  /** Listens to a payload; answers what it gives away. */
  hear(side: 0 | 1, sequence: number, payload: Buffer): Seen | null {
    if (side === 0 && this.#client === undefined) this.#client = new Listening(this.opened + 1, 'client')
    const listening = side === 0 ? this.#client : this.#server
    if (!listening) return null
    const found = listening.take(sequence, payload)
    if (found === undefined) return null
    if (side === 1) {
      this.#server = null
      return found
    }
    this.#client = null
    this.hello = found
    // Of a server only the answer to an offer is of interest.
    if (found?.application === 'tls') this.#server = new Listening(this.#serverBase, 'server')
    return found
  }
}
