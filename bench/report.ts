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

/** How many promises each section keeps. */
function contents(results: readonly Result[]): string {
  const rows = results.map(({ name, figures }) => {
    const answers = figures.map(met).filter((answer) => answer !== null)
    return [`[${name}](#${name})`, String(figures.length), String(answers.length), String(answers.filter(Boolean).length)]
  })
  return [['section', 'figures', 'promised', 'kept'], ['---', '--:', '--:', '--:'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** `docs/performance.md`: the figures of this run and nothing else. */
export function asMarkdown(machine: Machine, results: readonly Result[]): string {
  const table = (figures: readonly Figure[]) =>
    [HEAD, HEAD.map(() => '---'), ...figures.map(row)].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  const tables = (figures: readonly Figure[]) =>
    grouped(figures)
      .map(([group, figures]) => (group === '' ? table(figures) : `### ${group}\n\n${table(figures)}`))
      .join('\n\n')
  const sections = results.map(({ name, summary, method, limits, figures, missing }) =>
    [
      `## ${name}`,
      summary,
      ...(method === undefined ? [] : [method]),
      missing === undefined ? tables(figures) : `Not measured: ${missing}.`,
      ...(limits === undefined ? [] : [`What limits: ${limits}`]),
      `Again: \`npm run bench -- ${name}\``,
    ].join('\n\n'),
  )
  return `# Performance

Written by \`npm run bench -- --write\`; every figure is what that run measured, nothing is rounded in anybody's favour.

Machine: ${describeMachine(machine)}.

Each benchmark warms up, then runs several times; the median counts and the spread stands beside it. What is compared ran in turns in the
same run, so that whatever else the machine did hit both. Clients run on the same machine and their work is part of each figure.

${contents(results)}

${sections.join('\n\n')}
`
}
