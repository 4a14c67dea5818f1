import { type Expression, type SqlBool, sql } from 'kysely'

/** Text as it is, for GLOB: upper and lower case differ, and these three alone mean more than themselves. */
const escapeGlob = (text: string): string => text.replace(/[*?[]/gu, '[$&]')
/** GLOB's `*` crosses dots: that there is but one token is looked at beside it. */
const tokenGlob = (token: string): string => (token === '*' ? '[^.]*' : escapeGlob(token))
const all = (conditions: readonly Expression<SqlBool>[]) => sql<SqlBool>`(${sql.join(conditions, sql` and `)})`

/** Tokens as SQLite can compare them: it has GLOB and no regular expressions. */
export function globTokens(column: string, tokens: readonly string[], open: boolean): Expression<SqlBool> {
  const topic = sql.ref<string>(column)
  const matches = sql<SqlBool>`${topic} glob ${[...tokens.map(tokenGlob), ...(open ? ['*'] : [])].join('.')}`
  if (!open) return all([matches, sql<SqlBool>`length(${topic}) - length(replace(${topic}, '.', '')) = ${tokens.length - 1}`])
  if (!tokens.includes('*')) return matches
  // The end is open, so that counting dots says nothing: token by token.
  const conditions: Expression<SqlBool>[] = [matches]
  let rest = sql<string>`${topic}`
  for (const token of tokens) {
    conditions.push(sql<SqlBool>`${rest} glob ${`${tokenGlob(token)}.*`}`)
    rest = sql<string>`substr(${rest}, instr(${rest}, '.') + 1)`
  }
  return all(conditions)
}
