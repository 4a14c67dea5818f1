import { events } from '@decnet/contracts/events'
import { remainsOf } from '../_shared/wire/remains.ts'
import { CLIENT } from './capabilities.ts'
import { collationOf } from './charset.ts'
import { runCommands } from './commands.ts'
import { Session } from './engine/session.ts'
import { enter } from './enter.ts'
import { freshSalt, greeting, readResponse } from './handshake.ts'
import { type LoginContext, logIn } from './login.ts'
import { okPacket } from './replies.ts'
import { fail } from './sql-error.ts'
import type { Talk } from './talk.ts'
import { trackedSchema } from './track.ts'

/** Names of what a client says of itself, as one line: `libmariadb 3.3.8 Linux`. */
function clientName(attributes: readonly (readonly [string, string])[]): string {
  const wanted = ['_client_name', '_client_version', 'program_name', '_os', '_platform']
  return wanted
    .flatMap((name) => attributes.filter(([given]) => given === name).map(([, value]) => value))
    .join(' ')
    .slice(0, 1024)
}

/** One connection from greeting to goodbye. */
export async function converse(talk: Talk): Promise<void> {
  const { connection, server, session, random } = talk
  const { product } = server
  const id = server.nextId(random)
  const salt = freshSalt(random, product.mariadb)
  if (!(await connection.send(greeting(product, id, salt)))) return
  connection.expectAnswer()
  const packet = await connection.packet(talk.connectTimeoutMs)
  if (packet === null) return farewell(talk)
  const response = readResponse(packet.payload, product.capabilities)
  if ('bad' in response) {
    connection.capabilities = response.capabilities
    session.emit(events.protocolError, { detail: 'bad handshake', sample: packet.payload.subarray(0, 256) })
    await connection.fail(fail.badHandshake())
    return
  }
  connection.capabilities = response.capabilities
  const name = clientName(response.attributes)
  if (name !== '') session.emit(events.clientHello, { client_version: Buffer.from(name, 'latin1') })
  const plugin =
    response.plugin === ''
      ? response.capabilities & CLIENT.secureConnection
        ? 'mysql_native_password'
        : 'mysql_old_password'
      : response.plugin
  const context: LoginContext = { connection, server, session, keys: talk.keys, signal: talk.signal, timeoutMs: talk.connectTimeoutMs }
  const result = await logIn(context, { user: response.user, proof: response.proof, plugin }, salt)
  if (result === 'gone') return farewell(talk)
  const { address } = session.peer
  if (result === 'too-old') {
    await connection.fail(fail.oldProtocol(product.name))
    return
  }
  if (result === 'denied') {
    server.aborted += 1
    await connection.fail(fail.denied(response.user, address, response.proof.length > 0))
    return
  }
  const sql = new Session(server, id, session.peer, result.account, response.user, random)
  const collation = collationOf(response.collationId, product.mariadb)
  sql.setCollation(collation)
  if (response.database !== null) {
    const refused = enter(sql, response.database)
    if (refused !== null) {
      await connection.fail(refused)
      return
    }
  }
  talk.authenticated()
  server.sessions.set(id, sql)
  sql.kill = talk.end
  try {
    connection.reader.limit = talk.packetLimit
    connection.reader.patience = 0
    const changes = product.mariadb && response.database !== null ? trackedSchema(response.database) : []
    if (!(await connection.send(okPacket(connection, { status: sql.status, warnings: 0, changes })))) return
    if (response.capabilities & CLIENT.compress) connection.compress()
    await runCommands({ ...talk, sql, salt, extended: response.extended, collation })
    await farewell(talk)
  } finally {
    sql.endTransaction(false)
    server.sessions.delete(id)
  }
}

/** The last word to a client that broke the order or the size of packets. */
async function farewell({ connection, session }: Talk): Promise<void> {
  if (connection.problem === null) return
  await connection.fail(connection.problem === 'order' ? fail.outOfOrder() : fail.tooBigPacket())
  const detail = connection.problem === 'order' ? 'packets out of order' : 'packet too large'
  session.emit(events.protocolError, { detail, ...(await remainsOf(connection.wire, connection.refused)) })
}
