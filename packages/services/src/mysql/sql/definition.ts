import { own } from '@decnet/kernel'
import type { Alteration, ColumnDefinition, ColumnPlace, ColumnType, Expression, KeyDefinition, TableOptions } from './ast.ts'
import { parseCharset, parseCollation } from './character-set.ts'
import type { Cursor } from './cursor.ts'
import { parseExpression, parseTableName } from './query.ts'

const SYNONYMS: Readonly<Record<string, string>> = {
  integer: 'int',
  int4: 'int',
  int8: 'bigint',
  int2: 'smallint',
  int1: 'tinyint',
  bool: 'tinyint',
  boolean: 'tinyint',
  dec: 'decimal',
  numeric: 'decimal',
  fixed: 'decimal',
  real: 'double',
  character: 'char',
  nvarchar: 'varchar',
  nchar: 'char',
  serial: 'bigint',
}
const TYPES: ReadonlySet<string> = new Set(
  `int bigint smallint tinyint mediumint decimal float double bit char varchar binary varbinary tinyblob blob mediumblob longblob tinytext text
  mediumtext longtext date time datetime timestamp year enum set json uuid inet6`.split(/\s+/u),
)

function parseType(cursor: Cursor): ColumnType {
  const token = cursor.token()
  if (token.kind !== 'word') cursor.wrong()
  const word = token.text.toLowerCase()
  const base = own(SYNONYMS, word) ?? word
  if (!TYPES.has(base)) cursor.wrongType()
  cursor.take()
  if (base === 'double') cursor.accept('PRECISION')
  const variable = base === 'char' && cursor.accept('VARYING')
  let length: number | null = word === 'bool' || word === 'boolean' ? 1 : null
  let scale: number | null = null
  let members: readonly string[] = []
  if (cursor.accept('(')) {
    if (base === 'enum' || base === 'set') members = cursor.list(() => cursor.text())
    else {
      length = cursor.integer()
      if (cursor.accept(',')) scale = cursor.integer()
    }
    cursor.expect(')')
  }
  let unsigned = word === 'serial'
  for (;;) {
    const extra = cursor.acceptOne('UNSIGNED', 'SIGNED', 'ZEROFILL', 'BINARY')
    if (extra === 'UNSIGNED' || extra === 'ZEROFILL') unsigned = true
    if (extra === null) break
  }
  return { base: variable ? 'varchar' : base, length, scale, members, unsigned }
}

/** `default` as it stands in SHOW CREATE TABLE, or its value. */
function parseDefault(cursor: Cursor): { readonly value: import('../engine/value.ts').Value } | { readonly expression: string } {
  const { from } = cursor.token()
  const value: Expression = parseExpression(cursor)
  if (value.is === 'literal') return { value: value.value }
  if (value.is === 'call' && /^(?:CURRENT_TIMESTAMP|NOW|LOCALTIME|LOCALTIMESTAMP)$/u.test(value.name))
    return { expression: 'current_timestamp()' }
  return { expression: cursor.sql.slice(from, cursor.end) }
}

export function parseColumn(cursor: Cursor): { readonly column: ColumnDefinition; readonly keys: readonly KeyDefinition[] } {
  const name = cursor.name()
  const type = parseType(cursor)
  const keys: KeyDefinition[] = []
  let nullable = true
  let standard: ReturnType<typeof parseDefault> | undefined
  let onUpdate = false
  let autoIncrement = false
  let comment = ''
  for (;;) {
    if (cursor.accept('NOT', 'NULL')) nullable = false
    else if (cursor.accept('NULL')) nullable = true
    else if (cursor.accept('DEFAULT')) standard = parseDefault(cursor)
    else if (cursor.accept('ON', 'UPDATE')) {
      parseExpression(cursor)
      onUpdate = true
    } else if (cursor.acceptOne('AUTO_INCREMENT') !== null) autoIncrement = true
    else if (cursor.accept('PRIMARY', 'KEY') || cursor.accept('KEY')) keys.push({ kind: 'PRIMARY', name: 'PRIMARY', columns: [name] })
    else if (cursor.accept('UNIQUE')) {
      cursor.accept('KEY')
      keys.push({ kind: 'UNIQUE', name, columns: [name] })
    } else if (cursor.accept('COMMENT')) comment = cursor.text()
    else if (cursor.accept('CHARACTER', 'SET') || cursor.accept('CHARSET')) parseCharset(cursor)
    else if (cursor.accept('COLLATE')) parseCollation(cursor)
    else if (cursor.accept('REFERENCES')) skipReference(cursor)
    else if (cursor.accept('CHECK')) cursor.parenthesised(() => parseExpression(cursor))
    else if (cursor.acceptOne('INVISIBLE', 'VISIBLE', 'STORED', 'PERSISTENT') === null) break
  }
  const primary = keys.some(({ kind }) => kind === 'PRIMARY')
  const column: ColumnDefinition = {
    name,
    type,
    nullable: nullable && !primary && !autoIncrement,
    onUpdate,
    autoIncrement,
    comment,
    ...(standard && { default: standard }),
  }
  return { column, keys }
}

function skipReference(cursor: Cursor): void {
  parseTableName(cursor)
  if (cursor.is('(')) cursor.parenthesised(() => cursor.list(() => cursor.anyName()))
  while (cursor.accept('ON')) {
    if (cursor.acceptOne('DELETE', 'UPDATE') === null) cursor.wrong()
    if (!cursor.accept('SET', 'NULL') && !cursor.accept('NO', 'ACTION') && cursor.acceptOne('CASCADE', 'RESTRICT') === null) cursor.wrong()
  }
}

/** A key or constraint of a table; null when none begins here; foreign keys and checks are read and let go. */
export function parseKey(cursor: Cursor): KeyDefinition | 'ignored' | null {
  const constrained = cursor.accept('CONSTRAINT')
  const label = constrained && cursor.isName && !cursor.is('CHECK') ? cursor.name() : ''
  if (cursor.accept('CHECK')) {
    cursor.parenthesised(() => parseExpression(cursor))
    return 'ignored'
  }
  if (cursor.accept('FOREIGN', 'KEY')) {
    if (cursor.isName) cursor.name()
    cursor.parenthesised(() => cursor.list(() => cursor.anyName()))
    cursor.expect('REFERENCES')
    skipReference(cursor)
    return 'ignored'
  }
  const kind = cursor.accept('PRIMARY', 'KEY')
    ? 'PRIMARY'
    : cursor.accept('UNIQUE')
      ? 'UNIQUE'
      : cursor.acceptOne('FULLTEXT', 'SPATIAL') !== null
        ? 'FULLTEXT'
        : cursor.is('KEY', 'INDEX')
          ? 'KEY'
          : null
  if (kind === null) return constrained ? cursor.wrong() : null
  if (kind !== 'PRIMARY') cursor.acceptOne('KEY', 'INDEX')
  const given = cursor.isName && !cursor.is('USING') ? cursor.name() : label
  const using = () => cursor.accept('USING') && cursor.acceptOne('BTREE', 'HASH')
  using()
  const columns = cursor.parenthesised(() =>
    cursor.list(() => {
      const column = cursor.anyName()
      if (cursor.accept('(')) {
        cursor.integer()
        cursor.expect(')')
      }
      cursor.acceptOne('ASC', 'DESC')
      return column
    }),
  )
  using()
  return { kind, name: kind === 'PRIMARY' ? 'PRIMARY' : given === '' ? (columns[0] ?? '') : given, columns }
}

const NO_OPTIONS: TableOptions = { engine: null, charset: null, collation: null, comment: null, autoIncrement: null }

export function parseTableOptions(cursor: Cursor): TableOptions {
  let options = NO_OPTIONS
  const word = (): string => {
    cursor.accept('=')
    return cursor.token().kind === 'string' ? cursor.text() : cursor.take().text
  }
  for (;;) {
    if (cursor.accept('ENGINE') || cursor.accept('TYPE')) options = { ...options, engine: word() }
    else if (cursor.is('DEFAULT', 'CHARACTER', 'CHARSET', 'COLLATE')) {
      cursor.accept('DEFAULT')
      if (cursor.accept('COLLATE')) options = { ...options, collation: word() }
      else if (cursor.accept('CHARACTER', 'SET') || cursor.accept('CHARSET')) options = { ...options, charset: word() }
      else cursor.wrong()
    } else if (cursor.accept('COMMENT')) options = { ...options, comment: word() }
    else if (cursor.accept('AUTO_INCREMENT')) options = { ...options, autoIncrement: Number(word()) || null }
    else if (
      cursor.acceptOne(
        'ROW_FORMAT',
        'KEY_BLOCK_SIZE',
        'MAX_ROWS',
        'MIN_ROWS',
        'PAGE_CHECKSUM',
        'TRANSACTIONAL',
        'CHECKSUM',
        'DELAY_KEY_WRITE',
        'PACK_KEYS',
        'STATS_PERSISTENT',
        'STATS_AUTO_RECALC',
        'AVG_ROW_LENGTH',
      ) !== null
    )
      word()
    else if (!cursor.accept(',')) return options
  }
}

/** The bracket of CREATE TABLE. */
export function parseTableBody(cursor: Cursor): { readonly columns: readonly ColumnDefinition[]; readonly keys: readonly KeyDefinition[] } {
  const columns: ColumnDefinition[] = []
  const keys: KeyDefinition[] = []
  cursor.parenthesised(() =>
    cursor.list(() => {
      const key = parseKey(cursor)
      if (key === 'ignored') return
      if (key !== null) {
        keys.push(key)
        return
      }
      const parsed = parseColumn(cursor)
      columns.push(parsed.column)
      keys.push(...parsed.keys)
    }),
  )
  return { columns, keys }
}

export function parseAlteration(cursor: Cursor): Alteration {
  const place = (): ColumnPlace => (cursor.accept('FIRST') ? 'first' : cursor.accept('AFTER') ? { after: cursor.anyName() } : null)
  if (cursor.accept('ADD')) {
    const key = parseKey(cursor)
    if (key === 'ignored') return { is: 'nothing' }
    if (key !== null) return { is: 'key', key }
    cursor.accept('COLUMN')
    cursor.accept('IF', 'NOT', 'EXISTS')
    const parsed = parseColumn(cursor)
    return { is: 'add', ...parsed, place: place() }
  }
  if (cursor.accept('DROP')) {
    if (cursor.accept('PRIMARY', 'KEY')) return { is: 'drop-key', name: 'PRIMARY' }
    if (cursor.accept('FOREIGN', 'KEY') || cursor.accept('CONSTRAINT')) {
      cursor.anyName()
      return { is: 'nothing' }
    }
    if (cursor.acceptOne('KEY', 'INDEX') !== null) return { is: 'drop-key', name: cursor.anyName() }
    cursor.accept('COLUMN')
    return { is: 'drop', column: cursor.name() }
  }
  if (cursor.is('CHANGE', 'MODIFY')) {
    const change = cursor.take().key === 'CHANGE'
    cursor.accept('COLUMN')
    const from = change ? cursor.name() : cursor.token().text
    const { column } = parseColumn(cursor)
    return { is: 'change', from, column, place: place() }
  }
  if (cursor.accept('RENAME')) {
    if (cursor.acceptOne('TO', 'AS') === null && cursor.is('COLUMN', 'KEY', 'INDEX')) {
      cursor.skip()
      return { is: 'nothing' }
    }
    return { is: 'rename', to: parseTableName(cursor) }
  }
  if (cursor.accept('DISABLE', 'KEYS') || cursor.accept('ENABLE', 'KEYS') || cursor.accept('FORCE')) return { is: 'nothing' }
  if (cursor.accept('CONVERT', 'TO')) cursor.is('CHARACTER', 'CHARSET') || cursor.wrong()
  const options = parseTableOptions(cursor)
  if (Object.values(options).every((value) => value === null) && !cursor.done) cursor.wrong()
  return { is: 'options', options }
}
