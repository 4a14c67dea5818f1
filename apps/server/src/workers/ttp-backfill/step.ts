import { type PayloadOf, topics } from '@decnet/contracts/topics'
import { deterministicId } from '@decnet/kernel'
import type { LogRecord, LogTx, NewLogRecord } from '@decnet/kernel/log'
import type { Engine } from '../../domain/ttp/engine/engine.ts'
import type { TtpBackfillTable } from '../../store/backfill-table.ts'
import { forgetWindows, takeBackfill } from '../../store/backfills.ts'
import type { Tx } from '../../store/log-table.ts'
import { keepTags, techniqueOf } from '../../tagging/keep-tags.ts'
import { countedTags, settleAgain } from '../../tagging/known-tags.ts'
import { type Seen, sightsOf } from '../../tagging/sights.ts'
import type { StoredWindows } from '../../tagging/stored-windows.ts'
import { tagRows } from '../../tagging/tag-rows.ts'

/** The worker's name, also where its records say where they come from. */
export const NAME = 'ttp-backfill'

/** What a run looks with. */
export interface Means {
  readonly engine: Engine
  readonly windows: StoredWindows
  readonly release: string
}
/** Some records, up to a place in the log. */
export interface Part {
  readonly records: readonly LogRecord[]
  readonly to: number
  /** Epoch milliseconds, where it is the last part of the run. */
  readonly endsAt: number | null
}
type Tagged = PayloadOf<typeof topics.ttpTagged>
type Fired = readonly [technique: string, payload: PayloadOf<typeof topics.ttpRuleFired>]

const derived = ({ id, ts, decky, service, attackerIp, sessionId }: LogRecord, body: Tagged): NewLogRecord => ({
  id: deterministicId(NAME, id, topics.ttpTagged.template, ...body.tag_uuids),
  topic: topics.ttpTagged.template,
  type: 'tagged',
  source: NAME,
  ...{ ts, decky, service, attackerIp, sessionId, attackerPort: null, body, msg: null },
})

/** Techniques with how many new tags each has, and those before. */
function counted(before: string, names: readonly string[]): string {
  const counts = new Map(Object.entries(JSON.parse(before) as Record<string, number>))
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return JSON.stringify(Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1))))
}

/** Looks at the next part of a run. Answers what was new, to be announced; null: somebody else was there first. */
export async function lookAgain(
  tx: Tx,
  log: Pick<LogTx, 'append'>,
  row: TtpBackfillTable,
  { engine, windows, release }: Means,
  { records, to, endsAt }: Part,
): Promise<{ readonly tagged: readonly LogRecord[]; readonly fired: readonly Fired[] } | null> {
  if (!(await takeBackfill(tx, row, to))) return null
  const { seen, evidence } = await sightsOf(tx, engine, records)
  await windows.load(
    tx,
    seen.flatMap(({ sight }) => engine.rowsOf(sight)),
  )
  const known = await countedTags(tx, seen)
  const isAsked = ({ record: { ts } }: Seen) => ts >= row.since_at && (row.until_at === null || ts <= row.until_at)
  const found = seen.flatMap((one) => {
    const { findings } = settleAgain(engine, windows, one, known)
    return isAsked(one) ? tagRows(one, findings, release) : []
  })
  if (endsAt === null) await windows.save(tx, to)
  else await forgetWindows(tx, row.uuid)
  const tagged: NewLogRecord[] = []
  const fired: Fired[] = []
  const added = await keepTags(tx, seen, found, {
    tagged: (record, payload) => void tagged.push(derived(record, payload)),
    fired: (...each) => void fired.push(each),
  })
  const so = await tx.selectFrom('ttp_backfills').selectAll().where('uuid', '=', row.uuid).executeTakeFirstOrThrow()
  const counts = {
    records: so.records + records.length,
    evidence: so.evidence + evidence,
    tags: so.tags + added.length,
    techniques: counted(so.techniques, added.map(techniqueOf)),
    ended_at: endsAt,
  }
  await tx.updateTable('ttp_backfills').set(counts).where('uuid', '=', row.uuid).execute()
  return { tagged: tagged.length > 0 ? await log.append(tagged) : [], fired }
}
