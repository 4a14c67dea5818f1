import type { Kysely } from 'kysely'
import { type Recognised, recognise } from '../../domain/profile/recognised.ts'
import { scoreOf, scoreParts, severityOf } from '../../domain/scoring.ts'
import { columnAdder } from '../add-column.ts'
import { conductOf } from '../attackers.ts'
import { dialectOf } from '../dialect.ts'
import type { AttackerTable } from '../schema.ts'
import type { TtpTagTable } from '../technique-tables.ts'

interface Scored {
  attackers: AttackerTable
  ttp_tags: TtpTagTable
}
const AT_ONCE = 500

/** Techniques count in the score: also those that were recognised before they did. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const dialect = dialectOf(db)
  await columnAdder(dialect)(db.schema.alterTable('attackers').addColumn('techniques', dialect.columns.text))
  await scoreAll(db as unknown as Kysely<Scored>)
}

async function scoreAll(db: Kysely<Scored>): Promise<void> {
  for (let after = ''; ; ) {
    const tagged = await db
      .selectFrom('ttp_tags')
      .select('attacker_uuid')
      .distinct()
      .where('attacker_uuid', '>', after)
      .orderBy('attacker_uuid')
      .limit(AT_ONCE)
      .execute()
    const uuids = tagged.flatMap(({ attacker_uuid }) => attacker_uuid ?? [])
    const last = uuids.at(-1)
    if (last === undefined) return
    await scoreSome(db, uuids)
    after = last
  }
}

async function scoreSome(db: Kysely<Scored>, uuids: readonly string[]): Promise<void> {
  const tags = await db
    .selectFrom('ttp_tags')
    .select((eb) => ['attacker_uuid', 'technique_id', 'tactic', eb.fn.max<number>('confidence').as('confidence')])
    .where('attacker_uuid', 'in', uuids)
    .groupBy(['attacker_uuid', 'technique_id', 'tactic'])
    .execute()
  const found = new Map<string, Recognised>()
  for (const { attacker_uuid, ...tag } of tags) {
    const uuid = attacker_uuid ?? ''
    found.set(uuid, recognise(found.get(uuid) ?? {}, [tag]))
  }
  for (const row of await db.selectFrom('attackers').selectAll().where('uuid', 'in', uuids).execute()) {
    const recognised = found.get(row.uuid) ?? {}
    const conduct = { ...conductOf(row), recognised }
    const score = Math.max(row.score, scoreOf(conduct))
    const changed = { score, severity: severityOf(score), score_parts: JSON.stringify(scoreParts(conduct)) }
    await db
      .updateTable('attackers')
      .set({ ...changed, techniques: JSON.stringify(recognised) })
      .where('uuid', '=', row.uuid)
      .execute()
  }
}
