import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { dialectOf } from './dialect.ts'
import type { Db } from './open.ts'

/** Of the lines in the log, those that are commands: `isHandsOn` of the domain, asked of the database. A line without a mode is one. */
export const handsOn = (db: Db): RawBuilder<SqlBool> =>
  sql<SqlBool>`not coalesce(${dialectOf(db).jsonIs('body', 'mode', 'protocol')}, false)`
