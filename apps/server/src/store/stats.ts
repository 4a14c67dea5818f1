import type { Severity, Stats } from '@decnet/contracts/api'
import { events } from '@decnet/contracts/events'
import { topics } from '@decnet/contracts/topics'
import { type Expression, type SqlBool, sql } from 'kysely'
import { COMMAND_TYPES, FILE_TYPES } from '../domain/event-kinds.ts'
import { headline, techniqueIn } from '../domain/headline.ts'
import { plural } from '../domain/plural.ts'
import { conductOf, shownByRows } from './attackers.ts'
import { type Top, topCredentials } from './credentials.ts'
import { type Dialect, dialectOf } from './dialect.ts'
import { handsOn } from './hands-on.ts'
import type { Db } from './open.ts'
import { iso } from './time.ts'

const PARTS = 24
const TOP = 8
type Series = { value: number; previous: number; series: number[] }

interface Span {
  readonly from: number
  readonly to: number
}
interface Counted {
  readonly slot: number
  readonly count: number
}

/** Which of the 24 equal parts a time lies in; parts below 0 belong to the period before. */
const slotOf = ({ quotient }: Dialect, span: Span, column: 'ts' | 'started_at' | 'last_seen' | 'first_seen') => {
  const width = Math.max(1, Math.ceil((span.to - span.from + 1) / PARTS))
  // Counted from the start of the period before, so that integer division never meets a negative number.
  return sql<number>`${quotient(sql<number>`(${sql.ref(column)} - ${sql.lit(span.from - width * PARTS)})`, width)} - ${sql.lit(PARTS)}`
}

function figure(rows: readonly Counted[]): Series {
  const series = Array.from({ length: PARTS }, () => 0)
  let previous = 0
  for (const { slot, count } of rows) {
    if (slot < 0) previous += Number(count)
    else if (slot < PARTS) series[slot] = (series[slot] ?? 0) + Number(count)
  }
  return { value: series.reduce((sum, n) => sum + n, 0), previous, series }
}

const lengthOf = (span: Span) => Math.max(1, Math.ceil((span.to - span.from + 1) / PARTS)) * PARTS

/** Events of some types by part; `only`: those of which this holds. */
const eventsOf = (db: Db, span: Span, types: readonly string[], only?: Expression<SqlBool>) => {
  let query = db
    .selectFrom('log')
    .select((eb) => [slotOf(dialectOf(db), span, 'ts').as('slot'), eb.fn.countAll<number>().as('count')])
    .where('topic', '=', topics.systemLog.pattern)
    .where('type', 'in', types)
    .where('ts', '>=', span.from - lengthOf(span))
    .where('ts', '<=', span.to)
  if (only) query = query.where(only)
  return query.groupBy('slot').execute()
}

/** Findings are announced again when they grow: each counts once in the period, and once in each part of the series. */
async function reuseOf(db: Db, span: Span): Promise<Series> {
  const id = dialectOf(db).jsonText('body', 'id')
  const found = (from: number, to: number) =>
    db.selectFrom('log').where('topic', '=', topics.credentialReuseDetected.pattern).where('ts', '>=', from).where('ts', '<=', to)
  const distinct = async (from: number, to: number) =>
    Number(
      (
        await found(from, to)
          .select((eb) => eb.fn.count<number>(id).distinct().as('count'))
          .executeTakeFirstOrThrow()
      ).count,
    )
  const rows = await found(span.from, span.to)
    .select((eb) => [slotOf(dialectOf(db), span, 'ts').as('slot'), eb.fn.count<number>(id).distinct().as('count')])
    .groupBy('slot')
    .execute()
  return { ...figure(rows), value: await distinct(span.from, span.to), previous: await distinct(span.from - lengthOf(span), span.from - 1) }
}

/** Sources are counted once for the whole period, and once in each part of the series. */
async function sourcesOf(db: Db, span: Span): Promise<Series> {
  const inSpan = (from: number, to: number) =>
    db
      .selectFrom('sessions')
      .select((eb) => eb.fn.count<number>('attacker_uuid').distinct().as('count'))
      .where('started_at', '>=', from)
      .where('started_at', '<=', to)
      .executeTakeFirstOrThrow()
  const rows = await db
    .selectFrom('sessions')
    .select((eb) => [slotOf(dialectOf(db), span, 'started_at').as('slot'), eb.fn.count<number>('attacker_uuid').distinct().as('count')])
    .where('started_at', '>=', span.from)
    .where('started_at', '<=', span.to)
    .groupBy('slot')
    .execute()
  const now = await inSpan(span.from, span.to)
  const before = await inSpan(span.from - lengthOf(span), span.from - 1)
  return { ...figure(rows), value: Number(now.count), previous: Number(before.count) }
}

async function topBy(db: Db, span: Span, column: 'decky' | 'service'): Promise<Top[]> {
  const rows = await db
    .selectFrom('sessions')
    .select((eb) => [
      eb.ref(column).as('value'),
      eb.fn.sum<number>('event_count').as('count'),
      eb.fn.count<number>('attacker_uuid').distinct().as('sources'),
    ])
    .where('last_at', '>=', span.from)
    .where('started_at', '<=', span.to)
    .groupBy(column)
    .orderBy('count', 'desc')
    .limit(TOP)
    .execute()
  return rows.map((row) => ({ value: row.value, count: Number(row.count), sources: Number(row.sources) }))
}

async function topCommands(db: Db, span: Span): Promise<Top[]> {
  const { jsonText, jsonIs } = dialectOf(db)
  const value = jsonText('body', 'command')
  const rows = await db
    .selectFrom('log')
    .select((eb) => [value.as('value'), eb.fn.countAll<number>().as('count'), eb.fn.count<number>('attacker_ip').distinct().as('sources')])
    .where('topic', '=', topics.systemLog.pattern)
    .where('type', '=', events.command.type)
    .where('ts', '>=', span.from)
    .where('ts', '<=', span.to)
    .where((eb) => eb.or([jsonIs('body', 'mode', 'exec'), jsonIs('body', 'mode', 'interactive')]))
    .where(value, 'is not', null)
    .groupBy('value')
    .orderBy('count', 'desc')
    .limit(TOP)
    .execute()
  return rows.map((row) => ({ value: row.value ?? '', count: Number(row.count), sources: Number(row.sources) }))
}

async function attackersOf(db: Db, span: Span) {
  const rows = await db
    .selectFrom('attackers')
    .selectAll()
    .where('last_seen', '>=', span.from)
    .where('first_seen', '<=', span.to)
    .orderBy('score', 'desc')
    .orderBy('last_seen', 'desc')
    .limit(TOP)
    .execute()
  const shown = await shownByRows(db, rows)
  return rows.map((row) => {
    const text = headline(conductOf(row), JSON.parse(row.deckies) as string[], shown.get(row.uuid))
    const severity = row.severity as Severity
    return {
      top: {
        uuid: row.uuid,
        ip: row.ip,
        score: row.score,
        severity,
        event_count: row.event_count,
        last_seen: iso(row.last_seen),
        headline: text,
      },
      story: {
        attacker_uuid: row.uuid,
        ip: row.ip,
        severity,
        at: iso(row.last_seen),
        text,
        technique: techniqueIn(text),
        meta: [plural(row.session_count, 'session'), (JSON.parse(row.services) as string[]).join(' ')],
      },
    }
  })
}

/** Everything that an overview shows for one period, beside the equally long one before it. */
export async function readStats(db: Db, span: Span): Promise<Stats> {
  const [logs, attackers, deckies, running] = await Promise.all([
    db.selectFrom('log_head').select('seq').executeTakeFirst(),
    db
      .selectFrom('attackers')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('deckies')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('deckies')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('state', '!=', 'stopped')
      .executeTakeFirstOrThrow(),
  ])
  const seen = await attackersOf(db, span)
  return {
    total_logs: logs?.seq ?? 0,
    unique_attackers: Number(attackers.count),
    active_deckies: Number(running.count),
    deployed_deckies: Number(deckies.count),
    period: { start_time: iso(span.from), end_time: iso(span.to) },
    sources: await sourcesOf(db, span),
    sessions: figure(await eventsOf(db, span, [events.connect.type])),
    logins: figure(await eventsOf(db, span, [events.authAttempt.type], dialectOf(db).jsonIs('body', 'outcome', 'success'))),
    credentials: figure(await eventsOf(db, span, [events.authAttempt.type])),
    files: figure(await eventsOf(db, span, FILE_TYPES)),
    commands: figure(await eventsOf(db, span, COMMAND_TYPES, handsOn(db))),
    reuse: await reuseOf(db, span),
    top_attackers: seen.map(({ top }) => top),
    top_passwords: await topCredentials(db, { by: 'secret', limit: TOP, from: span.from, to: span.to }),
    top_usernames: await topCredentials(db, { by: 'principal', limit: TOP, from: span.from, to: span.to }),
    top_commands: await topCommands(db, span),
    top_deckies: await topBy(db, span, 'decky'),
    top_services: await topBy(db, span, 'service'),
    stories: seen.map(({ story }) => story),
  }
}
