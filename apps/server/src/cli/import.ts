import { resolve } from 'node:path'
import { AppError } from '@decnet/kernel'
import pc from 'picocolors'
import { plural } from '../domain/plural.ts'
import { visible } from '../domain/visible.ts'
import { homeAt } from '../home.ts'
import { formats } from '../import/formats.ts'
import { type ImportResult, runImport } from '../import/run-import.ts'
import { type CommandDefinition, commonOptions, databaseOption } from './command.ts'
import { environmentOf } from './home-of.ts'
import { print, printJson } from './output.ts'
import { progressLine } from './progress-line.ts'

const BAR = 30
const STAGES = { read: 'Reading', log: 'Into the log', folds: 'Behind' } as const

function progressBar() {
  const line = progressLine()
  return {
    tell(stage: keyof typeof STAGES, done: number, total: number) {
      const part = total === 0 ? null : Math.min(1, done / total)
      const bar = part === null ? done.toLocaleString('en') : `${'█'.repeat(part * BAR).padEnd(BAR, '░')} ${Math.floor(part * 100)} %`
      line.tell(`${STAGES[stage]} ${bar}`)
    },
    end: () => line.end(),
  }
}

const summaryOf = ({ totals, fresh, folded, source, aside, likely, others, damaged }: ImportResult) => ({
  files: totals.files,
  lines: totals.lines,
  events: fresh ?? totals.events,
  skipped_duplicate: fresh === null ? null : totals.events - fresh,
  unknown: totals.unknown,
  without_attacker: totals.nameless,
  by_type: totals.by_type,
  unused: totals.unused,
  unknown_because: totals.reasons,
  recordings: totals.recordings,
  artifacts: totals.artifacts,
  source,
  taken_in: fresh !== null,
  folded,
  kept_aside: aside,
  looks_like: likely,
  other_files: others,
  damaged,
})

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => `${visible(name, 60)} ${count.toLocaleString('en')}`)
    .join(', ')

const nothingKnown = ({ totals }: ImportResult): boolean => totals.lines > 0 && totals.unknown === totals.lines

function show(result: ImportResult): void {
  const { totals, fresh, folded, aside, likely, others, damaged } = result
  print(`${plural(totals.lines, 'line')} of ${plural(totals.files, 'file')} told ${plural(totals.events, 'event')}.`)
  if (totals.events > 0) print(pc.dim(`  ${listed(totals.by_type)}`))
  if (totals.nameless > 0) print(`${plural(totals.nameless, 'event')} without an attacker: no address is named, or what is named is none.`)
  if (totals.recordings + totals.artifacts > 0)
    print(`With them came ${plural(totals.recordings, 'recording')} and ${plural(totals.artifacts, 'file')}.`)
  if (Object.keys(totals.unused).length > 0) print(`Known, and telling no event: ${listed(totals.unused)}.`)
  if (aside !== null) {
    print(pc.yellow(`${plural(totals.unknown, 'line')} could not be understood and lie in ${aside}`))
    print(pc.dim(`  ${listed(totals.reasons)}`))
    if (nothingKnown(result))
      print(pc.yellow(`Nothing came of it: not one line is of this format.${likely === null ? '' : ` It looks like ${likely}.`}`))
  }
  for (const { path, reason } of damaged) print(pc.yellow(`${visible(path)} is damaged and was read up to there: ${visible(reason)}`))
  if (others.length > 0)
    print(`${plural(others.length, 'file')} of the folder did not look like this format: ${visible(others.join(', '), 300)}`)
  if (fresh === null) print('They wait in the home: the server takes them in, now or when it starts.')
  else if (totals.events > 0) {
    const known = totals.events - fresh
    print(
      known === 0
        ? 'All of them are in the log.'
        : `${fresh.toLocaleString('en')} are new, ${known.toLocaleString('en')} were known already.`,
    )
    if (!folded) print('They are still being thought about; see `decnet workers`.')
  }
}

const folder = (given: unknown): string | null => (typeof given === 'string' ? resolve(given) : null)

/** Takes in what other honeypots logged. */
export const importLogs: CommandDefinition = {
  options: [
    ...commonOptions,
    databaseOption,
    { flags: '--format <name>', description: Object.keys(formats).join(', ') },
    { flags: '--ttylogs <folder>', description: 'cowrie: where its terminal recordings lie (var/lib/cowrie/tty)' },
    { flags: '--downloads <folder>', description: 'cowrie: where the files lie that attackers left (var/lib/cowrie/downloads)' },
    { flags: '--no-wait', description: 'return when everything is read; the server takes it in' },
  ],
  examples: [
    'decnet import --format cowrie /var/log/cowrie/cowrie.json',
    'decnet import --format cowrie --ttylogs tty --downloads downloads logs/',
    'decnet import --format opencanary /var/tmp/opencanary.log --json',
    'zstdcat tpot.json.zst | decnet import --format tpot -',
  ],
  async run({ args, options }) {
    const { format } = options
    if (typeof format !== 'string')
      throw new AppError('Say of which format the logs are.', { code: 'usage', hint: `--format ${Object.keys(formats).join('|')}` })
    // What it makes holds captured passwords.
    process.umask(0o077)
    const env = environmentOf(options)
    const bar = progressBar()
    const result = await runImport({
      format,
      paths: args,
      sources: { recordings: folder(options.ttylogs), downloads: folder(options.downloads) },
      home: homeAt(env.home),
      env,
      wait: options.wait !== false,
      progress: (stage, done, total) => bar.tell(stage, done, total),
    }).finally(() => bar.end())
    if (options.json) printJson(summaryOf(result))
    else show(result)
    return nothingKnown(result) ? 1 : 0
  },
}
