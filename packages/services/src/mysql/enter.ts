import type { Session } from './engine/session.ts'
import { fail, type SqlError } from './sql-error.ts'

/** Makes a database the session's own; what the server says when it is not to be had. */
export function enter(sql: Session, database: string): SqlError | null {
  if (!sql.sees(database)) return fail.databaseDenied(sql.account.name, sql.account.host, database)
  if (!sql.server.hasDatabase(database)) return fail.unknownDatabase(database)
  sql.database = database
  return null
}
