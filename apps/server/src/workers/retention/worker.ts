import { defineTick, type Tick } from '@decnet/kernel/worker'
import type { Db } from '../../store/open.ts'
import { deleteOlder } from '../../store/retention.ts'
import { type Retention, rulesAt } from './rules.ts'

/** Rows of each table that go in one step. */
const AT_ONCE = 2_000

export interface RetentionParts {
  readonly db: Db
  readonly retention: Retention
  /** Folds that read the log: what one of them has yet to read stays. */
  readonly readers: readonly string[]
  readonly now: () => number
}

/** Lets go of what is older than an operator wants, a little at a time. Several at once are no harm. */
export const retention = (parts: RetentionParts): Tick<never> =>
  defineTick({
    name: 'retention',
    summary: 'Deletes what is older than you want to keep, oldest first, never what a worker has yet to read.',
    every: 3_600_000,
    wakes: [],
    emits: [],
    async run() {
      const { db, retention, readers, now } = parts
      const at = now()
      const { more } = await deleteOlder(db, rulesAt(retention, at), { limit: AT_ONCE, readers, now: at })
      return more ? 'again' : 'done'
    },
  })
