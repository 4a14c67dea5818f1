import type { ColumnDefinition } from '../../sql/ast.ts'
import { type Database, keyOf, type Table } from '../catalog.ts'
import { isIntegerType, lengthLimit, typeText } from '../column-type.ts'
import { stamp } from '../functions/time.ts'
import type { Session } from '../session.ts'
import { textOf } from '../value.ts'
import { dictionaryColumns, dictionaryTables, isDictionary } from './names.ts'
import type { DictionaryRow } from './row.ts'

const PAGE = 16_384n
const time = (session: Session, at: number | null) => (at === null ? null : stamp(session.server.wallTime(at)))

function visibleDatabases(session: Session): readonly string[] {
  return session.server.databaseNames().filter((name) => session.sees(name))
}
const catalogOf = (session: Session): readonly Database[] =>
  [...session.server.catalog.databases.values()].filter(({ name }) => session.sees(name))

function schemata(session: Session): readonly DictionaryRow[] {
  const { product, catalog } = session.server
  return visibleDatabases(session).map((name) => {
    const own = catalog.databases.get(name)
    const system = name === 'information_schema' || name === 'performance_schema'
    return {
      CATALOG_NAME: 'def',
      SCHEMA_NAME: name,
      DEFAULT_CHARACTER_SET_NAME: own?.charset ?? (system ? 'utf8mb3' : product.charset),
      DEFAULT_COLLATION_NAME: own?.collation ?? (system ? 'utf8mb3_general_ci' : product.collation),
      SQL_PATH: null,
    }
  })
}

/** What InnoDB's statistics say of a table: its data in pages of 16 kB. */
function innodbFigures(table: Table) {
  const rows = BigInt(table.rows.length)
  const pages = BigInt(Math.max(1, Math.ceil((table.size * 0.6) / Number(PAGE))))
  const indexes = BigInt(table.keys.filter(({ kind }) => kind !== 'PRIMARY').length)
  return { rows, data: pages * PAGE, index: indexes * PAGE * (pages > 8n ? pages / 4n : 1n) }
}

function tables(session: Session): readonly DictionaryRow[] {
  const { mariadb } = session.server.product
  const own = catalogOf(session).flatMap((database) =>
    [...database.tables.values()].map((table): DictionaryRow => {
      const { rows, data, index } = innodbFigures(table)
      return {
        TABLE_CATALOG: 'def',
        TABLE_SCHEMA: database.name,
        TABLE_NAME: table.name,
        TABLE_TYPE: 'BASE TABLE',
        ENGINE: table.engine,
        VERSION: 10n,
        ROW_FORMAT: 'Dynamic',
        TABLE_ROWS: rows,
        AVG_ROW_LENGTH: rows === 0n ? 0n : data / rows,
        DATA_LENGTH: data,
        MAX_DATA_LENGTH: 0n,
        INDEX_LENGTH: index,
        DATA_FREE: 0n,
        AUTO_INCREMENT: table.columns.some(({ autoIncrement }) => autoIncrement) ? table.nextId : null,
        CREATE_TIME: time(session, table.createdAt),
        UPDATE_TIME: time(session, table.updatedAt),
        TABLE_COLLATION: table.collation,
        CREATE_OPTIONS: '',
        TABLE_COMMENT: table.comment,
        MAX_INDEX_LENGTH: 0n,
        TEMPORARY: 'N',
      }
    }),
  )
  const system = visibleDatabases(session)
    .filter((name) => isDictionary(name))
    .flatMap((database) =>
      dictionaryTables(mariadb, database).map((name): DictionaryRow => {
        const view = database === 'information_schema' || database === 'sys'
        return {
          TABLE_CATALOG: 'def',
          TABLE_SCHEMA: database,
          TABLE_NAME: name,
          TABLE_TYPE:
            database === 'information_schema'
              ? 'SYSTEM VIEW'
              : database === 'sys' && name !== 'sys_config'
                ? 'VIEW'
                : mariadb && database === 'mysql' && name === 'user'
                  ? 'VIEW'
                  : 'BASE TABLE',
          ENGINE: view
            ? mariadb && database === 'information_schema'
              ? 'MEMORY'
              : null
            : database === 'performance_schema'
              ? 'PERFORMANCE_SCHEMA'
              : mariadb
                ? 'Aria'
                : 'InnoDB',
          VERSION: 10n,
          ROW_FORMAT: view ? null : mariadb ? 'Page' : 'Dynamic',
          TABLE_ROWS: view ? null : 0n,
          TABLE_COLLATION: database === 'mysql' ? 'utf8mb3_general_ci' : null,
          TEMPORARY: 'N',
        }
      }),
    )
  return [...system, ...own].sort((a, b) => (`${a.TABLE_SCHEMA}\0${a.TABLE_NAME}` < `${b.TABLE_SCHEMA}\0${b.TABLE_NAME}` ? -1 : 1))
}

/** A default as information_schema shows it. */
function defaultText(column: ColumnDefinition, mariadb: boolean): string | null {
  if (column.default === undefined) return column.nullable && mariadb ? 'NULL' : null
  if ('expression' in column.default)
    return mariadb ? column.default.expression : column.default.expression.replace('current_timestamp()', 'CURRENT_TIMESTAMP')
  const text = textOf(column.default.value)
  if (text === null) return mariadb ? 'NULL' : null
  return mariadb && typeof column.default.value === 'string' ? `'${text}'` : text
}

function columnRow(
  session: Session,
  database: string,
  table: string,
  column: ColumnDefinition,
  place: number,
  key: string,
  system: boolean,
): DictionaryRow {
  const { product } = session.server
  const text = /char|text|enum|set|json/u.test(column.type.base)
  const limit = lengthLimit(column.type)
  const decimal = column.type.base === 'decimal'
  const extra = [column.autoIncrement ? 'auto_increment' : '', column.onUpdate ? 'on update current_timestamp()' : '']
    .filter((part) => part !== '')
    .join(' ')
  return {
    TABLE_CATALOG: 'def',
    TABLE_SCHEMA: database,
    TABLE_NAME: table,
    COLUMN_NAME: column.name,
    ORDINAL_POSITION: BigInt(place + 1),
    COLUMN_DEFAULT: defaultText(column, product.mariadb),
    IS_NULLABLE: column.nullable ? 'YES' : 'NO',
    DATA_TYPE: column.type.base,
    CHARACTER_MAXIMUM_LENGTH: text && limit !== null ? BigInt(limit) : null,
    CHARACTER_OCTET_LENGTH:
      text && limit !== null ? BigInt(Math.min(4_294_967_295, limit * (column.type.base.includes('text') ? 1 : 4))) : null,
    NUMERIC_PRECISION: isIntegerType(column.type)
      ? ({ tinyint: 3n, smallint: 5n, mediumint: 7n, int: 10n }[column.type.base] ?? 19n)
      : decimal
        ? BigInt(column.type.length ?? 10)
        : null,
    NUMERIC_SCALE: isIntegerType(column.type) ? 0n : decimal ? BigInt(column.type.scale ?? 0) : null,
    DATETIME_PRECISION: /date|time/u.test(column.type.base) && column.type.base !== 'date' ? 0n : null,
    CHARACTER_SET_NAME: text ? (system ? 'utf8mb3' : product.charset) : null,
    COLLATION_NAME: text ? (system ? 'utf8mb3_general_ci' : product.collation) : null,
    COLUMN_TYPE: typeText(column.type, product.mariadb),
    COLUMN_KEY: key,
    EXTRA: product.mariadb ? extra : extra.replace('current_timestamp()', 'CURRENT_TIMESTAMP'),
    PRIVILEGES: system ? 'select' : session.account.all ? 'select,insert,update,references' : 'select,insert,update',
    COLUMN_COMMENT: column.comment,
    IS_GENERATED: 'NEVER',
  }
}

function columns(session: Session): readonly DictionaryRow[] {
  const own = catalogOf(session).flatMap((database) =>
    [...database.tables.values()].flatMap((table) =>
      table.columns.map((column, place) => columnRow(session, database.name, table.name, column, place, keyOf(table, column), false)),
    ),
  )
  const { mariadb } = session.server.product
  const system = visibleDatabases(session)
    .filter((name) => name === 'information_schema' || name === 'mysql')
    .flatMap((database) =>
      dictionaryTables(mariadb, database).flatMap((table) => {
        const found = dictionaryColumns(mariadb, database, table)
        return (found?.columns ?? []).map((column, place) =>
          columnRow(session, database, table, column, place, found?.primary.includes(column.name) ? 'PRI' : '', true),
        )
      }),
    )
  return [...system, ...own]
}

function statistics(session: Session): readonly DictionaryRow[] {
  return catalogOf(session).flatMap((database) =>
    [...database.tables.values()].flatMap((table) =>
      table.keys.flatMap((key) =>
        key.columns.map(
          (name, place): DictionaryRow => ({
            TABLE_CATALOG: 'def',
            TABLE_SCHEMA: database.name,
            TABLE_NAME: table.name,
            NON_UNIQUE: key.kind === 'PRIMARY' || key.kind === 'UNIQUE' ? 0n : 1n,
            INDEX_SCHEMA: database.name,
            INDEX_NAME: key.name,
            SEQ_IN_INDEX: BigInt(place + 1),
            COLUMN_NAME: name,
            COLLATION: key.kind === 'FULLTEXT' ? null : 'A',
            CARDINALITY: BigInt(table.rows.length),
            NULLABLE: table.columns.find((column) => column.name === name)?.nullable ? 'YES' : '',
            INDEX_TYPE: key.kind === 'FULLTEXT' ? 'FULLTEXT' : 'BTREE',
            COMMENT: '',
            IGNORED: 'NO',
          }),
        ),
      ),
    ),
  )
}

function constraints(session: Session, usage: boolean): readonly DictionaryRow[] {
  return catalogOf(session).flatMap((database) =>
    [...database.tables.values()].flatMap((table) =>
      table.keys
        .filter(({ kind }) => kind === 'PRIMARY' || kind === 'UNIQUE')
        .flatMap((key) =>
          (usage ? key.columns : ['']).map(
            (column, place): DictionaryRow => ({
              CONSTRAINT_CATALOG: 'def',
              CONSTRAINT_SCHEMA: database.name,
              CONSTRAINT_NAME: key.name,
              TABLE_CATALOG: 'def',
              TABLE_SCHEMA: database.name,
              TABLE_NAME: table.name,
              ...(usage
                ? { COLUMN_NAME: column, ORDINAL_POSITION: BigInt(place + 1) }
                : { CONSTRAINT_TYPE: key.kind === 'PRIMARY' ? 'PRIMARY KEY' : 'UNIQUE' }),
            }),
          ),
        ),
    ),
  )
}

/** Rows of the tables of information_schema that speak of databases, tables and columns; null for others. */
export function objectRows(session: Session, table: string): readonly DictionaryRow[] | null {
  switch (table) {
    case 'SCHEMATA':
      return schemata(session)
    case 'TABLES':
    case 'TABLE_NAMES':
      return tables(session)
    case 'COLUMNS':
      return columns(session)
    case 'STATISTICS':
      return statistics(session)
    case 'TABLE_CONSTRAINTS':
      return constraints(session, false)
    case 'KEY_COLUMN_USAGE':
      return constraints(session, true)
    default:
      return null
  }
}
