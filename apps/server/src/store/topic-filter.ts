import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Dialect } from './dialect.ts'
import type { Schema } from './schema.ts'

/** A topic pattern as a condition on `log.topic`: holds for exactly what the bus's `matches` does. */
export function topicMatches(dialect: Dialect, eb: ExpressionBuilder<Schema, 'log'>, pattern: string): Expression<SqlBool> {
  const all = pattern.split('.')
  const open = all.includes('>')
  const tokens = open ? all.slice(0, all.indexOf('>')) : all
  if (!open && !tokens.includes('*')) return eb('topic', '=', pattern)
  return tokens.length === 0 ? sql<SqlBool>`(1 = 1)` : dialect.tokens('topic', tokens, open)
}
