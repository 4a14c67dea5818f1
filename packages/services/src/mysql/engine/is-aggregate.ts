import { AGGREGATES } from './functions.ts'

/** Whether a call of one of these functions stands in it. Sub-queries are their own. */
function holds(expression: unknown, named: (name: string) => boolean): boolean {
  if (typeof expression !== 'object' || expression === null) return false
  if ('is' in expression && expression.is === 'call' && 'name' in expression && named(String(expression.name))) return true
  if ('selects' in expression) return false
  const inside = (one: unknown): boolean => holds(one, named)
  return Object.values(expression).some((part) =>
    Array.isArray(part) ? part.some((one) => (Array.isArray(one) ? one.some(inside) : inside(one))) : inside(part),
  )
}

/** Does it count, sum or the like over a group? */
export const isAggregate = (expression: unknown): boolean => holds(expression, (name) => AGGREGATES.has(name))
/** Does it give another value each time? */
export const isVolatile = (expression: unknown): boolean => holds(expression, (name) => name.toUpperCase() === 'RAND')
