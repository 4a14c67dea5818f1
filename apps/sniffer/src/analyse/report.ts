import { type AnyEventType, events, type FieldsOf } from '@decnet/contracts/events'
import { type SensorEvent, sensorEvent } from '@decnet/kernel/service'
import { Recent } from './recent.ts'
import { addressText } from './watched.ts'

/** For this long the same is not said again of the same source. */
export const REPEAT_MS = 300_000
/** Of one type, about one source, in that time. */
const PER_SOURCE = 1_024
/** Of one type, about all sources, a second and at once: whoever forges addresses shall not fill the log. */
const PER_SECOND = 200
const AT_ONCE = 2_000
const REMEMBERED = 32_768

export const SNIFFER = 'sniffer'

/** Between whom something passed. */
export interface Contact {
  readonly decky: string
  /** The attacker's address, its bytes; null where a packet names none. */
  readonly source: string | null
  readonly sourcePort?: number
}

/** Says what was seen, each thing once in five minutes, and never more than a log can bear. */
export class Report {
  readonly #sink: (event: SensorEvent) => void
  readonly #said = new Recent<number>(REMEMBERED)
  readonly #counts = new Recent<{ readonly since: number; said: number }>(REMEMBERED)
  readonly #buckets = new Map<string, { tokens: number; filledAt: number }>()
  #unsaid = 0
  events = 0
  suppressed = 0

  constructor(sink: (event: SensorEvent) => void) {
    this.#sink = sink
  }

  /** `key`: what makes it another thing; null is always said. The values are asked for only when it is said. */
  say<E extends AnyEventType>(event: E, contact: Contact, ts: number, key: string | null, values: () => FieldsOf<NoInfer<E>>): void {
    const about = `${contact.source} ${event.type}`
    const said = key === null ? null : `${about} ${key}`
    if (said !== null && ts - (this.#said.get(said) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return
    if (!this.#may(event.type, about, ts)) {
      this.suppressed += 1
      this.#unsaid += 1
      return
    }
    if (said !== null) this.#said.set(said, ts)
    this.#write(event, contact, ts, values())
  }

  /** Says how much was not looked at, and not said, since it was last asked; nothing when that is nothing. */
  loss(dropped: number, ts: number): void {
    const suppressed = this.#unsaid
    this.#unsaid = 0
    if (dropped + suppressed > 0) this.#write(events.captureLoss, { decky: SNIFFER, source: null }, ts, { dropped, suppressed })
  }

  #write<E extends AnyEventType>(event: E, { decky, source, sourcePort }: Contact, ts: number, values: FieldsOf<E>): void {
    const bound = {
      ...(source !== null && { src_ip: addressText(source) }),
      ...(sourcePort !== undefined && { src_port: String(sourcePort) }),
    }
    this.events += 1
    this.#sink(sensorEvent({ decky, service: SNIFFER, ts: Math.floor(ts), event, values: Object(values), bound }).event)
  }

  /** Neither of this source nor of all may there be too many. */
  #may(type: string, about: string, ts: number): boolean {
    let bucket = this.#buckets.get(type)
    if (!bucket) {
      bucket = { tokens: AT_ONCE, filledAt: ts }
      this.#buckets.set(type, bucket)
    }
    if (ts > bucket.filledAt) {
      bucket.tokens = Math.min(AT_ONCE, bucket.tokens + ((ts - bucket.filledAt) / 1000) * PER_SECOND)
      bucket.filledAt = ts
    }
    if (bucket.tokens < 1) return false
    let count = this.#counts.get(about)
    if (!count || ts - count.since >= REPEAT_MS) {
      count = { since: ts, said: 0 }
      this.#counts.set(about, count)
    }
    if (count.said >= PER_SOURCE) return false
    count.said += 1
    bucket.tokens -= 1
    return true
  }
}
