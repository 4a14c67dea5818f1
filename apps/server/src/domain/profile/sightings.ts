import type { LogRecord } from '@decnet/kernel/log'
import { type Feature, featuresOf } from './features.ts'

const DAY = 86_400_000
const EARLIER_MS = 3_600_000

/** Whether an event says when and where a thing came first, though its log came later; of less than an hour, clocks differ. */
export const isEarlier = (ts: number, first: number): boolean => ts < first - EARLIER_MS

/** A feature of one attacker in some records. Times as the events say them. */
export interface Sighting extends Feature {
  decky: string | null
  seq: number
  firstTs: number
  lastTs: number
  count: number
}

/** The distinct features of one attacker in some records, in the order in which they came first. */
export class Sightings implements Iterable<Sighting> {
  readonly #seen = new Map<string, Sighting>()
  #day = Number.NaN

  /** `first`: the attacker's first record. Its address is a feature that every other would only say again. */
  see(record: LogRecord, first: boolean): void {
    const { decky, seq, ts } = record
    if (first && record.attackerIp !== null)
      this.#seen.set('', { kind: 'ip', value: record.attackerIp, decky, seq, firstTs: ts, lastTs: ts, count: 1 })
    this.#come(Math.floor(ts / DAY) * DAY, seq)
    for (const { kind, value } of featuresOf(record)) {
      const key = `${kind} ${value}`
      const known = this.#seen.get(key)
      if (known) {
        if (isEarlier(ts, known.firstTs)) Object.assign(known, { decky, seq, firstTs: ts })
        known.lastTs = Math.max(known.lastTs, ts)
        known.count += 1
      } else this.#seen.set(key, { kind, value, decky, seq, firstTs: ts, lastTs: ts, count: 1 })
    }
  }

  /** That it was there on a day is the same whichever of its events says so. */
  #come(day: number, seq: number): void {
    if (day === this.#day) return
    this.#day = day
    const value = new Date(day).toISOString().slice(0, 10)
    const key = `day ${value}`
    if (!this.#seen.has(key)) this.#seen.set(key, { kind: 'day', value, decky: null, seq, firstTs: day, lastTs: day, count: 1 })
  }

  [Symbol.iterator](): IterableIterator<Sighting> {
    return this.#seen.values()
  }
}
