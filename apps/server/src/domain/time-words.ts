import { plural } from './plural.ts'

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000]

/** `3 minutes`, `3 hours`, `2 days`: of two units the smaller, until it comes to many. From a minute on, in milliseconds. */
function span(ms: number): string {
  if (ms < 90 * MINUTE) return plural(Math.round(ms / MINUTE), 'minute')
  return ms < 48 * HOUR ? plural(Math.round(ms / HOUR), 'hour') : plural(Math.round(ms / DAY), 'day')
}

/** "within a minute", "3 hours later". */
export const later = (ms: number): string => (ms < MINUTE ? 'within a minute' : `${span(ms)} later`)

/** "within a minute of each other", "2 days apart". */
export const apart = (ms: number): string => (ms < MINUTE ? 'within a minute of each other' : `${span(ms)} apart`)
