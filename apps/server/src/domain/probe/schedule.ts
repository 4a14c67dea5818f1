import { createHash } from 'node:crypto'

const MINUTE_MS = 60_000
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS
/** A new attacker's ports are tried over so long, not all at once. */
const SPREAD_MS = 10 * MINUTE_MS
/** The part of an interval that chance decides. */
const JITTER = 0.2

/** From 0 to below 1; the same for the same words. */
const chance = (...words: readonly (string | number)[]): number =>
  createHash('sha256').update(words.join(' ')).digest().readUIntBE(0, 6) / 2 ** 48

/** When a port of an attacker is tried for the first time, epoch milliseconds. What is asked on one port is asked together. */
export const firstDue = (seenAt: number, attacker: string, port: number): number =>
  seenAt + Math.floor(SPREAD_MS * chance(attacker, port, 0))

/** A visit that is over. */
export interface Visit {
  readonly attacker: string
  readonly port: number
  /** Visits so far, this one too. */
  readonly visits: number
  /** Visits in a row that found nothing, this one too. */
  readonly silences: number
  readonly now: number
  /** Between two visits of what answers, milliseconds. */
  readonly everyMs: number
}

/** When to come again, epoch milliseconds: doubled with each silence, up to a week, and a tenth more or less. */
export function nextDue({ attacker, port, visits, silences, now, everyMs }: Visit): number {
  const wait = Math.min(Math.max(WEEK_MS, everyMs), everyMs * 2 ** Math.min(silences, 20))
  return now + Math.floor(wait * (1 - JITTER / 2 + JITTER * chance(attacker, port, visits)))
}
