import { withNews } from './categorical.ts'
import { ENOUGH, type Merger, type Verdict } from './state.ts'

/** The trait that this merges. */
export const PERSISTENCE_PRIMITIVE = 'temporal.persistence'

/** How often somebody comes back: one day, several, or a week of days over two weeks or more. Each word is more than the one before. */
const WORDS = ['one_off', 'returning', 'persistent'] as const
const DAY = 86_400
const [WEEK_OF_DAYS, TWO_WEEKS] = [7, 14]

/**
 * What was seen once stays seen. The word is the greatest that was observed, of whichever attacker of an identity, and no less than the days (UTC) of
 * all observations together say: three addresses that came a day each are somebody who came on three days. An observation whose value is no
 * word says that somebody was there.
 */
export const mergePersistence: Merger = (observations) => {
  const days = new Set<number>()
  let greatest = 0
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const verdicts = observations.map(({ ts, value }, index): Verdict => {
    const day = Math.floor(ts / DAY)
    days.add(day)
    first = Math.min(first, day)
    last = Math.max(last, day)
    const together = days.size >= WEEK_OF_DAYS && last - first + 1 >= TWO_WEEKS ? 2 : days.size > 1 ? 1 : 0
    greatest = Math.max(greatest, together, (WORDS as readonly unknown[]).indexOf(value))
    const word = WORDS[greatest] ?? 'one_off'
    return index + 1 < ENOUGH ? { value: word, state: 'unknown', confidence: 0 } : { value: word, state: 'stable', confidence: 1 }
  })
  return withNews(verdicts)
}
