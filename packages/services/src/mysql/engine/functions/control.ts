import { commonMeta } from '../common-meta.ts'
import { compareValues, isTrue, type Value } from '../value.ts'
import { define, type FunctionTable } from './make.ts'

const extreme = (sign: 1 | -1) =>
  define(2, 255, commonMeta, (args) => {
    if (args.includes(null)) return null
    return args.reduce((best: Value, value) => (compareValues(value, best) * sign > 0 ? value : best))
  })

/** IF, IFNULL and COALESCE run every argument; the evaluator spares those that have a price. */
export const controlFunctions: FunctionTable = {
  IF: define(
    3,
    3,
    ([, yes, no]) => commonMeta([yes, no].filter((meta) => meta !== undefined)),
    ([condition = null, yes = null, no = null]) => (isTrue(condition) ? yes : no),
  ),
  IFNULL: define(2, 2, commonMeta, ([value = null, other = null]) => value ?? other),
  NVL: define(2, 2, commonMeta, ([value = null, other = null]) => value ?? other),
  COALESCE: define(1, 255, commonMeta, (args) => args.find((value) => value !== null) ?? null),
  NULLIF: define(
    2,
    2,
    (args) => commonMeta(args.slice(0, 1)),
    ([left = null, right = null]) => (left !== null && right !== null && compareValues(left, right) === 0 ? null : left),
  ),
  GREATEST: extreme(1),
  LEAST: extreme(-1),
}
