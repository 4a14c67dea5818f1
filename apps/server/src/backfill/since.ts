import { isDay } from '../domain/is-day.ts'

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000, y: 365 * 86_400_000 }

/** `all`, `7d` (m, h, d, w, y) before `now`, or a date or time of ISO 8601, as epoch milliseconds; null where it is none of them. */
export function sinceOf(text: string, now: number): number | null {
  if (text === 'all') return 0
  const span = /^(\d{1,6})([mhdwy])$/u.exec(text)
  if (span) return Math.max(0, now - Number(span[1]) * (UNITS[span[2] ?? ''] ?? 0))
  return timeOf(text)
}

/** A date or time of ISO 8601 as epoch milliseconds; null where it is none, or of a day that no calendar has. */
export function timeOf(text: string): number | null {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)(?:T[\d:.]{2,12}(?:Z|[+-]\d\d:?\d\d)?)?$/u.exec(text) ?? []
  if (!isDay(Number(year), Number(month), Number(day))) return null
  const time = Date.parse(text)
  return Number.isNaN(time) ? null : time
}
