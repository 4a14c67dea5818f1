import { isNodeError } from '@decnet/kernel'

/** Milliseconds until a server that does not answer is unreachable. */
export const CONNECT_MS = 10_000
/** Unused connections are given back after so long. */
export const IDLE_MS = 20_000
/** No query takes longer; behind a link that was cut nobody else says so for a quarter of an hour. */
export const QUERY_MS = 120_000
/** A transaction that says nothing for so long has lost its process, or its process its turn: its locks are freed. */
export const IDLE_TRANSACTION_MS = 10_000
/** Who waits longer for a lock tries again. */
export const LOCK_WAIT_MS = 20_000

/** How a pool is opened. */
export interface PoolSettings {
  readonly readonly: boolean
  readonly idleTransactionMs: number
  readonly connections: number
}

/** The code of a link that broke, where the driver gives none. */
export const LINK_LOST = 'DATABASE_LINK_LOST'

/** An error of the link, by its code. */
export function lost(error: unknown): Error {
  if (isNodeError(error) && error.code !== undefined) return error
  const message = error instanceof Error ? error.message : String(error)
  return Object.assign(new Error(message, { cause: error }), { code: LINK_LOST })
}
