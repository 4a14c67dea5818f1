import { events } from '@decnet/contracts/events'
import type { Collation } from './charset.ts'
import type { Connection } from './connection.ts'
import type { Server } from './engine/server.ts'
import type { Session } from './engine/session.ts'
import type { MysqlSession } from './events.ts'
import type { LoginContext } from './login.ts'
import { pause } from './pause.ts'
import type { ReplyStyle } from './replies.ts'

/** One connection and what it talks with. */
export interface Talk {
  readonly connection: Connection
  readonly server: Server
  readonly session: MysqlSession
  readonly keys: LoginContext['keys']
  readonly signal: AbortSignal
  readonly random: () => number
  readonly connectTimeoutMs: number
  readonly idleTimeoutMs: number
  /** Longest packet once logged in. */
  readonly packetLimit: number
  readonly authenticated: () => void
  /** Ends the connection at once. */
  readonly end: () => void
}

/** A connection past its login. */
export interface LoggedIn extends Talk {
  readonly sql: Session
  readonly salt: Buffer
  readonly extended: number
  readonly collation: Collation
}

export function styleOf({ connection, sql, extended }: LoggedIn): ReplyStyle {
  return { capabilities: connection.capabilities, extended, results: sql.results }
}

/** Every statement as it came. */
export function report({ session, sql }: LoggedIn, text: Uint8Array): void {
  session.emit(events.query, {
    query: text,
    user: Buffer.from(sql.user, 'latin1'),
    ...(sql.database !== null && { database: Buffer.from(sql.database, 'latin1') }),
  })
}

/** What a statement leaves to be done besides its answer: files that it would have written, time that it takes. False when the client left meanwhile. */
export async function settle({ sql, session, signal, connection }: LoggedIn): Promise<boolean> {
  for (const { path, content } of sql.written.splice(0)) {
    const capture = session.capture()
    capture.write(Buffer.from(content, 'latin1'))
    const { sha256, size, truncated } = await capture.finish()
    session.emit(events.fileCaptured, { sha256, size, truncated, path: Buffer.from(path, 'latin1'), via: 'mysql' })
  }
  return sql.sleepMs === 0 || pause(sql.sleepMs, signal, connection.wire)
}
