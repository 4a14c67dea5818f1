import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { escapeLike } from './like.ts'
import type { Schema } from './schema.ts'

/**
 * A topic pattern as a condition on `log.topic`. `*` needs a second look (LIKE's `%` crosses dots):
 * the number of tokens is compared as well.
 */
export function patternToLike(eb: ExpressionBuilder<Schema, 'log'>, pattern: string): Expression<SqlBool> {
  if (!/[*>]/u.test(pattern)) return eb('topic', '=', pattern)
  const tokens = pattern.split('.')
  const like = tokens.map((token) => (token === '*' || token === '>' ? '%' : escapeLike(token))).join('.')
  const matches = sql<SqlBool>`topic like ${like} escape '\\'`
  if (pattern.endsWith('>')) return matches
  return eb.and([matches, sql<SqlBool>`length(topic) - length(replace(topic, '.', '')) = ${tokens.length - 1}`])
}
