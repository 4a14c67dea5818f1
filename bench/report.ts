import { type Figure, type Goal, median, met, ratioOf } from './figure.ts'
import { describeMachine, type Machine } from './machine.ts'

export interface Result {
  readonly name: string
  readonly summary: string
  readonly method?: string | undefined
  readonly limits?: string | undefined
  readonly figures: readonly Figure[]
  /** Why there are none. */
  readonly missing?: string
}

const number = (value: number): string =>
  value.toLocaleString('en', Math.abs(value) >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 })
const span = (runs: readonly number[]): string => (runs.length < 2 ? '' : `${number(Math.min(...runs))} – ${number(Math.max(...runs))}`)
const promise = (goal: Goal | undefined, prefix = ''): string =>
  goal ? `${goal.kind === 'at least' ? '≥' : '≤'} ${number(goal.value)}${prefix}` : ''

const HEAD = ['figure', 'unit', 'median', 'min – max', 'runs', 'promised', 'beside it', 'ratio', ''] as const

function row(figure: Figure): string[] {
  const ratio = ratioOf(figure)
  const answer = met(figure)
  return [
    figure.name,
    figure.unit,
    number(median(figure.runs)),
    span(figure.runs),
    String(figure.runs.length),
    [promise(figure.goal), promise(figure.ratioGoal, ' × peer')].filter(Boolean).join(', '),
    figure.peer ? `${figure.peer.name}: ${number(median(figure.peer.runs))}` : '',
    ratio === null ? '' : ratio.toFixed(2),
    answer === null ? '' : answer ? 'kept' : 'MISSED',
  ]
}

/** By their groups, in the order in which those first come. */
const grouped = (figures: readonly Figure[]): [string, Figure[]][] => [...Map.groupBy(figures, ({ group = '' }) => group)]

/** The tables for a terminal. */
export function asText(machine: Machine, results: readonly Result[]): string {
  const groups = results.flatMap(({ name, figures }) =>
    grouped(figures).map(([group, figures]) => ({ title: group === '' ? name : `${name}: ${group}`, rows: figures.map(row) })),
  )
  const all = [[...HEAD], ...groups.flatMap(({ rows }) => rows)]
  const widths = HEAD.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const missing = results.flatMap(({ name, missing }) => (missing === undefined ? [] : [`${name}: not measured, ${missing}`]))
  const tables = groups.flatMap(({ title, rows }) => ['', title, ...rows.map(line)])
  return [describeMachine(machine), '', line(HEAD), ...tables, ...missing, ''].join('\n')
}

const INTRODUCTION = `# Performance

Written by \`npm run bench -- --write\`, section by section; every figure is what that run measured, nothing is rounded in anybody's favour.

Each benchmark warms up, then runs several times; the median counts and the spread stands beside it. What is compared ran in turns in the
same run, so that whatever else the machine did hit both. Clients run on the same machine and their work is part of each figure.`

/** How many promises a section keeps, as its own table says. */
function kept(section: string): string {
  const rows = section.split('\n').filter((line) => line.endsWith(' |') && !/^\| (figure|---) /u.test(line))
  const [good, missed] = [' kept |', ' MISSED |'].map((end) => rows.filter((row) => row.endsWith(end)).length)
  const name = /^## (\S+)/u.exec(section)?.[1] ?? ''
  return `| [${name}](#${name}) | ${rows.length} | ${(good ?? 0) + (missed ?? 0)} | ${good} |`
}

function sectionOf({ name, summary, method, limits, figures, missing }: Result, when: string, machine: Machine): string {
  const table = (figures: readonly Figure[]) =>
    [HEAD, HEAD.map(() => '---'), ...figures.map(row)].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  const tables = grouped(figures).map(([group, figures]) => (group === '' ? table(figures) : `### ${group}\n\n${table(figures)}`))
  return [
    `## ${name}`,
    summary,
    ...(method === undefined ? [] : [method]),
    missing === undefined ? tables.join('\n\n') : `Not measured: ${missing}.`,
    ...(limits === undefined ? [] : [`What limits: ${limits}`]),
    `Measured ${when}: ${describeMachine(machine)}.`,
    `Again: \`npm run bench -- ${name}\``,
  ].join('\n\n')
}

/**
 * `docs/performance.md` with the figures of this run: its sections take the place of their older ones, the others stay as they were measured.
 * `order`: all sections there are; `when`: day and version.
 */
export function asMarkdown(before: string, order: readonly string[], machine: Machine, when: string, results: readonly Result[]): string {
  const sections = new Map(
    before.split(/^(?=## )/mu).flatMap((section) => {
      const name = /^## (\S+)/u.exec(section)?.[1]
      return name === undefined ? [] : [[name, section.trim()] as const]
    }),
  )
  for (const result of results) sections.set(result.name, sectionOf(result, when, machine))
  const all = order.flatMap((name) => sections.get(name) ?? [])
  const contents = ['| section | figures | promised | kept |', '| --- | --: | --: | --: |', ...all.map(kept)].join('\n')
  return `${[INTRODUCTION, contents, ...all].join('\n\n')}\n`
}
