import type { Expression, Query, Statement } from '../sql/ast.ts'
import type { Reading } from '../sql/lexer.ts'
import { type Parsed, parseStatement } from '../sql/statement.ts'
import { fail, SqlError } from '../sql-error.ts'
import { type Answer, ok, rowsOf } from './answer.ts'
import { changeAccounts } from './change-accounts.ts'
import { alterTable, createDatabase, createTable, dropDatabase, dropTables, renameTables, truncate } from './define.ts'
import { evaluate } from './evaluate.ts'
import { explain } from './explain.ts'
import { isAggregate } from './is-aggregate.ts'
import { bare, textMeta } from './meta.ts'
import { writeOut } from './outfile.ts'
import { Scope } from './scope.ts'
import type { Session } from './session.ts'
import { runShow } from './show.ts'
import { textOf, type Value } from './value.ts'
import { assign } from './variables.ts'
import { insert, remove, update } from './write.ts'

const PREPARED_LIMIT = 64

/** How this session's server reads SQL. */
export function readingOf(session: Session): Reading {
  const { number, mariadb } = session.server.product
  const mode = session.variables.get('sql_mode') ?? session.server.globals.get('sql_mode')?.value ?? ''
  return { version: number, mariadb, noBackslashEscapes: mode.includes('NO_BACKSLASH_ESCAPES'), ansiQuotes: mode.includes('ANSI_QUOTES') }
}

/** Does a query scan a table, as the server's status flag says of it? An equality on a key's first column, or nothing but counts, does not. */
function unindexed({ selects }: Query, session: Session): boolean {
  const keyed = (where: Expression | null, first: ReadonlySet<string>): boolean => {
    if (where?.is !== 'binary') return false
    if (where.operator === 'AND') return keyed(where.left, first) || keyed(where.right, first)
    const sides = [where.left, where.right]
    return where.operator === '=' && sides.some((side) => side.is === 'column' && first.has(side.path.at(-1)?.toLowerCase() ?? ''))
  }
  return selects.some(({ from, where, items, group }) =>
    from.some(({ source }) => {
      if (source.is !== 'table' || source.table.name.toLowerCase() === 'dual') return false
      const database = source.table.database ?? session.database ?? ''
      const table = session.server.catalog.databases.get(database)?.tables.get(source.table.name)
      if (table === undefined) return true
      if (where === null && group.length === 0 && items.every(({ value }) => isAggregate(value))) return false
      return !keyed(where, new Set(table.keys.map((key) => key.columns[0]?.toLowerCase() ?? '')))
    }),
  )
}

function runSelect(query: Query, session: Session, parameters: readonly Value[]): Answer {
  const outer = parameters.length === 0 ? null : new Scope(session, [])
  if (outer) outer.parameters = parameters
  const { into } = query
  const isFile = into !== null && 'path' in into
  if (isFile) session.need('FILE')
  const { columns, rows } = session.server.queries.run(query, session, outer)
  if (outer !== null) session.foundRows = BigInt(rows.length)
  if (into === null) return rowsOf(columns, rows, unindexed(query, session))
  if (isFile) return writeOut(into, rows, session)
  const [row] = rows
  if (row !== undefined && 'forEach' in into)
    for (const [index, name] of into.entries()) session.server.setUserVariable(session, name, row[index] ?? null)
  return ok(row === undefined ? 0 : 1)
}

function run(statement: Statement, session: Session, parameters: readonly Value[]): Answer {
  const { server } = session
  switch (statement.is) {
    case 'query':
      return runSelect(statement.query, session, parameters)
    case 'show':
      return runShow(statement, session)
    case 'explain':
      return explain(statement.statement, session)
    case 'use':
      session.enter(statement.database)
      if (!server.hasDatabase(statement.database)) throw fail.unknownDatabase(statement.database)
      session.database = statement.database
      return ok()
    case 'set':
      for (const assignment of statement.assignments) assign(session, assignment)
      return ok()
    case 'insert':
      return insert(statement, session, parameters)
    case 'update':
      return update(statement, session, parameters)
    case 'delete':
      return remove(statement, session, parameters)
    case 'truncate':
      return truncate(statement, session)
    case 'create-database':
      return createDatabase(statement, session)
    case 'drop-database':
      return dropDatabase(statement, session)
    case 'create-table':
      return createTable(statement, session)
    case 'drop-table':
      return dropTables(statement, session)
    case 'rename-table':
      return renameTables(statement, session)
    case 'alter-table':
      return alterTable(statement, session)
    case 'transaction':
      session.endTransaction(statement.what !== 'rollback')
      session.inTransaction = statement.what === 'begin'
      return ok()
    case 'do':
      for (const value of statement.values) evaluate(value, new Scope(session, []))
      return ok()
    case 'account':
    case 'set-password':
      return changeAccounts(statement, session)
    case 'lock':
      for (const table of statement.tables) server.openTable(session, table, 'SELECT, LOCK TABLES')
      return ok()
    case 'accepted':
      if (statement.privilege !== null) session.need(statement.privilege)
      return ok()
    case 'nothing':
      return ok()
    case 'shutdown':
      session.need('SHUTDOWN')
      return ok()
    case 'prepare': {
      const text = textOf(evaluate(statement.from, new Scope(session, []))) ?? 'NULL'
      if (session.prepared.size >= PREPARED_LIMIT) throw fail.tableFull('prepared statements')
      session.prepared.set(statement.name.toLowerCase(), parseStatement(text, readingOf(session)))
      return ok(0, 'Statement prepared')
    }
    case 'execute': {
      const parsed = session.prepared.get(statement.name.toLowerCase())
      if (parsed === undefined || parsed.statement.is === 'execute') throw fail.unknownStatement(statement.name, 'EXECUTE')
      return run(
        parsed.statement,
        session,
        statement.using.map((name) => session.userVariables.get(name) ?? null),
      )
    }
    case 'deallocate':
      if (!session.prepared.delete(statement.name.toLowerCase())) throw fail.unknownStatement(statement.name, 'DEALLOCATE PREPARE')
      return ok()
    default:
      return runUnusual(statement, session)
  }
}

function runUnusual(statement: Statement, session: Session): Answer {
  const { server } = session
  const { mariadb, name } = server.product
  switch (statement.is) {
    case 'create-function': {
      if (!session.account.all) throw fail.databaseDenied(session.account.name, session.account.host, 'mysql')
      const { library } = statement
      if (library.includes('/')) throw fail.noPaths()
      const file = statement.plugin && !/\.so$/u.test(library) ? `${library}.so` : library
      const missing = 'cannot open shared object file: No such file or directory'
      if (mariadb) throw fail.cannotOpenLibrary(statement.plugin ? `/usr/lib/mysql/plugin/${file}` : file, `errno: 2, ${missing}`)
      throw fail.cannotOpenLibrary(file, `errno: 2 /usr/lib/mysql/plugin/${file}: ${missing}`)
    }
    case 'drop-routine': {
      if (!['FUNCTION', 'PROCEDURE'].includes(statement.kind)) session.need('SUPER')
      const full = session.database === null || statement.kind === 'FUNCTION' ? statement.name : `${session.database}.${statement.name}`
      if (!statement.ifExists && statement.kind === 'ROLE') throw fail.userFailed('DROP ROLE', `'${statement.name}'`)
      if (!statement.ifExists && ['PLUGIN', 'SONAME'].includes(statement.kind)) throw fail.noRoutine(statement.kind, statement.name)
      if (!statement.ifExists && statement.kind === 'FUNCTION' && mariadb && session.database === null)
        throw fail.noRoutine('FUNCTION (UDF)', statement.name)
      if (!statement.ifExists)
        throw fail.noRoutine(
          statement.kind === 'FUNCTION' ? 'FUNCTION' : statement.kind,
          session.database === null ? full : `${session.database}.${statement.name}`,
        )
      session.warn('Note', 1305, fail.noRoutine(statement.kind, full).message)
      return ok()
    }
    case 'call':
      throw fail.noRoutine(
        'PROCEDURE',
        statement.path.length === 2 ? statement.path.join('.') : `${server.databaseName(session, null)}.${statement.path[0] ?? ''}`,
      )
    case 'load-data':
      if (statement.local) throw mariadb ? fail.localInfile(name) : fail.localInfileMysql()
      session.need('FILE')
      server.table(session, statement.table, 'INSERT')
      if (!mariadb) throw fail.optionPrevents('--secure-file-priv', name)
      throw fail.fileNotFound(statement.path)
    case 'kill': {
      const id = Number(evaluate(statement.id, new Scope(session, [])) ?? 0)
      const target = server.sessions.get(id)
      if (target === undefined) throw fail.unknownThread(String(id))
      if (!session.account.all && target.user !== session.user)
        throw fail.privilege(mariadb ? 'CONNECTION ADMIN' : 'SUPER or CONNECTION_ADMIN')
      target.kill?.()
      return ok()
    }
    case 'administer': {
      const columns = [
        bare('Table', textMeta(128)),
        bare('Op', textMeta(10)),
        bare('Msg_type', textMeta(10)),
        bare('Msg_text', textMeta(131_072)),
      ]
      const done = statement.tables.map(({ database, name: table }): Value[] => {
        const holder = server.databaseName(session, database)
        server.openTable(session, { database: holder, name: table }, 'SELECT')
        return [`${holder}.${table}`, statement.what.toLowerCase(), 'status', 'OK']
      })
      if (statement.what === 'CHECKSUM')
        return rowsOf(
          [bare('Table', textMeta(128)), bare('Checksum', textMeta(21))],
          done.map(([table = null]) => [table, '0']),
        )
      return rowsOf(columns, done)
    }
    default:
      throw fail.unknownCommand()
  }
}

/** Ends what the statement leaves behind: counts for ROW_COUNT(), commits that a definition implies. */
function settle(statement: Statement, answer: Answer, session: Session): void {
  session.rowCount = answer.is === 'ok' ? BigInt(answer.affected) : -1n
  if (/^(?:create|drop|alter|truncate|rename|account)/u.test(statement.is)) session.endTransaction(true)
}

export interface Executed {
  readonly answer: Answer
  /** Where the next of several statements begins. */
  readonly next: number | null
}

const KEEPS_WARNINGS: readonly string[] = ['WARNINGS', 'ERRORS', 'COUNT WARNINGS', 'COUNT ERRORS']

/** Runs a statement that was read before. Never throws for what an attacker wrote. */
export function executeParsed({ statement }: Parsed, session: Session, parameters: readonly Value[]): Answer {
  const keeps = statement.is === 'show' && KEEPS_WARNINGS.includes(statement.what)
  if (!keeps) session.warnings = []
  try {
    const answer = run(statement, session, parameters)
    settle(statement, answer, session)
    return answer
  } catch (error) {
    return failed(error, session)
  }
}

function failed(error: unknown, session: Session): Answer {
  if (!(error instanceof SqlError)) throw error
  session.rowCount = -1n
  session.warnings = []
  session.warn('Error', error.code, error.message)
  return { is: 'error', error }
}

/** Reads and runs the statement that begins at `from`. Text is bytes. */
export function execute(sql: string, session: Session, from = 0, several = false): Executed {
  session.begin(sql)
  session.questions += 1
  session.server.questions += 1
  try {
    if (sql.trim() === '') throw fail.emptyQuery()
    const parsed = parseStatement(sql, readingOf(session), from)
    if (parsed.next !== null && !several)
      throw fail.syntax(
        session.server.product.name,
        sql.slice(parsed.next, parsed.next + 80),
        1 + (sql.slice(0, parsed.next).match(/\n/gu)?.length ?? 0),
      )
    return { answer: executeParsed(parsed, session, []), next: parsed.next }
  } catch (error) {
    return { answer: failed(error, session), next: null }
  }
}
