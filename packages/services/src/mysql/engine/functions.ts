import { own } from '@decnet/kernel'
import type { Expression } from '../sql/ast.ts'
import { controlFunctions } from './functions/control.ts'
import { numberFunctions } from './functions/number.ts'
import { serverFunctions } from './functions/server.ts'
import { textFunctions } from './functions/text.ts'
import { timeFunctions } from './functions/time.ts'
import type { Meta } from './meta.ts'
import type { Session } from './session.ts'
import type { Value } from './value.ts'

/** What a call costs and answers. Arguments are evaluated before, in order. */
export interface SqlFunction {
  readonly least: number
  readonly most: number
  meta(args: readonly Meta[], given: readonly Expression[]): Meta
  run(args: readonly Value[], session: Session, given: readonly Expression[]): Value
}
export type FunctionTable = Readonly<Record<string, SqlFunction>>

export const AGGREGATES: ReadonlySet<string> = new Set(
  'COUNT SUM AVG MIN MAX GROUP_CONCAT STD STDDEV VARIANCE BIT_OR BIT_AND JSON_ARRAYAGG'.split(' '),
)

const all: FunctionTable = { ...serverFunctions, ...textFunctions, ...numberFunctions, ...timeFunctions, ...controlFunctions }

/** A native function by its upper-case name. */
export function functionNamed(name: string, mariadb: boolean): SqlFunction | undefined {
  if (!mariadb && (name === 'PASSWORD' || name === 'OLD_PASSWORD')) return undefined
  return own(all, name)
}
