import { type RawBuilder, type SqlBool, sql } from 'kysely'

/** Text as it is, for LIKE with `\` as the escape character. */
const escapeLike = (text: string): string => text.replace(/[\\%_]/gu, '\\$&')
/** Occurs anywhere. */
const containing = (text: string): string => `%${escapeLike(text)}%`

/** Whether a column holds a text anywhere, whatever the text is; ASCII letters in either case. */
export const holdsText = (column: string, text: string): RawBuilder<SqlBool> =>
  sql<SqlBool>`${sql.ref(column)} like ${containing(text)} escape '\\'`
