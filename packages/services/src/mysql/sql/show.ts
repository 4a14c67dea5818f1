import type { Show, Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseExpression, parseLimit, parseTableName } from './query.ts'

/** SHOW's subjects that are one or more fixed words, and the name under which they are shown. */
const SUBJECTS: readonly (readonly [words: string, what: string])[] = [
  ['DATABASES', 'DATABASES'],
  ['SCHEMAS', 'DATABASES'],
  ['TABLE STATUS', 'TABLE STATUS'],
  ['OPEN TABLES', 'OPEN TABLES'],
  ['VARIABLES', 'VARIABLES'],
  ['STATUS', 'STATUS'],
  ['STORAGE ENGINES', 'ENGINES'],
  ['ENGINES', 'ENGINES'],
  ['PLUGINS', 'PLUGINS'],
  ['PROCESSLIST', 'PROCESSLIST'],
  ['WARNINGS', 'WARNINGS'],
  ['ERRORS', 'ERRORS'],
  ['CHARACTER SET', 'CHARACTER SET'],
  ['CHARSET', 'CHARACTER SET'],
  ['COLLATION', 'COLLATION'],
  ['EVENTS', 'EVENTS'],
  ['TRIGGERS', 'TRIGGERS'],
  ['FUNCTION STATUS', 'FUNCTION STATUS'],
  ['PROCEDURE STATUS', 'PROCEDURE STATUS'],
  ['PACKAGE STATUS', 'PACKAGE STATUS'],
  ['PACKAGE BODY STATUS', 'PACKAGE STATUS'],
  ['MASTER STATUS', 'MASTER STATUS'],
  ['BINLOG STATUS', 'MASTER STATUS'],
  ['SLAVE STATUS', 'SLAVE STATUS'],
  ['REPLICA STATUS', 'SLAVE STATUS'],
  ['ALL SLAVES STATUS', 'SLAVE STATUS'],
  ['SLAVE HOSTS', 'SLAVE HOSTS'],
  ['BINARY LOGS', 'BINARY LOGS'],
  ['MASTER LOGS', 'BINARY LOGS'],
  ['PRIVILEGES', 'PRIVILEGES'],
  ['PROFILES', 'PROFILES'],
]
const IN_DATABASE: readonly string[] = ['TABLE STATUS', 'OPEN TABLES', 'EVENTS', 'TRIGGERS']
const NOTHING: Show = {
  is: 'show',
  what: '',
  full: false,
  scope: 'SESSION',
  table: null,
  database: null,
  user: null,
  like: null,
  where: null,
  limit: null,
}

/** What follows SHOW. */
export function parseShow(cursor: Cursor): Show {
  if (cursor.accept('COUNT')) {
    cursor.parenthesised(() => cursor.expect('*'))
    const what = cursor.acceptOne('WARNINGS', 'ERRORS')
    return what === null ? cursor.wrong() : { ...NOTHING, what: `COUNT ${what}` }
  }
  const scope = cursor.acceptOne('GLOBAL', 'SESSION', 'LOCAL') === 'GLOBAL' ? 'GLOBAL' : 'SESSION'
  const show: Show = { ...NOTHING, scope, full: cursor.acceptOne('FULL', 'EXTENDED') !== null }
  const inDatabase = (): string | null => (cursor.acceptOne('FROM', 'IN') === null ? null : cursor.name())
  const subject = SUBJECTS.find(([words]) => cursor.accept(...words.split(' ')))
  if (subject) {
    const [, what] = subject
    return filtered(cursor, { ...show, what, database: IN_DATABASE.includes(what) ? inDatabase() : null })
  }
  if (cursor.accept('TABLES')) return filtered(cursor, { ...show, what: 'TABLES', database: inDatabase() })
  const columns = cursor.acceptOne('COLUMNS', 'FIELDS', 'INDEX', 'INDEXES', 'KEYS')
  if (columns !== null) {
    if (cursor.acceptOne('FROM', 'IN') === null) cursor.wrong()
    const table = parseTableName(cursor)
    const database = inDatabase() ?? table.database
    const what = columns === 'COLUMNS' || columns === 'FIELDS' ? 'COLUMNS' : 'INDEX'
    return filtered(cursor, { ...show, what, table: { database, name: table.name } })
  }
  if (cursor.accept('CREATE')) return parseShowCreate(cursor, show)
  if (cursor.accept('GRANTS')) {
    const other = cursor.accept('FOR') && !cursor.is('CURRENT_USER')
    const user = other ? parseAccount(cursor) : null
    if (!other && cursor.accept('CURRENT_USER') && cursor.accept('(')) cursor.expect(')')
    return { ...show, what: 'GRANTS', user }
  }
  if (cursor.accept('ENGINE')) {
    cursor.name()
    return cursor.acceptOne('STATUS', 'MUTEX', 'LOGS') === null ? cursor.wrong() : { ...show, what: 'ENGINE STATUS' }
  }
  return cursor.wrong()
}

function parseShowCreate(cursor: Cursor, show: Show): Show {
  if (cursor.acceptOne('DATABASE', 'SCHEMA') !== null) {
    const condition = cursor.accept('IF', 'NOT', 'EXISTS')
    return { ...show, what: 'CREATE DATABASE', full: condition, database: cursor.name() }
  }
  const kind = cursor.acceptOne('TABLE', 'VIEW', 'PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT', 'USER')
  if (kind === null) cursor.wrong()
  if (kind === 'USER') return { ...show, what: 'CREATE USER', user: cursor.done ? null : parseAccount(cursor) }
  return { ...show, what: kind === 'VIEW' ? 'CREATE TABLE' : `CREATE ${kind}`, table: parseTableName(cursor) }
}

function filtered(cursor: Cursor, show: Show): Show {
  if (cursor.accept('LIKE')) return { ...show, like: cursor.text() }
  const where = cursor.accept('WHERE') ? parseExpression(cursor) : null
  return { ...show, where, limit: parseLimit(cursor) }
}

/** `name`, `'name'@'host'`; without a host `%`. */
export function parseAccount(cursor: Cursor): { readonly name: string; readonly host: string } {
  const part = (): string => (cursor.token().kind === 'string' ? cursor.text() : cursor.anyName())
  const name = part()
  if (!cursor.accept('@')) return { name, host: '%' }
  let host = cursor.token().kind === 'number' ? cursor.take().text : part()
  // `user@127.0.0.1` without quotes.
  while (cursor.token().from === cursor.end && (cursor.is('.', '%') || cursor.token().kind === 'number')) host += cursor.take().text
  return { name, host }
}

/** DESCRIBE, DESC or EXPLAIN: of a table, or of a statement. */
export function parseDescribe(cursor: Cursor, statement: () => Statement): Statement {
  cursor.acceptOne('EXTENDED', 'PARTITIONS')
  if (cursor.accept('FORMAT')) {
    cursor.expect('=')
    cursor.take()
  }
  if (cursor.is('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REPLACE', '(')) return { is: 'explain', statement: statement() }
  const table = parseTableName(cursor)
  const like = cursor.token().kind === 'string' ? cursor.text() : cursor.isName ? cursor.name() : null
  return { ...NOTHING, what: 'COLUMNS', table, like }
}
