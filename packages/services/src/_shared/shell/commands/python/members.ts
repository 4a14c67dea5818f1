import { Raised, typeOf, type Value } from './values.ts'

export const OUTPUT_MAX = 1_048_576
export const ITEMS_MAX = 100_000

export type Body = (args: readonly Value[], named: ReadonlyMap<string, Value>) => Promise<Value> | Value
/** A function of a module or a value. */
export const fn = (name: string, call: Body): Value => ({ kind: 'function', name, call })
/** The text of a str or bytes. @throws {Raised} for anything else */
export const text = (value: Value | undefined): string => {
  if (typeof value === 'string') return value
  if (value !== null && typeof value === 'object' && value.kind === 'bytes') return value.text
  throw new Raised('TypeError', `expected str, bytes or os.PathLike object, not ${typeOf(value ?? null)}`)
}
/** A member by name; names come from attackers. */
export const lookup = (table: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.entries(table).find(([key]) => key === name)?.[1]
