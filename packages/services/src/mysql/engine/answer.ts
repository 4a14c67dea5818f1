import type { SqlError } from '../sql-error.ts'
import type { Column } from './meta.ts'
import type { Value } from './value.ts'

/** What a statement comes to. */
export type Answer =
  | { readonly is: 'ok'; readonly affected: number; readonly insertId: bigint; readonly info: string; readonly dropped?: boolean }
  | { readonly is: 'rows'; readonly columns: readonly Column[]; readonly rows: readonly (readonly Value[])[]; readonly unindexed: boolean }
  | { readonly is: 'error'; readonly error: SqlError }

export const ok = (affected = 0, info = '', insertId = 0n): Answer => ({ is: 'ok', affected, insertId, info })
export const rowsOf = (columns: readonly Column[], rows: readonly (readonly Value[])[], unindexed = false): Answer => ({
  is: 'rows',
  columns,
  rows,
  unindexed,
})
