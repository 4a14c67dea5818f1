import type { Store } from './open.ts'

/** What the API asks of the database; run by a reading thread on its own connection. */
export function reads(_store: Store) {
  return {}
}
export type Reads = ReturnType<typeof reads>
