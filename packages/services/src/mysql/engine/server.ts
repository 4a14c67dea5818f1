import type { Persona } from '@decnet/persona'
import { clockOf } from '../../_shared/shell/zoned-time.ts'
import type { Product } from '../product.ts'
import type { Query, TableName } from '../sql/ast.ts'
import { fail } from '../sql-error.ts'
import { type SystemVariable, variablesOf } from '../system-variables.ts'
import { type Account, accountsOf } from './accounts.ts'
import { Catalog, type Database, keyOf, type Table } from './catalog.ts'
import { columnMeta } from './column-type.ts'
import { isDictionary } from './dictionary/names.ts'
import { dictionaryTable } from './dictionary.ts'
import type { Column, Meta } from './meta.ts'
import { describeQuery, type Rows, runQuery } from './query.ts'
import type { Scope } from './scope.ts'
import type { Session } from './session.ts'
import type { Value } from './value.ts'
import { variableMeta, variableValue } from './variables.ts'

/** The server's way to the disk of its host, as the account that it runs under. */
export interface Files {
  /** A file's bytes, null for what LOAD_FILE answers with NULL. */
  load(path: string): string | null
  write(path: string, content: string): 'written' | 'exists' | { readonly errno: number; readonly reason: string }
}

export interface ServerOptions {
  readonly persona: Persona
  readonly product: Product
  readonly port: number
  readonly files: Files
  readonly now: () => number
}

const USER_VARIABLES_LIMIT = 64
const VARIABLE_BYTES_LIMIT = 65_536

/** One decky's database server: what all its connections share. */
export class Server {
  readonly persona: Persona
  readonly product: Product
  readonly files: Files
  readonly now: () => number
  readonly catalog = new Catalog()
  readonly sessions = new Map<number, Session>()
  readonly globals: Map<string, SystemVariable>
  readonly startedAt: number
  accounts: Account[]
  /** Statements so far: what STATUS and COM_STATISTICS count. */
  questions: number
  aborted = 0
  readonly #wall: ReturnType<typeof clockOf>
  #lastId: number
  /** Runs and describes sub-queries. */
  readonly queries: {
    readonly run: (query: Query, session: Session, outer: Scope | null) => Rows
    readonly describe: (query: Query, session: Session, outer: Scope | null) => readonly Column[]
  } = { run: runQuery, describe: describeQuery }

  readonly readVariable: {
    readonly value: (session: Session, name: string, global: boolean) => Value
    readonly meta: (session: Session, name: string, global: boolean) => Meta
  } = { value: variableValue, meta: variableMeta }

  constructor({ persona, product, port, files, now }: ServerOptions) {
    this.persona = persona
    this.product = product
    this.files = files
    this.now = now
    this.#wall = clockOf(persona.timezone)
    // The database came up with the host, seconds after it.
    this.startedAt = persona.bootedAt + persona.integer('mysql/start', 9_000, 40_000)
    this.globals = variablesOf(persona, product, port)
    const zone = this.globals.get('system_time_zone')
    if (zone) this.globals.set('system_time_zone', { ...zone, value: this.#wall(now()).zone })
    const upSeconds = Math.max(0, now() - this.startedAt) / 1000
    this.#lastId = Math.floor(upSeconds / persona.integer('mysql/connections-every', 40, 400)) + 7
    this.questions = this.#lastId * persona.integer('mysql/questions', 5, 30)
    this.accounts = accountsOf(persona, [])
  }

  /** Ids rise by one with each connection, as long as nobody else connects; the host's own programs do now and then. */
  nextId(random: () => number): number {
    this.#lastId += random() < 0.1 ? 2 : 1
    return this.#lastId
  }

  /** UTC-valued wall time of the host's zone. */
  wallTime(epoch: number): number {
    const { year, month, day, hour, minute, second } = this.#wall(epoch)
    return Date.UTC(year, month - 1, day, hour, minute, second)
  }

  epochOf(wall: number): number {
    return wall - (this.wallTime(wall) - Math.floor(wall / 1000) * 1000)
  }

  /** The node part of UUID(): the host's MAC. */
  get node(): string {
    return this.persona.mac.replaceAll(':', '')
  }

  get uptime(): number {
    return Math.max(1, Math.floor((this.now() - this.startedAt) / 1000))
  }

  holds(table: Table): boolean {
    return [...this.catalog.databases.values()].some(({ tables }) => tables.get(table.name) === table)
  }

  setUserVariable(session: Session, name: string, value: Value): void {
    if (typeof value === 'string' && value.length > VARIABLE_BYTES_LIMIT) return
    if (session.userVariables.size < USER_VARIABLES_LIMIT || session.userVariables.has(name)) session.userVariables.set(name, value)
  }

  /** @throws {SqlError} 1046 */
  databaseName(session: Session, given: string | null): string {
    const name = given ?? session.database
    if (name === null) throw fail.noDatabase()
    return name
  }

  databaseNames(): readonly string[] {
    return ['information_schema', 'mysql', 'performance_schema', 'sys', ...this.catalog.databases.keys()].sort()
  }

  hasDatabase(name: string): boolean {
    return isDictionary(name) || this.catalog.databases.has(name)
  }

  /** A database that can be written. @throws {SqlError} 1044, 1049 */
  writable(session: Session, given: string | null): Database {
    const name = this.databaseName(session, given)
    session.enter(name)
    if (isDictionary(name)) throw fail.databaseDenied(session.account.name, session.account.host, name)
    const database = this.catalog.databases.get(name)
    if (database === undefined) throw fail.unknownDatabase(name)
    return database
  }

  /** A table that can be written. @throws {SqlError} 1044, 1046, 1142, 1146 */
  table(session: Session, { database: given, name }: TableName, verb: string): { readonly database: Database; readonly table: Table } {
    const databaseName = this.databaseName(session, given)
    session.allow(verb, databaseName, name)
    if (isDictionary(databaseName)) {
      if (dictionaryTable(session, databaseName, name) === null) throw fail.noSuchTable(`${databaseName}.${name}`)
      throw fail.databaseDenied(session.account.name, session.account.host, databaseName)
    }
    const database = this.catalog.databases.get(databaseName)
    const table = database?.tables.get(name)
    if (database === undefined || table === undefined) throw fail.noSuchTable(`${databaseName}.${name}`)
    return { database, table }
  }

  /** A table's columns and rows, a dictionary's too. @throws {SqlError} */
  openTable(session: Session, { database: given, name }: TableName, verb: string): Rows {
    const databaseName = this.databaseName(session, given)
    if (isDictionary(databaseName)) {
      if (databaseName.toLowerCase() !== 'information_schema') session.allow(verb, databaseName, name)
      const found = dictionaryTable(session, databaseName, name)
      if (found === null)
        throw databaseName.toLowerCase() === 'information_schema'
          ? fail.noDictionaryTable(name)
          : fail.noSuchTable(`${databaseName}.${name}`)
      session.budget.step(found.rows.length)
      return found
    }
    const { table } = this.table(session, { database: databaseName, name }, verb)
    return { columns: tableColumns(table, databaseName), rows: table.rows }
  }
}

/** A table's columns as results show them. */
export const tableColumns = (table: Table, database: string): readonly Column[] =>
  table.columns.map((column) => ({
    ...columnMeta(column, keyOf(table, column)),
    name: column.name,
    originalName: column.name,
    database,
    table: table.name,
    originalTable: table.name,
    ...(column.type.base === 'enum' && { members: column.type.members }),
  }))
