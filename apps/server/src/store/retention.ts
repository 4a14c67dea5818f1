import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** What goes: rows older than a moment (epoch milliseconds), and where rows are counted, those beyond the newest so many. */
export interface Rule {
  readonly before?: number
  readonly keep?: number
}
/** Rules for tables; a table without one is kept whole. */
export interface Rules {
  readonly log?: Rule
  readonly dead_letters?: Rule
  readonly sessions?: Pick<Rule, 'before'>
  readonly credentials?: Pick<Rule, 'before'>
  readonly credential_reuse?: Pick<Rule, 'before'>
  readonly attackers?: Pick<Rule, 'before'>
  readonly ttp_tags?: Pick<Rule, 'before'>
  /** What rules count: none looks further back. */
  readonly ttp_windows?: Pick<Rule, 'before'>
  readonly auth_sessions?: Pick<Rule, 'before'>
}
export interface RetentionOptions {
  /** Rows of each table that go at once. */
  readonly limit: number
  /** Folds that read the log: what one of them has yet to read stays. */
  readonly readers: readonly string[]
  readonly now: number
  /** Told the keys of sessions and attackers before they go: what is kept of them elsewhere goes with them. */
  readonly forget?: (table: 'sessions' | 'attackers', keys: readonly string[]) => Promise<void>
}
export interface Deleted {
  /** Operations on deckies go with the log. */
  readonly rows: Readonly<Partial<Record<keyof Rules | 'decky_operations', number>>>
  /** A table had as many as go at once: there may be more. */
  readonly more: boolean
}

type Db = Kysely<Schema>

/** A clock may be ahead by so much; what claims to come from later still does not hold up what lies behind it. */
const AHEAD_MS = 24 * 3_600_000

/** The last record that every reader has behind it. */
async function passedByAll(db: Db, readers: readonly string[]): Promise<number> {
  if (readers.length === 0) return (await db.selectFrom('log_head').select('seq').executeTakeFirst())?.seq ?? 0
  const slowest = await db
    .selectFrom('cursors')
    .select(['name', (eb) => eb.fn.min<number>('seq').as('seq')])
    .where('name', 'in', readers)
    .groupBy('name')
    .execute()
  return slowest.length < new Set(readers).size ? 0 : Math.min(...slowest.map(({ seq }) => Number(seq)))
}

/** The log goes oldest first and without gaps, so that a client knows by its first record whether it missed one. */
async function rotate(db: Db, { before, keep }: Rule, { limit, readers, now }: RetentionOptions): Promise<number> {
  const until = await passedByAll(db, readers)
  const head = (await db.selectFrom('log_head').select('seq').executeTakeFirst())?.seq ?? 0
  const oldest = await db.selectFrom('log').select(['seq', 'ts']).where('seq', '<=', until).orderBy('seq').limit(limit).execute()
  const beyond = keep === undefined ? 0 : head - keep
  let last = 0
  for (const { seq, ts } of oldest) {
    if (seq <= beyond || (before !== undefined && ts < before)) last = seq
    else if (ts <= now + AHEAD_MS) break
  }
  if (last === 0) return 0
  const { numDeletedRows } = await db.deleteFrom('log').where('seq', '<=', last).executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/** What the mutator counts back to: whether a decky has grown today. */
const COUNTED_MS = 24 * 3_600_000

/**
 * What was done to deckies before the log begins. Of each decky the last operation of each kind stays: what became of it, and when it was tried
 * to be changed.
 */
async function operations(db: Db, { before }: Rule, { limit, now }: Pick<RetentionOptions, 'limit' | 'now'>): Promise<number> {
  const begins = before ?? (await db.selectFrom('log').select('ts').orderBy('seq').limit(1).executeTakeFirst())?.ts ?? 0
  const old = await db
    .selectFrom('decky_operations as old')
    .select('id')
    .where('status', 'in', ['succeeded', 'failed'])
    .where('finished_at', '<', Math.min(begins, now - COUNTED_MS))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('decky_operations as later')
          .select('later.id')
          .whereRef('later.decky', '=', 'old.decky')
          .whereRef('later.operation', '=', 'old.operation')
          .where(({ eb, or, and, ref }) =>
            or([
              eb('later.created_at', '>', ref('old.created_at')),
              and([eb('later.created_at', '=', ref('old.created_at')), eb('later.id', '>', ref('old.id'))]),
            ]),
          ),
      ),
    )
    .orderBy('created_at')
    .limit(limit)
    .execute()
  if (old.length === 0) return 0
  const ids = old.map(({ id }) => id)
  return Number((await db.deleteFrom('decky_operations').where('id', 'in', ids).executeTakeFirstOrThrow()).numDeletedRows)
}

async function letters(db: Db, { before, keep }: Rule, limit: number): Promise<number> {
  const newest =
    keep === undefined
      ? undefined
      : await db.selectFrom('dead_letters').select('id').orderBy('id', 'desc').offset(keep).limit(1).executeTakeFirst()
  const beyond = newest?.id ?? 0
  const rows = await db
    .selectFrom('dead_letters')
    .select('id')
    .where((eb) => eb.or([eb('id', '<=', beyond), eb('at', '<', before ?? 0)]))
    .orderBy('id')
    .limit(limit)
    .execute()
  if (rows.length === 0) return 0
  const ids = rows.map(({ id }) => id)
  return Number((await db.deleteFrom('dead_letters').where('id', 'in', ids).executeTakeFirstOrThrow()).numDeletedRows)
}

const AGED = {
  sessions: { key: 'id', order: 'started_at', age: 'last_at' },
  credentials: { key: 'id', order: 'last_seen', age: 'last_seen' },
  credential_reuse: { key: 'id', order: 'last_seen', age: 'last_seen' },
  attackers: { key: 'uuid', order: 'last_seen', age: 'last_seen' },
  ttp_tags: { key: 'uuid', order: 'at', age: 'at' },
  auth_sessions: { key: 'token_sha256', order: 'expires_at', age: 'expires_at' },
} as const

const OF_ATTACKERS = [
  'attacker_features',
  'attacker_fingerprint_state',
  'attacker_probes',
  'trait_series',
  'attacker_visits',
  'typing_profiles',
  'ttp_tags',
] as const

/** Rows that say themselves when they were last touched. A session that is still open stays. */
async function aged(
  db: Db,
  table: keyof typeof AGED,
  before: number,
  { limit, forget }: Pick<RetentionOptions, 'limit' | 'forget'>,
): Promise<number> {
  const { key, order, age } = AGED[table]
  // What these tables have in common is more than their types say.
  const rows = (db as unknown as Kysely<Record<string, Record<string, string | number | null>>>)
    .selectFrom(table)
    .select(key)
    .where(order, '<', before)
    .where(age, '<', before)
    .orderBy(order)
    .limit(limit)
  const old = await (table === 'sessions' ? rows.where('ended_at', 'is not', null) : rows).execute()
  if (old.length === 0) return 0
  const keys = old.map((row) => String(row[key]))
  if (table === 'sessions' || table === 'attackers') await forget?.(table, keys)
  if (table === 'attackers' || table === 'ttp_tags') await verdicts(db, table, keys)
  if (table === 'attackers') for (const own of OF_ATTACKERS) await db.deleteFrom(own).where('attacker_uuid', 'in', keys).execute()
  if (table === 'credential_reuse') await db.deleteFrom('credential_targets').where('group_id', 'in', keys).execute()
  const query = (db as unknown as Kysely<Record<string, Record<string, string>>>).deleteFrom(table).where(key, 'in', keys)
  return Number((await query.executeTakeFirstOrThrow()).numDeletedRows)
}

/** What was said of tags goes with them. */
async function verdicts(db: Db, table: 'attackers' | 'ttp_tags', keys: readonly string[]): Promise<void> {
  const key = table === 'attackers' ? 'attacker_uuid' : 'uuid'
  const gone = db.selectFrom('ttp_tags').select('uuid').where(key, 'in', keys)
  await db.deleteFrom('ttp_verdicts').where('tag_uuid', 'in', gone).execute()
}

/** Secrets that wait for a second target: they are no finding, and nobody sees them. */
async function waiting(db: Db, before: number, limit: number): Promise<number> {
  const old = await db
    .selectFrom('credential_targets')
    .select('group_id')
    .where('last_seen', '<', before)
    .where('group_id', 'not in', (eb) => eb.selectFrom('credential_reuse').select('id'))
    .limit(limit)
    .execute()
  if (old.length === 0) return 0
  const ids = old.map((row) => row.group_id)
  return Number((await db.deleteFrom('credential_targets').where('group_id', 'in', ids).executeTakeFirstOrThrow()).numDeletedRows)
}

/** Records after which a window that none of them touched is done with, however old the events in it were: an import may still be at it. */
const UNTOUCHED = 100_000

/** Windows in which nothing counted for longer than any window lasts. */
async function windows(db: Db, before: number, limit: number): Promise<number> {
  const head = (await db.selectFrom('log_head').select('seq').executeTakeFirst())?.seq ?? 0
  const old = await db
    .selectFrom('ttp_windows')
    .select(['rule', 'window_key'])
    .where('at', '<', before)
    .where('last_seq', '<', head - UNTOUCHED)
    // Those of a run over the past are as old as that, and go with it.
    .where('rule', 'not like', '~%')
    .limit(limit)
    .execute()
  for (const [rule, rows] of Map.groupBy(old, (row) => row.rule)) {
    const keys = rows.map(({ window_key }) => window_key)
    await db.deleteFrom('ttp_windows').where('rule', '=', rule).where('window_key', 'in', keys).where('at', '<', before).execute()
  }
  return old.length
}

/**
 * Deletes what the rules no longer keep, at most `limit` rows of each table, oldest first; call it again while there is more. Safe to be cut off
 * anywhere, and to be run by several at once.
 */
export async function deleteOlder(db: Db, rules: Rules, options: RetentionOptions): Promise<Deleted> {
  const limit = Math.min(options.limit, 5_000)
  const rows: Partial<Record<keyof Rules | 'decky_operations', number>> = {}
  if (rules.log) {
    rows.log = await rotate(db, rules.log, { ...options, limit })
    rows.decky_operations = await operations(db, rules.log, { ...options, limit })
  }
  if (rules.dead_letters) rows.dead_letters = await letters(db, rules.dead_letters, limit)
  if (rules.ttp_windows?.before !== undefined) rows.ttp_windows = await windows(db, rules.ttp_windows.before, limit)
  for (const table of Object.keys(AGED) as (keyof typeof AGED)[]) {
    const before = rules[table]?.before
    if (before === undefined) continue
    rows[table] = await aged(db, table, before, { ...options, limit })
    if (table === 'credential_reuse') rows[table] += await waiting(db, before, limit)
  }
  return { rows, more: Object.values(rows).some((count) => count >= limit) }
}
