import {
  type ColumnDataType,
  type ColumnDefinitionBuilder,
  type Expression,
  type Kysely,
  MysqlAdapter,
  PostgresAdapter,
  type RawBuilder,
  type SqlBool,
  sql,
} from 'kysely'
import { globTokens } from './glob-tokens.ts'
import { escapeLike } from './like.ts'

type Type = ColumnDataType | Expression<unknown>

/** How the databases differ, and nowhere else. Queries ask {@link dialectOf} the connection that they run on. */
export interface Dialect {
  readonly name: 'sqlite' | 'mysql' | 'postgres'
  /** Rows of a transaction can be locked one by one (`for update`); SQLite has one writer. */
  readonly locksRows: boolean
  /** Places for values in one statement. */
  readonly values: number
  readonly columns: {
    /** Text of at most so many characters that an index may hold. Compared by its exact bytes. */
    word(length: number): Type
    readonly text: Type
    readonly whole: Type
    readonly large: Type
    /** Of the log, whose numbers are given. */
    readonly sequence: Type
    readonly real: Type
    /** A key that counts itself. */
    readonly counter: { readonly type: Type; readonly build: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder }
  }
  /** What ends the making of a table on this server. */
  tableEnd(db: Kysely<unknown>): Promise<RawBuilder<unknown> | null>
  /** The error says that the index is there already: a migration that was cut off in the middle is run again. */
  indexExists(error: unknown): boolean
  quote(identifier: string): string
  /** The n-th value of a statement, from 1. */
  place(n: number): string
  /** Ends an insert: rows whose key is known take these columns of the new ones; none: they stay as they are. */
  onKnown(keys: readonly string[], changes: readonly string[]): string
  /** After rows with keys of their own were put in: the counter goes on behind them. */
  countOn(table: string, column: string): RawBuilder<unknown> | null
  /** Bytes on the database's disk. */
  readonly size: RawBuilder<number>
  /** The database's own clock, epoch milliseconds: hosts that share it may disagree about the time. */
  readonly clock: RawBuilder<number>
  concat(...parts: readonly RawBuilder<string>[]): RawBuilder<string>
  /** Some expressions together equal one of these rows. */
  oneOf(expressions: readonly RawBuilder<unknown>[], rows: readonly (readonly string[])[]): RawBuilder<SqlBool>
  /** Division of whole numbers, not negative. */
  quotient(dividend: Expression<number>, divisor: number): RawBuilder<number>
  /** The text of a member of a JSON object; null where there is none. */
  jsonText(column: string, member: string): RawBuilder<string | null>
  /** A member of a JSON object equals a text; a number or truth value equals how it is written. */
  jsonIs(column: string, member: string, value: string): RawBuilder<SqlBool>
  /** A column holds a text anywhere; ASCII letters in either case. */
  holds(column: string, text: string): RawBuilder<SqlBool>
  /** A topic is these tokens, letter by letter, `*` any one that is not empty; `open`: and whatever follows after a dot. */
  tokens(column: string, tokens: readonly string[], open: boolean): Expression<SqlBool>
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** A row with this key is there already. */
export const isDuplicate = (error: unknown): boolean =>
  ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'ER_DUP_ENTRY', '23505'].includes(String(codeOf(error)))

const path = (member: string) => `$."${member}"`
const tokenPattern = (tokens: readonly string[], open: boolean, end: string) => {
  const patterns = tokens.map((token) => (token === '*' ? '[^.]+' : token.replace(/[\\^$.|?*+()[\]{}]/gu, '\\$&')))
  return `^${patterns.join('\\.')}${open ? '\\.' : end}`
}
const excluded = (quote: (name: string) => string) => (keys: readonly string[], changes: readonly string[]) => {
  const known = `on conflict (${keys.map(quote).join(', ')})`
  return changes.length === 0
    ? `${known} do nothing`
    : `${known} do update set ${changes.map((name) => `${quote(name)} = excluded.${quote(name)}`).join(', ')}`
}
const tuples = (rows: readonly (readonly string[])[]) => sql.join(rows.map((row) => sql`(${sql.join(row)})`))
/** A table to be joined with: a list would be gone through for each row. */
const inValues: Dialect['oneOf'] = (expressions, rows) => sql<SqlBool>`(${sql.join(expressions)}) in (values ${tuples(rows)})`
const inQuotes = (mark: string) => (name: string) => `${mark}${name.replaceAll(mark, mark + mark)}${mark}`
const ansi = inQuotes('"')
const backticks = inQuotes('`')

const sqlite: Dialect = {
  name: 'sqlite',
  locksRows: false,
  values: 32_000,
  columns: {
    word: (length) => `varchar(${length})`,
    text: 'text',
    whole: 'integer',
    large: 'bigint',
    sequence: 'integer',
    real: 'real',
    counter: { type: 'integer', build: (column) => column.primaryKey().autoIncrement() },
  },
  tableEnd: async () => null,
  indexExists: () => false,
  quote: ansi,
  place: () => '?',
  onKnown: excluded(ansi),
  countOn: () => null,
  size: sql<number>`(select page_count * page_size from pragma_page_count(), pragma_page_size())`,
  clock: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
  concat: (...parts) => sql<string>`${sql.join(parts, sql` || `)}`,
  oneOf: inValues,
  quotient: (dividend, divisor) => sql<number>`(${dividend} / ${sql.lit(divisor)})`,
  jsonText: (column, member) => sql<string | null>`json_extract(${sql.ref(column)}, ${path(member)})`,
  jsonIs: (column, member, value) => {
    // Half of a surrogate pair comes out of JSON as something else: how it is written is compared.
    const written = value.isWellFormed() ? value : JSON.stringify(value)
    return sql<SqlBool>`(${sql.ref(column)} ->> ${path(member)} = ${value} or ${sql.ref(column)} -> ${path(member)} = ${written})`
  },
  // To LIKE a text ends at its first NUL, and is at most so long.
  holds: (column, text) =>
    text.includes('\0') || text.length > 10_000
      ? sql<SqlBool>`instr(lower(${sql.ref(column)}), lower(${text})) > 0`
      : sql<SqlBool>`${sql.ref(column)} like ${`%${escapeLike(text)}%`} escape '!'`,
  tokens: globTokens,
}

/** Binary, without padding: 'a' is not 'a '. The name depends on whose server it is. */
async function mysqlTableEnd(db: Kysely<unknown>): Promise<RawBuilder<unknown>> {
  const { rows } = await sql<{ version: string }>`select version() as version`.execute(db)
  const collation = rows[0]?.version.includes('MariaDB') ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin'
  return sql`engine = InnoDB row_format = dynamic default character set utf8mb4 collate ${sql.raw(collation)}`
}

/** LOWER knows the letters of all scripts: what is not ASCII has to stand there as it is, too. */
function mysqlHolds(column: string, text: string): RawBuilder<SqlBool> {
  const loosely = sql<SqlBool>`lower(${sql.ref(column)}) like lower(${`%${escapeLike(text)}%`}) escape '!'`
  const foreign = text.split(/[\0-\x7f]+/u)
  return foreign.some((piece) => piece !== '')
    ? sql<SqlBool>`(${loosely} and ${sql.ref(column)} like ${`%${foreign.map(escapeLike).join('%')}%`} escape '!')`
    : loosely
}

const mysql: Dialect = {
  name: 'mysql',
  locksRows: true,
  values: 60_000,
  columns: {
    word: (length) => `varchar(${length})`,
    text: sql`longtext`,
    whole: 'bigint',
    large: 'bigint',
    sequence: 'bigint',
    real: sql`double`,
    counter: { type: 'bigint', build: (column) => column.primaryKey().autoIncrement() },
  },
  tableEnd: mysqlTableEnd,
  indexExists: (error) => codeOf(error) === 'ER_DUP_KEYNAME',
  quote: backticks,
  place: () => '?',
  onKnown: (keys, changes) => {
    const columns = changes.length === 0 ? keys.slice(0, 1) : changes
    // VALUES() is the one spelling that MariaDB and MySQL share.
    const set = columns.map((name) => `${backticks(name)} = ${changes.length === 0 ? backticks(name) : `values(${backticks(name)})`}`)
    return `on duplicate key update ${set.join(', ')}`
  },
  countOn: () => null,
  size: sql<number>`(select sum(data_length + index_length) from information_schema.tables where table_schema = database())`,
  clock: sql<number>`cast(unix_timestamp(sysdate(6)) * 1000 as signed)`,
  concat: (...parts) => sql<string>`concat(${sql.join(parts)})`,
  oneOf: (expressions, rows) => sql<SqlBool>`(${sql.join(expressions)}) in (${tuples(rows)})`,
  quotient: (dividend, divisor) => sql<number>`(${dividend} div ${sql.lit(divisor)})`,
  jsonText: (column, member) =>
    sql<string | null>`(case when json_valid(${sql.ref(column)}) then json_unquote(json_extract(${sql.ref(column)}, ${path(member)})) end)`,
  // Half of a surrogate pair is no JSON there: the text itself is looked at then.
  jsonIs: (column, member, value) =>
    sql<SqlBool>`(case when json_valid(${sql.ref(column)}) then json_unquote(json_extract(${sql.ref(column)}, ${path(member)})) = ${value}
      else ${sql.ref(column)} like ${`%${escapeLike(`${JSON.stringify(member)}:${JSON.stringify(value)}`)}%`} escape '!' end)`,
  holds: mysqlHolds,
  // PCRE and ICU mean the very end by this.
  tokens: (column, tokens, open) => sql<SqlBool>`${sql.ref(column)} regexp ${tokenPattern(tokens, open, '\\z')}`,
}

/** PostgreSQL takes no NUL and no half of a surrogate pair out of JSON: they stand as U+FFFD to be looked at. A backslash before is escaped itself or not. */
const readableJson = (column: string) => sql`(case when strpos(${sql.ref(column)}, '\\u0000') > 0 or strpos(${sql.ref(column)}, '\\ud') > 0
  then regexp_replace(${sql.ref(column)}, '(?<!\\\\)((?:\\\\\\\\)*)\\\\u(?:0000|d[89a-f][0-9a-f]{2})', '\\1\\\\ufffd', 'g')
  else ${sql.ref(column)} end)::json`

const postgres: Dialect = {
  name: 'postgres',
  locksRows: true,
  values: 60_000,
  columns: {
    // The C collation compares bytes, and its lower case is ASCII's.
    word: () => sql`text collate "C"`,
    text: sql`text collate "C"`,
    whole: 'bigint',
    large: 'bigint',
    sequence: 'bigint',
    real: sql`double precision`,
    counter: { type: 'bigint', build: (column) => column.primaryKey().generatedByDefaultAsIdentity() },
  },
  tableEnd: async () => null,
  indexExists: () => false,
  quote: ansi,
  place: (n) => `$${n}`,
  onKnown: excluded(ansi),
  countOn: (table, column) =>
    sql`select setval(pg_get_serial_sequence(${table}, ${column}), (select coalesce(max(${sql.ref(column)}), 0) + 1 from ${sql.table(table)}), false)`,
  size: sql<number>`pg_database_size(current_database())`,
  clock: sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`,
  concat: (...parts) => sql<string>`${sql.join(parts, sql` || `)}`,
  oneOf: inValues,
  quotient: (dividend, divisor) => sql<number>`(${dividend} / ${sql.lit(divisor)})`,
  jsonText: (column, member) => sql<string | null>`(${readableJson(column)} ->> cast(${member} as text))`,
  jsonIs: (column, member, value) => {
    const json = readableJson(column)
    const readable = value.toWellFormed().replaceAll('\0', '\ufffd')
    return sql<SqlBool>`(${json} ->> cast(${member} as text) = ${readable} or cast(${json} -> cast(${member} as text) as text) = ${readable})`
  },
  holds: (column, text) => sql<SqlBool>`${sql.ref(column)} ilike ${`%${escapeLike(text)}%`} escape '!'`,
  tokens: (column, tokens, open) => sql<SqlBool>`${sql.ref(column)} ~ ${tokenPattern(tokens, open, '$')}`,
}

/** The dialect of a connection or a transaction. */
export function dialectOf(db: { getExecutor(): { readonly adapter: unknown } }): Dialect {
  const { adapter } = db.getExecutor()
  if (adapter instanceof PostgresAdapter) return postgres
  return adapter instanceof MysqlAdapter ? mysql : sqlite
}
