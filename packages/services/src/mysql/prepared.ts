import { answerPackets } from './answer-packets.ts'
import { CLIENT } from './capabilities.ts'
import { executeParsed, readingOf } from './engine/execute.ts'
import { bare, type Column, NULL_META } from './engine/meta.ts'
import { Scope } from './engine/scope.ts'
import type { Value } from './engine/value.ts'
import { FieldReader, uint } from './fields.ts'
import { type BoundTypes, readParameters } from './parameters.ts'
import { columnPacket, endPacket, okPacket } from './replies.ts'
import { type Parsed, parseStatement } from './sql/statement.ts'
import { fail, SqlError } from './sql-error.ts'
import { type LoggedIn, report, settle, styleOf } from './talk.ts'

interface Statement {
  readonly parsed: Parsed
  readonly text: Buffer
  types: BoundTypes
  readonly long: Map<number, Buffer>
}

const STATEMENTS_LIMIT = 256
const LONG_DATA_LIMIT = 1024 * 1024

/** Prepared statements of one connection: COM_STMT_*. */
export class PreparedStatements {
  readonly #talk: LoggedIn
  readonly #statements = new Map<number, Statement>()
  #last = 0

  constructor(talk: LoggedIn) {
    this.#talk = talk
  }

  clear(): void {
    this.#statements.clear()
  }

  #refuse(error: unknown): Promise<boolean> {
    if (error instanceof SqlError) return this.#talk.connection.fail(error)
    throw error
  }

  async prepare(text: Buffer): Promise<boolean> {
    const { connection, sql } = this.#talk
    report(this.#talk, text)
    const statement = text.toString('latin1').replace(/[\s;]+$/u, '')
    sql.begin(statement)
    try {
      if (this.#statements.size >= STATEMENTS_LIMIT) throw fail.tooManyStatements(STATEMENTS_LIMIT)
      if (statement === '') throw fail.emptyQuery()
      const parsed = parseStatement(statement, readingOf(sql))
      const columns = this.#describe(parsed)
      this.#last += 1
      this.#statements.set(this.#last, { parsed, text, types: [], long: new Map() })
      const head = Buffer.concat([
        uint(1, 0),
        uint(4, this.#last),
        uint(2, columns.length),
        uint(2, parsed.parameters),
        uint(1, 0),
        uint(2, 0),
      ])
      if (!(await connection.put(head))) return false
      const placeholders = Array.from({ length: parsed.parameters }, () => bare('?', NULL_META))
      return (await this.#columns(placeholders)) && (await this.#columns(columns))
    } catch (error) {
      return this.#refuse(error)
    }
  }

  /** Columns of what it will answer; DDL and SHOW say so only when they run. */
  #describe({ statement, parameters }: Parsed): readonly Column[] {
    const { sql } = this.#talk
    if (statement.is !== 'query') return []
    const scope = new Scope(sql, [])
    scope.parameters = Array.from({ length: parameters }, () => null)
    return sql.server.queries.describe(statement.query, sql, scope)
  }

  async #columns(columns: readonly Column[]): Promise<boolean> {
    const { connection, sql } = this.#talk
    if (columns.length === 0) return true
    const style = styleOf(this.#talk)
    for (const column of columns) if (!(await connection.put(columnPacket(column, style)))) return false
    return (connection.capabilities & CLIENT.deprecateEof) !== 0 || connection.put(endPacket(style, sql.status, 0))
  }

  #take(reader: FieldReader, caller: string): Statement {
    const id = reader.uint(4)
    const found = id === null ? undefined : this.#statements.get(id)
    if (found === undefined) throw fail.unknownStatement(String(id ?? 0), caller)
    return found
  }

  async execute(body: Buffer): Promise<boolean> {
    const { connection, sql } = this.#talk
    const reader = new FieldReader(body)
    try {
      const statement = this.#take(reader, 'mysqld_stmt_execute')
      const cursor = reader.uint(1)
      const iterations = reader.uint(4)
      if (cursor === null || iterations === null) throw fail.malformed()
      if (connection.capabilities & CLIENT.queryAttributes && cursor & 8) reader.lengthEncoded()
      const read = readParameters(reader, statement.parsed.parameters, statement.types, false)
      if (read === undefined) throw fail.malformed()
      statement.types = read.types
      const values = read.values.map((value, index): Value => statement.long.get(index)?.toString('latin1') ?? value)
      statement.long.clear()
      if (values.length > 0) report(this.#talk, this.#filled(statement.text, values))
      sql.begin(statement.text.toString('latin1'))
      sql.server.questions += 1
      const answer = executeParsed(statement.parsed, sql, values)
      if (!(await settle(this.#talk))) return false
      for (const packet of answerPackets(answer, sql, styleOf(this.#talk), { more: false, changes: [], binary: true }))
        if (!(await connection.put(packet))) return false
      return true
    } catch (error) {
      return this.#refuse(error)
    }
  }

  /** The statement with its values behind it, for the record. */
  #filled(text: Buffer, values: readonly Value[]): Buffer {
    const shown = values.map((value) =>
      typeof value === 'string'
        ? `'${value}'`
        : value === null
          ? 'NULL'
          : typeof value === 'object'
            ? `${value.digits}e-${value.scale}`
            : String(value),
    )
    return Buffer.concat([text, Buffer.from(` /* ${shown.join(', ')} */`, 'latin1')])
  }

  longData(body: Buffer): void {
    const reader = new FieldReader(body)
    const id = reader.uint(4)
    const index = reader.uint(2)
    const statement = id === null ? undefined : this.#statements.get(id)
    if (statement === undefined || index === null || index >= statement.parsed.parameters) return
    const held = [...statement.long.values()].reduce((sum, { length }) => sum + length, 0)
    if (held + reader.left > LONG_DATA_LIMIT) return
    statement.long.set(index, Buffer.concat([statement.long.get(index) ?? Buffer.alloc(0), reader.rest()]))
  }

  close(body: Buffer): void {
    const id = new FieldReader(body).uint(4)
    if (id !== null) this.#statements.delete(id)
  }

  async reset(body: Buffer): Promise<boolean> {
    const { connection, sql } = this.#talk
    try {
      this.#take(new FieldReader(body), 'mysqld_stmt_reset').long.clear()
      return await connection.put(okPacket(styleOf(this.#talk), { status: sql.status, warnings: 0 }))
    } catch (error) {
      return this.#refuse(error)
    }
  }

  /** Cursors are never opened: every row came with the answer. */
  async fetch(body: Buffer): Promise<boolean> {
    try {
      this.#take(new FieldReader(body), 'mysqld_stmt_fetch')
      throw fail.noCursor(String(this.#last))
    } catch (error) {
      return this.#refuse(error)
    }
  }
}
