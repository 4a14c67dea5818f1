import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Schema } from './schema.ts'

/** Text as it is, for GLOB: upper and lower case differ, and these three alone mean more than themselves. */
const escapeGlob = (text: string): string => text.replace(/[*?[]/gu, '[$&]')
/** GLOB's `*` crosses dots: that there is but one token is looked at beside it. */
const tokenGlob = (token: string): string => (token === '*' ? '[^.]*' : escapeGlob(token))

/** A topic pattern as a condition on `log.topic`: holds for exactly what the bus's `matches` does. */
export function topicMatches(eb: ExpressionBuilder<Schema, 'log'>, pattern: string): Expression<SqlBool> {
  const all = pattern.split('.')
  const open = all.includes('>')
  const tokens = open ? all.slice(0, all.indexOf('>')) : all
  if (!open && !tokens.includes('*')) return eb('topic', '=', pattern)
  const matches = sql<SqlBool>`topic glob ${[...tokens.map(tokenGlob), ...(open ? ['*'] : [])].join('.')}`
  if (!open) return eb.and([matches, sql<SqlBool>`length(topic) - length(replace(topic, '.', '')) = ${tokens.length - 1}`])
  if (!tokens.includes('*')) return matches
  // The end is open, so that counting dots says nothing: token by token.
  const conditions: Expression<SqlBool>[] = [matches]
  let rest = sql<string>`topic`
  for (const token of tokens) {
    conditions.push(sql<SqlBool>`${rest} glob ${`${tokenGlob(token)}.*`}`)
    rest = sql<string>`substr(${rest}, instr(${rest}, '.') + 1)`
  }
  return eb.and(conditions)
}
