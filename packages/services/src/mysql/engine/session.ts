import { STATUS } from '../capabilities.ts'
import { type Collation, collationOfCharset } from '../charset.ts'
import type { Parsed } from '../sql/statement.ts'
import { fail } from '../sql-error.ts'
import type { Account } from './accounts.ts'
import type { Table } from './catalog.ts'
import type { Server } from './server.ts'
import type { Value } from './value.ts'

export interface Warning {
  readonly level: 'Note' | 'Warning' | 'Error'
  readonly code: number
  readonly message: string
}

const STEPS_LIMIT = 600_000
const BYTES_LIMIT = 32 * 1024 * 1024

/** What one statement may cost; past it the server says that it took too long. */
export class Budget {
  /** Rows by the values of their columns, for as long as the statement runs. */
  readonly indexes = new WeakMap<object, Map<number, ReadonlyMap<string, readonly (readonly Value[])[]>>>()
  #steps = STEPS_LIMIT
  #bytes = BYTES_LIMIT
  step(count = 1): void {
    this.#steps -= count
    if (this.#steps < 0) throw fail.queryTimeout()
  }
  bytes(count: number): void {
    this.#bytes -= count
    if (this.#bytes < 0) throw fail.queryTimeout()
  }
}

const WARNINGS_LIMIT = 64

/** One login and what SQL can see and change of it. */
export class Session {
  readonly server: Server
  readonly id: number
  readonly peer: { readonly address: string; readonly port: number }
  account: Account
  /** As the client gave it. */
  user: string
  database: string | null = null
  readonly userVariables = new Map<string, Value>()
  readonly variables = new Map<string, string>()
  readonly prepared = new Map<string, Parsed>()
  warnings: Warning[] = []
  lastInsertId = 0n
  rowCount = -1n
  foundRows = 0n
  inTransaction = false
  /** Rows as they stood when the transaction first touched them. */
  readonly undo = new Map<Table, Value[][]>()
  /** Of the statement that runs. */
  budget = new Budget()
  info = ''
  /** Milliseconds that the statement asked to sleep. */
  sleepMs = 0
  /** Epoch milliseconds at which it began. */
  startedAt: number
  idleSince: number
  questions = 0
  readonly random: () => number
  #collation: Collation | null = null
  /** What the statement would write to files, for the record. */
  written: { readonly path: string; readonly content: string }[] = []
  /** Ends its connection, as KILL does. */
  kill: (() => void) | null = null

  constructor(
    server: Server,
    id: number,
    peer: { readonly address: string; readonly port: number },
    account: Account,
    user: string,
    random: () => number,
  ) {
    this.server = server
    this.id = id
    this.peer = peer
    this.account = account
    this.user = user
    this.random = random
    this.startedAt = server.now()
    this.idleSince = this.startedAt
  }

  begin(sql: string): void {
    this.budget = new Budget()
    this.sleepMs = 0
    this.written = []
    this.info = sql
    this.startedAt = this.server.now()
  }

  warn(level: Warning['level'], code: number, message: string): void {
    if (this.warnings.length < WARNINGS_LIMIT) this.warnings.push({ level, code, message })
  }

  get autocommit(): boolean {
    return this.variables.get('autocommit') !== 'OFF'
  }

  /** What the login said of character sets. */
  setCollation(collation: Collation): void {
    this.#collation = collation
    for (const name of ['client', 'connection', 'results']) this.variables.set(`character_set_${name}`, collation.charset)
  }

  /** In which character set results are said to be. */
  get results(): Collation {
    const name = this.variables.get('character_set_results')
    const { mariadb, charset } = this.server.product
    if (this.#collation !== null && (name === undefined || name === this.#collation.charset)) return this.#collation
    return collationOfCharset(name === undefined || name === '' ? charset : name, mariadb)
  }

  /** How many warnings a statement's answer tells of: one that shows them has none. */
  get shownWarnings(): number {
    return /^\s*show\s+(?:count|warnings|errors)/iu.test(this.info) || this.warnings.some(({ level }) => level === 'Error')
      ? 0
      : this.warnings.length
  }

  /** Status flags of OK and EOF packets. */
  get status(): number {
    return (this.autocommit ? STATUS.autocommit : 0) | (this.inTransaction ? STATUS.inTransaction : 0)
  }

  /** Keeps what ROLLBACK brings back. */
  touch(table: Table): void {
    if ((this.inTransaction || !this.autocommit) && !this.undo.has(table)) this.undo.set(table, table.rows.slice())
  }

  endTransaction(keep: boolean): void {
    if (!keep) for (const [table, rows] of this.undo) if (this.server.holds(table)) this.server.catalog.replaceRows(table, rows)
    this.undo.clear()
    this.inTransaction = false
  }

  /** COM_RESET_CONNECTION. */
  reset(): void {
    this.endTransaction(false)
    this.userVariables.clear()
    this.variables.clear()
    this.prepared.clear()
    this.warnings = []
    this.lastInsertId = 0n
  }

  get currentUser(): string {
    return `${this.account.name}@${this.account.host}`
  }

  /** May it read or change this database? */
  sees(database: string): boolean {
    return this.account.all || database.toLowerCase() === 'information_schema' || this.account.databases.includes(database)
  }

  /** @throws {SqlError} 1044 */
  enter(database: string): void {
    if (!this.sees(database)) throw fail.databaseDenied(this.account.name, this.account.host, database)
  }

  /** @throws {SqlError} 1142 */
  allow(verb: string, database: string, table: string): void {
    if (this.sees(database)) return
    const named = this.server.product.mariadb ? `\`${database}\`.\`${table}\`` : `'${table}'`
    throw fail.tableDenied(verb, this.account.name, this.peer.address, named)
  }

  /** @throws {SqlError} 1227 */
  need(privilege: string): void {
    if (!this.account.all) throw fail.privilege(privilege)
  }
}
