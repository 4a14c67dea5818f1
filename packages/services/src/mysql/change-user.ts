import { collationOf } from './charset.ts'
import { enter } from './enter.ts'
import { readChangeUser } from './handshake.ts'
import { logIn } from './login.ts'
import { pause } from './pause.ts'
import { okPacket } from './replies.ts'
import { fail } from './sql-error.ts'
import type { LoggedIn } from './talk.ts'

/** The server lets a failed change wait. */
const FAILURE_MS = 1_000

/** COM_CHANGE_USER: another login on the same connection; a failed one ends it. */
export async function changeUser(talk: LoggedIn, body: Buffer): Promise<boolean> {
  const { connection, sql, salt, session, server } = talk
  const asked = readChangeUser(body, connection.capabilities)
  const refuse = async (error: ReturnType<typeof fail.badHandshake>): Promise<boolean> => {
    if (await pause(FAILURE_MS, talk.signal, connection.wire)) await connection.fail(error)
    return false
  }
  if (asked === null) return refuse(fail.unknownCommand())
  const context = { connection, server, session, keys: talk.keys, signal: talk.signal, timeoutMs: talk.connectTimeoutMs }
  // The proof that comes with the command is for a salt of the past: the server asks anew.
  const result = await logIn(
    context,
    { user: asked.user, proof: asked.proof, plugin: asked.proof.length === 0 ? 'none' : asked.plugin },
    salt,
  )
  if (result === 'gone') return false
  if (result === 'denied' || result === 'too-old') return refuse(fail.denied(asked.user, session.peer.address, asked.proof.length > 0))
  sql.reset()
  sql.account = result.account
  sql.user = asked.user
  sql.database = null
  sql.setCollation(collationOf(asked.collationId & 0xff, server.product.mariadb))
  const refused = asked.database === null ? null : enter(sql, asked.database)
  if (refused !== null) return refuse(refused)
  return connection.put(okPacket(connection, { status: sql.status, warnings: 0 }))
}
