import type { Path } from '../ttp/rule/problem.ts'
import type { SigmaTest } from './detection.ts'
import type { Logic } from './logic.ts'
import type { TextOperator } from './value.ts'

/** A test of our evidence. */
export type OurTest =
  /** `exact`: capitals count; null: it makes no difference. */
  | {
      readonly is: 'text'
      readonly field: string
      readonly operator: TextOperator | 'cidr'
      readonly values: readonly string[]
      readonly exact: boolean | null
      readonly path: Path
    }
  | {
      readonly is: 'number'
      readonly field: string
      readonly operator: 'equals' | 'lt' | 'lte' | 'gt' | 'gte'
      readonly number: number
      readonly path: Path
    }
  | { readonly is: 'flag' | 'exists'; readonly field: string; readonly expected: boolean; readonly path: Path }
  /** The first word of a command is one of the names, or like one of the patterns. */
  | { readonly is: 'program'; readonly names: readonly string[]; readonly patterns: readonly string[]; readonly path: Path }
  /** A word of a command, counted from 0, is like one of the patterns. */
  | { readonly is: 'word'; readonly position: number; readonly patterns: readonly string[]; readonly path: Path }

export const NEVER: Logic<OurTest> = { any: [] }
export const ALWAYS: Logic<OurTest> = { all: [] }

export const isText = (operator: SigmaTest['operator']): operator is TextOperator =>
  ['equals', 'contains', 'starts_with', 'ends_with', 'regex'].includes(operator)

const caseless = (values: readonly string[]): boolean => values.every((value) => value.toLowerCase() === value.toUpperCase())

/** A test of a text field. `values` of patterns with wildcards are in lower case the same pattern, for what is escaped in them are marks. */
export function textOf(
  { exact, path }: SigmaTest,
  field: string,
  operator: TextOperator | 'cidr',
  values: readonly string[],
): Logic<OurTest> {
  const texts = exact ? values : values.map((value) => value.toLowerCase())
  return { test: { is: 'text', field, operator, values: texts, exact: exact || (caseless(values) ? null : false), path } }
}
