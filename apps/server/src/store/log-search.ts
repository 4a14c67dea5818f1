import type { Page } from '@decnet/contracts/api'
import type { LogRecord } from '@decnet/kernel/log'
import { type Expression, type ExpressionBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely'
import { parseSearch, type SearchTerm } from '../domain/search.ts'
import { type Dialect, dialectOf } from './dialect.ts'
import { toRecord } from './log-table.ts'
import type { Db } from './open.ts'
import type { Schema } from './schema.ts'
import { topicMatches } from './topic-filter.ts'

type LogExpression = ExpressionBuilder<Schema, 'log'>

function condition(dialect: Dialect, eb: LogExpression, term: SearchTerm): Expression<SqlBool> {
  if (term.kind === 'column') return term.column === 'topic' ? topicMatches(dialect, eb, term.value) : eb(term.column, '=', term.value)
  // Events hold strings; what is derived holds numbers and truth values too, equal to how they are written.
  if (term.kind === 'field') return dialect.jsonIs('body', term.field, term.value)
  // A body is JSON: the text stands there as JSON writes it.
  const inBody = JSON.stringify(term.value).slice(1, -1)
  return eb.or([
    dialect.holds('body', inBody),
    ...['attacker_ip', 'decky', 'service', 'type', 'msg'].map((column) => dialect.holds(column, term.value)),
  ])
}

/** Null columns make a plain NOT unknown; here, what is not known to hold is excluded. */
const holds = (dialect: Dialect, eb: LogExpression, term: SearchTerm): Expression<SqlBool> =>
  term.negated ? sql<SqlBool>`not coalesce(${condition(dialect, eb, term)}, false)` : condition(dialect, eb, term)

export interface LogFilter {
  readonly search?: string | undefined
  /** Uuids: of records that name one of them in their body. */
  readonly naming?: readonly string[] | undefined
  /** Epoch milliseconds, both ends included. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly after?: number | undefined
  readonly before?: number | undefined
  /** Topic patterns; absent = all. */
  readonly topics?: readonly string[] | undefined
  /** Sensors' ticks are hidden unless asked for. */
  readonly ticks?: boolean | undefined
}

function filtered<O>(db: Db, query: SelectQueryBuilder<Schema, 'log', O>, filter: LogFilter): SelectQueryBuilder<Schema, 'log', O> {
  const dialect = dialectOf(db)
  let narrowed = query
  if (filter.from !== undefined) narrowed = narrowed.where('ts', '>=', filter.from)
  if (filter.to !== undefined) narrowed = narrowed.where('ts', '<=', filter.to)
  if (filter.after !== undefined) narrowed = narrowed.where('seq', '>', filter.after)
  if (filter.before !== undefined) narrowed = narrowed.where('seq', '<', filter.before)
  const { topics, naming } = filter
  if (naming) narrowed = narrowed.where((eb) => eb.or(naming.map((name) => dialect.holds('body', name))))
  if (topics) narrowed = narrowed.where((eb) => eb.or(topics.map((pattern) => topicMatches(dialect, eb, pattern))))
  const terms = parseSearch(filter.search ?? '')
  for (const term of terms) narrowed = narrowed.where((eb) => holds(dialect, eb, term))
  if (!filter.ticks && !terms.some((term) => term.kind === 'column' && term.column === 'type'))
    narrowed = narrowed.where('type', '!=', 'tick')
  return narrowed
}

/** Up to so many matches, one pass finds the page and its total. */
const COUNTED_AT_ONCE = 2_000

/** Newest first. A word that stands almost nowhere costs one pass over the log, one that stands everywhere the counting alone. */
export async function searchLog(db: Db, filter: LogFilter & { readonly limit: number; readonly offset: number }): Promise<Page<LogRecord>> {
  const { limit, offset } = filter
  const most = Math.max(COUNTED_AT_ONCE, offset + limit)
  const found = await filtered(db, db.selectFrom('log').select('seq'), filter)
    .orderBy('seq', 'desc')
    .limit(most + 1)
    .execute()
  const page = found.slice(offset, offset + limit).map(({ seq }) => seq)
  const rows = page.length === 0 ? [] : await db.selectFrom('log').selectAll().where('seq', 'in', page).orderBy('seq', 'desc').execute()
  const total = found.length > most ? await countLog(db, filter) : found.length
  return { total, limit, offset, data: rows.map(toRecord) }
}

async function countLog(db: Db, filter: LogFilter): Promise<number> {
  const counting = db.selectFrom('log').select((eb) => eb.fn.countAll<number>().as('total'))
  return Number((await filtered(db, counting, filter).executeTakeFirstOrThrow()).total)
}

/** Oldest first after a sequence number, for streams: what a client missed. `scanned`: how far it looked. */
export async function readAfter(
  db: Db,
  filter: LogFilter & { readonly after: number; readonly limit: number },
): Promise<{ records: LogRecord[]; scanned: number }> {
  const head = (await db.selectFrom('log_head').select('seq').executeTakeFirst())?.seq ?? 0
  if (head <= filter.after) return { records: [], scanned: filter.after }
  const rows = await filtered(db, db.selectFrom('log').selectAll().where('seq', '<=', head), filter)
    .orderBy('seq')
    .limit(filter.limit)
    .execute()
  return { records: rows.map(toRecord), scanned: rows.length < filter.limit ? head : (rows.at(-1)?.seq ?? filter.after) }
}

/** The first sequence number still kept (where nothing is: the next one), and the last ever given. */
export async function logBounds(db: Db): Promise<{ first: number; head: number }> {
  const first = await db.selectFrom('log').select('seq').orderBy('seq').limit(1).executeTakeFirst()
  const head = await db.selectFrom('log_head').select('seq').executeTakeFirst()
  const last = head?.seq ?? 0
  return { first: first?.seq ?? last + 1, head: last }
}

export interface Bucket {
  /** Start of the bucket, epoch milliseconds; a multiple of the interval. */
  readonly time: number
  readonly service: string | null
  readonly count: number
}

/** What `searchLog` counts under the same filter, by time and service. Buckets with nothing in them are absent. */
export async function logHistogram(db: Db, filter: LogFilter & { readonly intervalMs: number }): Promise<Bucket[]> {
  const bucket = sql<number>`${dialectOf(db).quotient(sql.ref('ts'), filter.intervalMs)} * ${sql.lit(filter.intervalMs)}`
  const rows = await filtered(
    db,
    db.selectFrom('log').select((eb) => [bucket.as('time'), 'service', eb.fn.countAll<number>().as('count')]),
    filter,
  )
    .groupBy(['time', 'service'])
    .orderBy('time')
    .execute()
  return rows.map((row) => ({ time: Number(row.time), service: row.service, count: Number(row.count) }))
}
