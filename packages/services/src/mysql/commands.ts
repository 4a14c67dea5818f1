import { answerPackets } from './answer-packets.ts'
import { CLIENT } from './capabilities.ts'
import { changeUser } from './change-user.ts'
import type { Answer } from './engine/answer.ts'
import { execute } from './engine/execute.ts'
import { enter } from './enter.ts'
import { FieldReader } from './fields.ts'
import { readParameters } from './parameters.ts'
import { PreparedStatements } from './prepared.ts'
import { columnPacket, endPacket, okPacket } from './replies.ts'
import { fail, SqlError } from './sql-error.ts'
import { type LoggedIn, report, settle, styleOf } from './talk.ts'
import { changesSince, tracked, trackedSchema } from './track.ts'

const COMMAND = {
  quit: 1,
  initDb: 2,
  query: 3,
  fieldList: 4,
  statistics: 9,
  processInfo: 10,
  processKill: 12,
  debug: 13,
  ping: 14,
  changeUser: 17,
  binlogDump: 18,
  prepare: 22,
  execute: 23,
  longData: 24,
  close: 25,
  resetStatement: 26,
  setOption: 27,
  fetch: 28,
  reset: 31,
} as const

/** Answers commands until the client leaves, is silent too long, or breaks the protocol. */
export async function runCommands(talk: LoggedIn): Promise<void> {
  const { connection, sql } = talk
  const statements = new PreparedStatements(talk)
  for (;;) {
    connection.begin()
    const packet = await connection.packet(talk.idleTimeoutMs)
    if (packet === null) return
    sql.idleSince = sql.server.now()
    const [code] = packet.payload
    const goesOn = await command(talk, statements, code ?? -1, packet.payload.subarray(1))
    sql.idleSince = sql.server.now()
    if (!goesOn || !(await connection.flush())) return
  }
}

async function command(talk: LoggedIn, statements: PreparedStatements, code: number, body: Buffer): Promise<boolean> {
  const { connection, sql, server } = talk
  const style = styleOf(talk)
  const okay = (changes = [] as ReturnType<typeof trackedSchema>): Promise<boolean> =>
    connection.put(okPacket(style, { status: sql.status, warnings: 0, changes }))
  switch (code) {
    case COMMAND.quit:
      return false
    case COMMAND.initDb: {
      report(talk, Buffer.concat([Buffer.from('USE '), body]))
      const name = body.toString('latin1')
      const refused = enter(sql, name)
      return refused === null ? okay(trackedSchema(name)) : connection.fail(refused)
    }
    case COMMAND.query:
      return query(talk, body)
    case COMMAND.fieldList:
      return fieldList(talk, body)
    case COMMAND.statistics: {
      const up = server.uptime
      const text = `Uptime: ${up}  Threads: ${server.sessions.size}  Questions: ${server.questions}  Slow queries: 0  Opens: ${40 + (server.questions % 90)}  ${server.product.mariadb ? '' : 'Flush tables: 3  '}Open tables: ${33 + (server.questions % 60)}  Queries per second avg: ${(server.questions / up).toFixed(3)}`
      return connection.put(Buffer.from(text))
    }
    case COMMAND.processInfo:
      return send(talk, execute('show processlist', sql).answer)
    case COMMAND.processKill: {
      const id = new FieldReader(body).uint(4) ?? 0
      return send(talk, execute(`kill ${id}`, sql).answer)
    }
    case COMMAND.debug:
      return connection.put(endPacket({ capabilities: 0 }, sql.status, 0))
    case COMMAND.ping:
      return okay()
    case COMMAND.binlogDump:
      await connection.fail(fail.noBinlogToDump())
      return false
    case COMMAND.changeUser:
      return changeUser(talk, body)
    case COMMAND.prepare:
      return statements.prepare(body)
    case COMMAND.execute:
      return statements.execute(body)
    case COMMAND.longData:
      statements.longData(body)
      return true
    case COMMAND.close:
      statements.close(body)
      return true
    case COMMAND.resetStatement:
      return statements.reset(body)
    case COMMAND.fetch:
      return statements.fetch(body)
    case COMMAND.setOption: {
      const option = new FieldReader(body).uint(2)
      if (option !== 0 && option !== 1) return connection.fail(fail.unknownCommand())
      connection.capabilities =
        option === 0 ? connection.capabilities | CLIENT.multiStatements : connection.capabilities & ~CLIENT.multiStatements
      return connection.put(endPacket(style, sql.status, 0))
    }
    case COMMAND.reset:
      statements.clear()
      sql.reset()
      sql.setCollation(talk.collation)
      return okay()
    default:
      return connection.fail(fail.unknownCommand())
  }
}

async function query(talk: LoggedIn, body: Buffer): Promise<boolean> {
  const { connection, sql } = talk
  let text = body
  if (connection.capabilities & CLIENT.queryAttributes) {
    const reader = new FieldReader(body)
    const count = reader.lengthEncoded()
    const sets = reader.lengthEncoded()
    if (count === null || sets === null || count > 1024 || readParameters(reader, count, [], true) === undefined)
      return connection.fail(fail.malformed())
    text = reader.rest()
  }
  report(talk, text)
  // The server reads no blanks or semicolons at the end.
  const statement = text.toString('latin1').replace(/[\s;]+$/u, '')
  const several = (connection.capabilities & CLIENT.multiStatements) !== 0
  for (let from: number | null = 0; from !== null; ) {
    const before = tracked(sql)
    const executed = execute(statement, sql, from, several)
    const done = await settle(talk)
    if (!done) return false
    const changes = changesSince(before, sql, statement.slice(from))
    if (!(await send(talk, executed.answer, executed.next !== null, changes))) return false
    from = executed.next
  }
  return true
}

export async function send(talk: LoggedIn, answer: Answer, more = false, changes: ReturnType<typeof trackedSchema> = []): Promise<boolean> {
  const { connection, sql } = talk
  for (const packet of answerPackets(answer, sql, styleOf(talk), { more, changes, binary: false }))
    if (!(await connection.put(packet))) return false
  return true
}

/** COM_FIELD_LIST: columns of a table, whose names fit a pattern. */
async function fieldList(talk: LoggedIn, body: Buffer): Promise<boolean> {
  const { connection, sql } = talk
  const cut = body.indexOf(0)
  const table = body.subarray(0, cut < 0 ? undefined : cut).toString('latin1')
  const pattern =
    cut < 0
      ? ''
      : body
          .subarray(cut + 1)
          .toString('latin1')
          .toLowerCase()
          .replace(/%.*$/su, '')
  report(talk, Buffer.from(`SHOW FIELDS FROM ${table}`, 'latin1'))
  try {
    const { columns } = sql.server.openTable(sql, { database: null, name: table }, 'SELECT')
    for (const column of columns)
      if (column.name.toLowerCase().startsWith(pattern) && !(await connection.put(columnPacket(column, styleOf(talk), true)))) return false
    return await connection.put(endPacket(styleOf(talk), sql.status, 0))
  } catch (error) {
    if (error instanceof SqlError) return connection.fail(error)
    throw error
  }
}
