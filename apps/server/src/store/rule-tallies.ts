import { sql } from 'kysely'
import { dialectOf } from './dialect.ts'
import type { Db } from './open.ts'
import type { TtpVerdictTable } from './technique-tables.ts'
import { upsert } from './upsert.ts'

/** What came of a rule so far. */
export interface RuleTally {
  readonly rule: string
  /** Tags that are still kept. */
  readonly hits: number
  /** Epoch milliseconds of the latest. */
  readonly last: number | null
  /** Tags that somebody called so. */
  readonly right: number
  readonly wrong: number
}

/** What came of every rule that made a tag, or of one. */
export async function ruleTallies(db: Db, only: string | null = null): Promise<RuleTally[]> {
  const tags = only === null ? db.selectFrom('ttp_tags') : db.selectFrom('ttp_tags').where('rule_id', '=', only)
  const hits = await tags
    .select((eb) => ['rule_id as rule', eb.fn.countAll<number>().as('hits'), eb.fn.max('at').as('last')])
    .groupBy('rule_id')
    .execute()
  const said = await tags
    .innerJoin('ttp_verdicts', 'ttp_verdicts.tag_uuid', 'ttp_tags.uuid')
    .select((eb) => ['ttp_tags.rule_id as rule', 'ttp_verdicts.verdict as verdict', eb.fn.countAll<number>().as('times')])
    .groupBy(['ttp_tags.rule_id', 'ttp_verdicts.verdict'])
    .execute()
  const times = (rule: string, verdict: TtpVerdictTable['verdict']) =>
    Number(said.find((row) => row.rule === rule && row.verdict === verdict)?.times ?? 0)
  return hits.map(({ rule, hits, last }) => ({
    ...{ rule, hits: Number(hits), last: last === null ? null : Number(last) },
    ...{ right: times(rule, 'right'), wrong: times(rule, 'wrong') },
  }))
}

/** What the tags of rules say of those rules. */
export interface Claimed {
  readonly rule: string
  /** The latest version. */
  readonly version: number
  readonly kind: string
  /** The sub-technique where there is one. */
  readonly technique: string
  /** The most. */
  readonly confidence: number
}

/** What rules claimed by the tags that they made. */
export async function claimedBy(db: Db, rules: readonly string[]): Promise<Claimed[]> {
  if (rules.length === 0) return []
  const named = ['rule_id', 'source_kind', 'technique_id', 'sub_technique_id'] as const
  const rows = await db
    .selectFrom('ttp_tags')
    .select((eb) => [...named, eb.fn.max('rule_version').as('version'), eb.fn.max('confidence').as('confidence')])
    .where('rule_id', 'in', rules)
    .groupBy(named)
    .orderBy('rule_id')
    .execute()
  return rows.map(({ rule_id, source_kind, technique_id, sub_technique_id, version, confidence }) => ({
    ...{ rule: rule_id, kind: source_kind, technique: sub_technique_id ?? technique_id },
    ...{ version: Number(version), confidence: Number(confidence) },
  }))
}

/** Tags of one rule in one part of a period. */
export interface HitBar {
  readonly rule: string
  /** Epoch milliseconds at which the part begins. */
  readonly time: number
  readonly count: number
}

/** When the first and the last tag was, epoch milliseconds; null where there is none. */
export async function tagSpan(db: Db): Promise<{ from: number; to: number } | null> {
  const row = await db
    .selectFrom('ttp_tags')
    .select((eb) => [eb.fn.min('at').as('from'), eb.fn.max('at').as('to')])
    .executeTakeFirst()
  return row === undefined || row.from === null || row.to === null ? null : { from: Number(row.from), to: Number(row.to) }
}

/** How many tags each rule made in each part of a period, both ends included; parts without are left out. */
export async function ruleHits(
  db: Db,
  span: { readonly from: number; readonly to: number; readonly intervalMs: number },
): Promise<HitBar[]> {
  const part = sql<number>`${dialectOf(db).quotient(sql.ref('at'), span.intervalMs)} * ${sql.lit(span.intervalMs)}`
  const rows = await db
    .selectFrom('ttp_tags')
    .select((eb) => ['rule_id as rule', part.as('time'), eb.fn.countAll<number>().as('count')])
    .where('at', '>=', span.from)
    .where('at', '<=', span.to)
    .groupBy(['rule_id', 'time'])
    .orderBy('rule_id')
    .execute()
  return rows.map(({ rule, time, count }) => ({ rule, time: Number(time), count: Number(count) }))
}

/** Keeps what somebody said of a tag, in place of what was said before. Answers whether there is such a tag. */
export async function sayVerdict(db: Db, verdict: TtpVerdictTable): Promise<boolean> {
  const tag = await db.selectFrom('ttp_tags').select('uuid').where('uuid', '=', verdict.tag_uuid).executeTakeFirst()
  if (tag) await upsert(db, 'ttp_verdicts', 'tag_uuid', [verdict])
  return tag !== undefined
}

/** Answers whether anything had been said. */
export async function takeBackVerdict(db: Db, tag: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('ttp_verdicts').where('tag_uuid', '=', tag).executeTakeFirstOrThrow()
  return Number(numDeletedRows) > 0
}
