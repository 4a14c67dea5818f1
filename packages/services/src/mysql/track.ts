import type { Session } from './engine/session.ts'
import { lengthEncodedBytes } from './fields.ts'
import type { StateChange } from './replies.ts'

const SYSTEM_VARIABLE = 0
const SCHEMA = 1

/** Session tracking: the database is another one. */
export const trackedSchema = (database: string): readonly StateChange[] => [[SCHEMA, lengthEncodedBytes(database)]]

/** What is tracked by default: `session_track_system_variables`, in the order in which the server tells it. */
const TRACKED = ['character_set_connection', 'character_set_results', 'character_set_client', 'autocommit', 'time_zone'] as const

export interface Tracked {
  readonly database: string | null
  readonly variables: readonly (string | undefined)[]
}
export const tracked = (session: Session): Tracked => ({
  database: session.database,
  variables: TRACKED.map((name) => session.variables.get(name)),
})

/** What a statement changed of what is tracked; SET tells it even when nothing became another. */
export function changesSince(before: Tracked, session: Session, statement: string): readonly StateChange[] {
  const now = tracked(session)
  const changes: StateChange[] = []
  const names = /^\s*set\s+names\b/iu.test(statement)
  for (const [index, name] of TRACKED.entries()) {
    const value = now.variables[index]
    if (value !== undefined && (value !== before.variables[index] || (names && index < 3)))
      changes.push([SYSTEM_VARIABLE, Buffer.concat([lengthEncodedBytes(name), lengthEncodedBytes(value)])])
  }
  const used = /^\s*use\b/iu.test(statement)
  if (now.database !== null && (now.database !== before.database || used)) changes.push(...trackedSchema(now.database))
  return changes
}
