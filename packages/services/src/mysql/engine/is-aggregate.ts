import { AGGREGATES } from './functions.ts'

/** Does it count, sum or the like over a group? Sub-queries have groups of their own. */
export const isAggregate = (expression: unknown): boolean => {
  if (typeof expression !== 'object' || expression === null) return false
  if ('is' in expression && expression.is === 'call' && 'name' in expression && AGGREGATES.has(String(expression.name))) return true
  if ('selects' in expression) return false
  return Object.values(expression).some((part) =>
    Array.isArray(part) ? part.some((one) => (Array.isArray(one) ? one.some(isAggregate) : isAggregate(one))) : isAggregate(part),
  )
}
