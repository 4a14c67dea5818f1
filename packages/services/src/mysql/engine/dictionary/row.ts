import type { Value } from '../value.ts'

/** A row by the names of its columns; what is absent is NULL, 0 or empty, as the column allows. */
export type DictionaryRow = Readonly<Record<string, Value>>
