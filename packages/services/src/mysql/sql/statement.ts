import { own } from '@decnet/kernel'
import { parseGrant, parseUsers } from './account.ts'
import type { Assignment, Expression, Statement } from './ast.ts'
import { parseDelete, parseInsert, parseUpdate } from './change.ts'
import { parseCollation } from './character-set.ts'
import { Cursor } from './cursor.ts'
import { parseAlteration, parseTableBody, parseTableOptions } from './definition.ts'
import type { Reading } from './lexer.ts'
import { parseExpression, parseQuery, parseTableName } from './query.ts'
import { parseAccount, parseDescribe, parseShow } from './show.ts'

export interface Parsed {
  readonly statement: Statement
  /** How many `?` it has. */
  readonly parameters: number
  /** Where the next statement begins; null at the end. */
  readonly next: number | null
}

/** Reads one statement from `from` on. @throws {SqlError} 1064 as the server says it. */
export function parseStatement(sql: string, reading: Reading, from = 0): Parsed {
  const cursor = new Cursor(sql, reading, from)
  const statement = parse(cursor)
  if (!cursor.done) cursor.wrong()
  const more = cursor.accept(';') && cursor.token().kind !== 'end'
  return { statement, parameters: cursor.parameters, next: more ? cursor.token().from : null }
}

type Parser = (cursor: Cursor) => Statement
const accepted =
  (privilege: string | null = null): Parser =>
  (cursor) => {
    cursor.skip()
    return { is: 'accepted', privilege }
  }
const ifExists = (cursor: Cursor): boolean => cursor.accept('IF', 'EXISTS')
const ifNotExists = (cursor: Cursor): boolean => cursor.accept('IF', 'NOT', 'EXISTS')
function parseCreate(cursor: Cursor): Statement {
  const replace = cursor.accept('OR', 'REPLACE')
  cursor.accept('TEMPORARY')
  if (cursor.acceptOne('DATABASE', 'SCHEMA') !== null) {
    const unless = ifNotExists(cursor)
    const name = cursor.name()
    const { charset, collation } = parseTableOptions(cursor)
    return { is: 'create-database', name, ifNotExists: unless, charset, collation }
  }
  if (cursor.accept('TABLE')) {
    const unless = ifNotExists(cursor)
    const table = parseTableName(cursor)
    const base = { is: 'create-table', table, ifNotExists: unless || replace } as const
    const none = {
      columns: [],
      keys: [],
      options: { engine: null, charset: null, collation: null, comment: null, autoIncrement: null },
    } as const
    if (cursor.accept('LIKE')) return { ...base, ...none, like: parseTableName(cursor), query: null }
    const body = cursor.is('(') && cursor.token(1).key !== 'SELECT' ? parseTableBody(cursor) : none
    const options = parseTableOptions(cursor)
    if (cursor.is('PARTITION')) cursor.skip()
    cursor.accept('AS')
    const query = cursor.is('SELECT', '(') ? parseQuery(cursor) : null
    if (body === none && query === null) cursor.wrong()
    return { ...base, ...body, options, like: null, query }
  }
  if (cursor.accept('USER')) return parseUsers(cursor, 'CREATE USER', ifNotExists(cursor))
  if (cursor.accept('AGGREGATE', 'FUNCTION') || cursor.accept('FUNCTION')) {
    ifNotExists(cursor)
    const name = parseTableName(cursor).name
    if (!cursor.accept('RETURNS')) return accepted('CREATE ROUTINE')(cursor)
    cursor.take()
    if (!cursor.accept('SONAME')) return accepted('CREATE ROUTINE')(cursor)
    return { is: 'create-function', name, library: cursor.text(), plugin: false }
  }
  const unique = cursor.acceptOne('UNIQUE', 'FULLTEXT', 'SPATIAL')
  if (cursor.accept('INDEX')) {
    ifNotExists(cursor)
    const name = cursor.name()
    cursor.expect('ON')
    const table = parseTableName(cursor)
    const columns = cursor.parenthesised(() => cursor.list(() => cursor.anyName()))
    return { is: 'alter-table', table, changes: [{ is: 'key', key: { kind: unique === 'UNIQUE' ? 'UNIQUE' : 'KEY', name, columns } }] }
  }
  return cursor.is('VIEW', 'PROCEDURE', 'TRIGGER', 'EVENT', 'ROLE', 'SERVER', 'DEFINER', 'ALGORITHM', 'SQL', 'SEQUENCE')
    ? accepted('SUPER')(cursor)
    : cursor.wrong()
}

function parseDrop(cursor: Cursor): Statement {
  cursor.accept('TEMPORARY')
  if (cursor.acceptOne('DATABASE', 'SCHEMA') !== null) {
    const when = ifExists(cursor)
    return { is: 'drop-database', name: cursor.name(), ifExists: when }
  }
  if (cursor.acceptOne('TABLE', 'TABLES') !== null) {
    const when = ifExists(cursor)
    const tables = cursor.list(() => parseTableName(cursor))
    cursor.acceptOne('CASCADE', 'RESTRICT')
    return { is: 'drop-table', tables, ifExists: when }
  }
  if (cursor.accept('USER')) return parseUsers(cursor, 'DROP USER', ifExists(cursor))
  if (cursor.accept('INDEX')) {
    const name = cursor.anyName()
    cursor.expect('ON')
    return { is: 'alter-table', table: parseTableName(cursor), changes: [{ is: 'drop-key', name }] }
  }
  const kind = cursor.acceptOne('FUNCTION', 'PROCEDURE', 'VIEW', 'TRIGGER', 'EVENT', 'ROLE')
  if (kind === null) cursor.wrong()
  const when = ifExists(cursor)
  const { name } = parseTableName(cursor)
  cursor.skip()
  return { is: 'drop-routine', kind, name, ifExists: when }
}

function parseSet(cursor: Cursor): Statement {
  if (cursor.accept('PASSWORD')) {
    const user = cursor.accept('FOR') ? parseAccount(cursor).name : null
    cursor.accept('=')
    parseExpression(cursor)
    return { is: 'set-password', user }
  }
  if (cursor.follows('TRANSACTION') || cursor.follows('SESSION', 'TRANSACTION') || cursor.follows('GLOBAL', 'TRANSACTION'))
    return accepted()(cursor)
  if (cursor.is('ROLE', 'DEFAULT', 'STATEMENT')) return accepted()(cursor)
  const value = (): Expression | null => {
    if (cursor.accept('DEFAULT')) return null
    // ON, BINARY and names of character sets are words here, not columns.
    const { kind, text } = cursor.token()
    if (
      kind === 'word' &&
      [',', ';', '', 'COLLATE'].includes(cursor.token(1).key) &&
      cursor.token(1).kind !== 'string' &&
      !cursor.is('NULL', 'TRUE', 'FALSE')
    ) {
      cursor.take()
      return { is: 'literal', value: text, as: 'string' }
    }
    return parseExpression(cursor)
  }
  const assignment = (): Assignment => {
    if (cursor.accept('NAMES') || cursor.accept('CHARACTER', 'SET') || cursor.accept('CHARSET')) {
      const given = value()
      if (cursor.accept('COLLATE')) parseCollation(cursor)
      return { scope: 'NAMES', name: 'names', value: given }
    }
    const assigned = (): Expression | null => {
      if (!cursor.accept(':=')) cursor.expect('=')
      return value()
    }
    if (cursor.accept('@')) {
      const name = cursor.token().kind === 'string' ? cursor.text() : cursor.anyName()
      return { scope: 'USER', name: name.toLowerCase(), value: assigned() }
    }
    const system = cursor.accept('@@')
    const scope = cursor.acceptOne('GLOBAL', 'SESSION', 'LOCAL', 'PERSIST')
    if (scope !== null && system) cursor.expect('.')
    const first = cursor.anyName()
    const name = cursor.accept('.') ? `${first}.${cursor.anyName()}` : first
    return { scope: scope === 'GLOBAL' || scope === 'PERSIST' ? 'GLOBAL' : 'SESSION', name, value: assigned() }
  }
  return { is: 'set', assignments: cursor.list(assignment) }
}

function parseLoad(cursor: Cursor): Statement {
  cursor.expect('DATA')
  cursor.acceptOne('LOW_PRIORITY', 'CONCURRENT')
  const local = cursor.accept('LOCAL')
  cursor.expect('INFILE')
  const path = cursor.text()
  cursor.acceptOne('REPLACE', 'IGNORE')
  cursor.expect('INTO', 'TABLE')
  const table = parseTableName(cursor)
  cursor.skip()
  return { is: 'load-data', local, path, table }
}

const transaction =
  (what: 'begin' | 'commit' | 'rollback'): Parser =>
  (cursor) => {
    cursor.skip()
    return { is: 'transaction', what }
  }
const tables = (cursor: Cursor) => cursor.list(() => parseTableName(cursor))
const administer =
  (what: 'CHECK' | 'ANALYZE' | 'OPTIMIZE' | 'REPAIR' | 'CHECKSUM'): Parser =>
  (cursor) => {
    cursor.acceptOne('LOCAL', 'NO_WRITE_TO_BINLOG')
    if (cursor.acceptOne('TABLE', 'TABLES') === null) cursor.wrong()
    const named = tables(cursor)
    cursor.skip()
    return { is: 'administer', what, tables: named }
  }

const VERBS: Readonly<Record<string, Parser>> = {
  SHOW: parseShow,
  USE: (cursor) => ({ is: 'use', database: cursor.anyName() }),
  DESCRIBE: (cursor) => parseDescribe(cursor, () => parse(cursor)),
  DESC: (cursor) => parseDescribe(cursor, () => parse(cursor)),
  EXPLAIN: (cursor) => parseDescribe(cursor, () => parse(cursor)),
  SET: parseSet,
  INSERT: (cursor) => parseInsert(cursor, false),
  REPLACE: (cursor) => parseInsert(cursor, true),
  UPDATE: parseUpdate,
  DELETE: parseDelete,
  CREATE: parseCreate,
  DROP: parseDrop,
  TRUNCATE: (cursor) => {
    cursor.accept('TABLE')
    return { is: 'truncate', table: parseTableName(cursor) }
  },
  ALTER: (cursor) => {
    if (cursor.accept('USER')) return parseUsers(cursor, 'ALTER USER', ifExists(cursor))
    if (cursor.is('DATABASE', 'SCHEMA', 'EVENT', 'VIEW', 'PROCEDURE', 'FUNCTION', 'INSTANCE')) return accepted('ALTER')(cursor)
    cursor.acceptOne('ONLINE', 'IGNORE')
    cursor.expect('TABLE')
    ifExists(cursor)
    const table = parseTableName(cursor)
    return { is: 'alter-table', table, changes: cursor.done ? [] : cursor.list(() => parseAlteration(cursor)) }
  },
  RENAME: (cursor) => {
    if (cursor.accept('USER')) return accepted('CREATE USER')(cursor)
    cursor.expect('TABLE')
    const pairs = cursor.list(() => {
      const from = parseTableName(cursor)
      cursor.expect('TO')
      return [from, parseTableName(cursor)] as const
    })
    return { is: 'rename-table', pairs }
  },
  GRANT: (cursor) => parseGrant(cursor, 'GRANT'),
  REVOKE: (cursor) => parseGrant(cursor, 'REVOKE'),
  LOAD: parseLoad,
  BEGIN: transaction('begin'),
  START: (cursor) =>
    cursor.accept('TRANSACTION')
      ? transaction('begin')(cursor)
      : cursor.is('SLAVE', 'REPLICA', 'ALL')
        ? accepted('SUPER')(cursor)
        : cursor.wrong(),
  COMMIT: transaction('commit'),
  ROLLBACK: (cursor) => (cursor.is('TO', 'WORK') && cursor.is('TO') ? accepted()(cursor) : transaction('rollback')(cursor)),
  SAVEPOINT: accepted(),
  RELEASE: accepted(),
  LOCK: (cursor) => {
    if (cursor.acceptOne('TABLES', 'TABLE') === null) cursor.wrong()
    const named = cursor.list(() => {
      const table = parseTableName(cursor)
      if (cursor.accept('AS') || (cursor.isName && !cursor.is('READ', 'WRITE', 'LOW_PRIORITY'))) cursor.anyName()
      cursor.accept('LOW_PRIORITY')
      if (cursor.acceptOne('READ', 'WRITE') === null) cursor.wrong()
      cursor.accept('LOCAL')
      return table
    })
    return { is: 'lock', tables: named }
  },
  UNLOCK: (cursor) => (cursor.acceptOne('TABLES', 'TABLE') === null ? cursor.wrong() : { is: 'accepted', privilege: null }),
  FLUSH: accepted('RELOAD'),
  RESET: accepted('RELOAD'),
  PURGE: accepted('SUPER'),
  CHANGE: accepted('SUPER'),
  STOP: accepted('SUPER'),
  BACKUP: accepted('RELOAD'),
  XA: accepted(),
  ANALYZE: administer('ANALYZE'),
  OPTIMIZE: administer('OPTIMIZE'),
  REPAIR: administer('REPAIR'),
  CHECK: administer('CHECK'),
  CHECKSUM: administer('CHECKSUM'),
  INSTALL: (cursor) => {
    const kind = cursor.acceptOne('PLUGIN', 'SONAME')
    if (kind === null) cursor.wrong()
    if (kind === 'PLUGIN') {
      cursor.name()
      cursor.expect('SONAME')
    }
    return { is: 'create-function', name: '', library: cursor.text(), plugin: true }
  },
  UNINSTALL: (cursor) => {
    const kind = cursor.acceptOne('PLUGIN', 'SONAME')
    if (kind === null) return cursor.wrong()
    const when = ifExists(cursor)
    return { is: 'drop-routine', kind, name: kind === 'PLUGIN' ? cursor.name() : cursor.text(), ifExists: when }
  },
  DO: (cursor) => ({ is: 'do', values: cursor.list(() => parseExpression(cursor)) }),
  CALL: (cursor) => {
    const { database, name } = parseTableName(cursor)
    if (cursor.is('(')) cursor.parenthesised(() => (cursor.is(')') ? null : cursor.list(() => parseExpression(cursor))))
    return { is: 'call', path: database === null ? [name] : [database, name] }
  },
  KILL: (cursor) => {
    if (cursor.acceptOne('CONNECTION', 'QUERY', 'HARD', 'SOFT') !== null) cursor.accept('QUERY')
    return { is: 'kill', id: parseExpression(cursor) }
  },
  PREPARE: (cursor) => {
    const name = cursor.name()
    cursor.expect('FROM')
    return { is: 'prepare', name, from: parseExpression(cursor) }
  },
  EXECUTE: (cursor) => {
    const name = cursor.name()
    const using = cursor.accept('USING')
      ? cursor.list(() => {
          cursor.expect('@')
          return cursor.anyName().toLowerCase()
        })
      : []
    return { is: 'execute', name, using }
  },
  DEALLOCATE: (cursor) => {
    cursor.expect('PREPARE')
    return { is: 'deallocate', name: cursor.name() }
  },
  SHUTDOWN: () => ({ is: 'shutdown' }),
}

function parse(cursor: Cursor): Statement {
  return cursor.deeper(() => {
    if (cursor.token().kind === 'end') return { is: 'nothing' }
    if (cursor.is('SELECT', '(')) return { is: 'query', query: parseQuery(cursor) }
    const { key } = cursor.token()
    const verb = own(VERBS, key)
    if (verb === undefined) return cursor.wrong()
    cursor.take()
    return verb(cursor)
  })
}
