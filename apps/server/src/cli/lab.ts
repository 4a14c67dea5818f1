import { createReadStream, existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { AppError, isNodeError } from '@decnet/kernel'
import type { Grouping } from '../domain/linkage/observation.ts'
import { plural } from '../domain/plural.ts'
import { visible } from '../domain/visible.ts'
import { prepareHome } from '../home.ts'
import { generate } from '../lab/generate.ts'
import { type KnobName, type Knobs, knobNames, knobs } from '../lab/knobs.ts'
import { linkage } from '../lab/linkage.ts'
import { BadGrouping, byCampaign, byIdentity } from '../lab/partition.ts'
import { readGrouping } from '../lab/read-grouping.ts'
import { type Reading, readObservations } from '../lab/read-observations.ts'
import { scoreNames } from '../lab/report/words.ts'
import { score } from '../lab/scores.ts'
import { keepLabReport } from '../lab-shelf.ts'
import { type CommandDefinition, type CommandOptions, commonOptions } from './command.ts'
import { homeOf } from './home-of.ts'
import { makeReport } from './lab-report.ts'
import { wholeNumber } from './numbers.ts'
import { print, printJson } from './output.ts'
import { printTable } from './table.ts'

/** More than this many bad lines are counted, not named. */
const MOST_NAMED = 10

const dashed = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

function needed(options: CommandOptions, name: string, example: string): string {
  const value = options[name]
  if (typeof value === 'string' && value !== '') return value
  throw new AppError(`Say --${name} <file>.`, { code: 'usage', hint: `For example: ${example}` })
}

function knobsOf(options: CommandOptions): Partial<Knobs> {
  const given = knobNames.filter((name) => options[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, knobOf(name, options[name])]))
}
function knobOf(name: KnobName, given: unknown): number {
  const { low, high, whole } = knobs[name]
  if (whole) return wholeNumber(given, `--${dashed(name)}`, low, high)
  const value = given === '' ? Number.NaN : Number(given)
  if (value >= low && value <= high) return value
  throw new AppError(`--${dashed(name)} ${String(given)} is not a number from ${low} to ${high}.`, { code: 'bad_number' })
}

const plain: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'this user may not use it',
  EISDIR: 'is a folder',
  ENOSPC: 'the disk is full',
}

/** @throws {AppError} `bad_file`, naming the file and what is wrong with it. */
async function about<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const why = cause instanceof BadGrouping ? cause.message : isNodeError(cause) ? (plain[cause.code ?? ''] ?? cause.message) : undefined
    if (why === undefined) throw cause
    throw new AppError(`${file}: ${visible(why, 300)}`, { code: 'bad_file', cause })
  }
}

function tellBad(file: string, { refused, reduced }: Reading): void {
  for (const [lines, what] of [
    [refused, 'refused'],
    [reduced, 'taken in part'],
  ] as const) {
    for (const { line, why } of lines.slice(0, MOST_NAMED)) process.stderr.write(`${file}:${line}: ${visible(why, 200)}\n`)
    const more = lines.length - MOST_NAMED
    if (more > 0) process.stderr.write(`${file}: ${plural(more, 'more line')} ${what}\n`)
  }
}

const actions: Readonly<Record<string, (options: CommandOptions) => Promise<void>>> = {
  async generate(options) {
    const [out, truthFile] = ['out', 'truth'].map((name) =>
      needed(options, name, 'decnet lab generate --out seen.jsonl --truth truth.json'),
    )
    const { observations, truth } = generate({ seed: String(options.seed ?? 1), knobs: knobsOf(options) })
    await about(String(out), () =>
      writeFile(
        String(out),
        observations.map((one) => `${JSON.stringify(one)}\n`),
      ),
    )
    await about(String(truthFile), () => writeFile(String(truthFile), `${JSON.stringify(truth)}\n`))
    const counts = { observations: observations.length, identities: truth.identities.length, campaigns: truth.campaigns.length }
    if (options.json) return printJson({ ...counts, out, truth: truthFile })
    print(`${plural(counts.observations, 'observation')} in ${out}, the truth about them in ${truthFile}:`)
    print(`${plural(counts.identities, 'identity', 'identities')}, ${plural(counts.campaigns, 'campaign')} of several.`)
  },

  async identities(options) {
    const file = needed(options, 'in', 'decnet lab identities --in seen.jsonl --json')
    const reading = await about(file, () => readObservations(createReadStream(file)))
    tellBad(file, reading)
    if (reading.observations.length === 0)
      throw new AppError(`${file} holds no observation.`, {
        code: 'bad_file',
        hint: 'It takes one JSON object a line, with at least an "id"; `decnet lab generate` makes such a file.',
      })
    const { grouping } = linkage.find(reading.observations, { identities: [], campaigns: [] })
    if (options.json) return printJson(grouping)
    tellGrouping(grouping)
  },

  async score(options) {
    const read = async (name: string): Promise<Grouping> => {
      const file = needed(options, name, 'decnet lab score --truth truth.json --found found.json')
      return about(file, async () => readGrouping(await readFile(file, 'utf8')))
    }
    const [truth, found] = [await read('truth'), await read('found')]
    const { identities, campaigns } = await about(String(options.found), async () => ({
      identities: score(byIdentity(truth), byIdentity(found)),
      campaigns: score(byCampaign(truth), byCampaign(found)),
    }))
    const known = byIdentity(found)
    const missing = [...byIdentity(truth).keys()].filter((id) => !known.has(id)).length
    if (options.json) return printJson({ identities, campaigns, missing })
    const cell = ({ scores, intervals }: typeof identities, name: (typeof scoreNames)[number][0]) => {
      const [value, interval] = [scores[name], intervals[name]]
      return value === null || !interval ? '–' : `${value.toFixed(3)}  (${interval.low.toFixed(3)} to ${interval.high.toFixed(3)})`
    }
    const rows = scoreNames.map(([name, title]) => [title, cell(identities, name), cell(campaigns, name)])
    printTable(['Score', 'Identities', 'Campaigns'], rows, '')
    if (missing > 0) print(`\n${plural(missing, 'observation')} of the truth not found; counted as alone.`)
  },

  async report(options) {
    const file = (name: string) => (typeof options[name] === 'string' && options[name] !== '' ? options[name] : undefined)
    const [out, document, home] = [file('out'), file('markdown'), homeOf(options)]
    // Who only wants a page is given no home for it.
    const kept = out === undefined || existsSync(home.path)
    if (kept) prepareHome(home)
    const report = makeReport({
      seeds: wholeNumber(options.seeds ?? 30, '--seeds', 1, 1_000),
      growth: wholeNumber(options.growth ?? 16_000, '--growth', 0, 1_000_000),
      knobs: knobsOf(options),
      out,
      madeAt: new Date(),
    })
    const path = kept ? await about(home.lab, () => keepLabReport(home.lab, report.kept)) : null
    if (out !== undefined) await about(out, () => writeFile(out, report.page))
    if (document !== undefined) await about(document, () => writeFile(document, report.markdown))
    if (options.json) return printJson({ ...report.results, kept: path })
    if (path !== null) print(`The report is kept as ${path}: the console shows it under Lab.`)
    if (out !== undefined) print(`Its page is ${out}: open it in a browser.`)
  },
}

function tellGrouping({ identities, campaigns }: Grouping): void {
  const several = identities.filter(({ members }) => members.length > 1).toSorted((a, b) => b.members.length - a.members.length)
  const shown = several.slice(0, 20).map(({ id, members }) => [visible(id), members.length, visible(members.slice(0, 6).join(' '), 90)])
  printTable(['Identity', 'Observations', 'First of them'], shown, 'Nobody was seen twice.')
  const more = several.length - shown.length
  print()
  if (more > 0) print(`${more} more with several observations; --json lists them.`)
  print(`${plural(identities.length, 'identity', 'identities')}, ${plural(campaigns.length, 'campaign')}.`)
}

/** Measures linkage on attackers whose truth is known, and links observations from a file. */
export const lab: CommandDefinition = {
  options: [
    ...commonOptions,
    { flags: '--seed <seed>', description: 'generate: another seed, another campaign (default 1)' },
    { flags: '--out <file>', description: 'generate: observations, one a line; report: a page of it as well' },
    { flags: '--truth <file>', description: 'generate, score: who it really was' },
    { flags: '--in <file>', description: 'identities: observations, one a line' },
    { flags: '--found <file>', description: 'score: what `lab identities --json` printed' },
    { flags: '--seeds <n>', description: 'report: campaigns per condition (default 30)' },
    { flags: '--markdown <file>', description: 'report: its figures as a document as well' },
    { flags: '--growth <n>', description: 'report: time linkage on up to so many observations (default 16000; 0: not at all)' },
    ...knobNames.map((name) => {
      const { low, high, whole, says, default: value } = knobs[name]
      return { flags: `--${dashed(name)} <${whole ? 'n' : 'share'}>`, description: `${says} (${low} to ${high}, default ${value})` }
    }),
  ],
  examples: [
    'decnet lab generate --seed 7 --identities 500 --vpn-hopping 0.8 --out seen.jsonl --truth truth.json',
    'decnet lab identities --in seen.jsonl --json > found.json',
    'decnet lab score --truth truth.json --found found.json',
    'decnet lab report --seeds 30',
  ],
  async run({ args, options }) {
    const [name = ''] = args
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined
    if (!action)
      throw new AppError(name === '' ? 'Say what the lab shall do.' : `decnet lab does not know ${visible(name)}.`, {
        code: 'usage',
        hint: `It knows ${Object.keys(actions).join(', ')}.`,
      })
    await action(options)
    return 0
  },
}
