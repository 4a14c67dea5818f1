import { AppError } from '@decnet/kernel'

const MOST_BARS = 2_000

interface Period {
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** The part of a period that holds records, for bars of this width. Epoch milliseconds. @throws {AppError} 422 where there would be more than `most`. */
export function barsWithin(
  kept: { readonly from: number; readonly to: number },
  asked: Period,
  intervalMs: number,
  mostBars = MOST_BARS,
): { from: number; to: number } {
  const from = Math.max(kept.from, asked.from ?? kept.from)
  const to = Math.min(kept.to, asked.to ?? kept.to)
  // A period that begins within a bar ends within one more.
  const least = (to - from) / (mostBars - 1)
  if (intervalMs >= least) return { from, to }
  const minutes = (Math.ceil(least / 600) / 100).toLocaleString('en', { useGrouping: false })
  const message = `must be at least ${minutes} for this period: a histogram has at most ${mostBars.toLocaleString('en')} bars`
  throw new AppError(`interval_minutes ${message}.`, {
    code: 'too_many_bars',
    status: 422,
    fields: [{ field: 'interval_minutes', message }],
  })
}
