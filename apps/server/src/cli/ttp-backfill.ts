import { AppError } from '@decnet/kernel'
import { createLogger } from '@decnet/kernel/logging'
import { runBackfill } from '../backfill/run-backfill.ts'
import { progressOf } from '../backfill/show-backfill.ts'
import { sinceOf, timeOf } from '../backfill/since.ts'
import { plural } from '../domain/plural.ts'
import { visible } from '../domain/visible.ts'
import type { TtpBackfillTable } from '../store/backfill-table.ts'
import { iso, isoOrNull } from '../store/time.ts'
import type { CommandOptions } from './command.ts'
import { databaseOf, environmentOf, homeOf } from './home-of.ts'
import { operator } from './operator.ts'
import { print, printJson } from './output.ts'
import { progressLine } from './progress-line.ts'
import { openStored } from './stored.ts'
import { printTable } from './table.ts'

const usage = (message: string) => new AppError(message, { code: 'usage', hint: 'For example: decnet ttp backfill --since 7d' })

function requestOf({ since, until, rule }: CommandOptions, now: number) {
  if (typeof since !== 'string') throw usage('Say since when: --since 7d, --since 2026-11-01 or --since all.')
  const sinceAt = sinceOf(since, now)
  if (sinceAt === null) throw usage(`--since ${visible(since, 40)} is no time.`)
  const untilAt = typeof until === 'string' ? timeOf(until) : null
  if (typeof until === 'string' && untilAt === null) throw usage(`--until ${visible(until, 40)} is no time.`)
  if (untilAt !== null && untilAt < sinceAt) throw usage('That ends before it begins.')
  const rules = typeof rule === 'string' ? rule.split(',').map((each) => each.trim()) : null
  if (rules?.every((id) => id === '')) throw usage('--rule names no rule.')
  if (rules?.includes('')) throw usage(`--rule ${visible(String(rule), 60)} has a comma with no rule beside it.`)
  return { since, sinceAt, untilAt, rules, by: operator(), now }
}

const summaryOf = (
  { since_at, until_at, rules, records, evidence, tags, techniques, from_seq, to_seq }: TtpBackfillTable,
  resumed: boolean,
) => ({
  since: since_at === 0 ? null : iso(since_at),
  until: isoOrNull(until_at),
  rules: rules === null ? null : (JSON.parse(rules) as string[]),
  resumed,
  from_seq,
  to_seq,
  records,
  evidence,
  new_tags: tags,
  techniques: JSON.parse(techniques) as Record<string, number>,
})

/** Runs rules over what the log holds already; answers the exit code. */
export async function backfill(options: CommandOptions): Promise<number> {
  const request = requestOf(options, Date.now())
  const home = homeOf(options)
  // Says so where there is nothing yet, instead of making it.
  await (await openStored(options)).store.close()
  const line = progressLine()
  const { row, resumed } = await runBackfill({
    home,
    database: databaseOf(options),
    request,
    logger: createLogger({ name: 'backfill', level: environmentOf(options).logLevel === 'debug' ? 'debug' : 'warn' }),
    progress: (row) =>
      line.tell(`Looking back ${Math.floor(progressOf(row) * 100)} %, ${plural(row.records, 'record')}, ${plural(row.tags, 'new tag')}`),
  }).finally(() => line.end())
  const summary = summaryOf(row, resumed)
  if (options.json) {
    printJson(summary)
    return 0
  }
  const looked = `${plural(row.records, 'record')} looked at, ${plural(row.evidence, 'piece')} of evidence: ${plural(row.tags, 'new tag')}.`
  print(resumed ? `${looked} It went on where it was cut off.` : looked)
  if (row.tags > 0)
    printTable(
      ['Technique', 'New tags'],
      Object.entries(summary.techniques).map(([technique, count]) => [technique, count]),
      '',
    )
  return 0
}
