import { type Figure, type Goal, median, met, ratioOf } from './figure.ts'
import { describeMachine, type Machine } from './machine.ts'

export interface Result {
  readonly name: string
  readonly summary: string
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

/** The table for a terminal. */
export function asText(machine: Machine, results: readonly Result[]): string {
  const rows = [[...HEAD], ...results.flatMap(({ figures }) => figures.map(row))]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const missing = results.flatMap(({ name, missing }) => (missing === undefined ? [] : [`${name}: not measured, ${missing}`]))
  return [describeMachine(machine), '', ...rows.map(line), ...missing, ''].join('\n')
}

/** `docs/performance.md`: the figures of this run and nothing else. */
export function asMarkdown(machine: Machine, results: readonly Result[]): string {
  const table = (figures: readonly Figure[]) =>
    [HEAD, HEAD.map(() => '---'), ...figures.map(row)].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  const sections = results.map(
    ({ name, summary, figures, missing }) =>
      `## ${name}\n\n${summary}\n\n${missing === undefined ? table(figures) : `Not measured: ${missing}.`}\n\nAgain: \`npm run bench -- ${name}\``,
  )
  return `# Performance

Written by \`npm run bench -- --write\`; every figure is what that run measured, nothing is rounded in anybody's favour.

Machine: ${describeMachine(machine)}.

Each benchmark warms up, then runs several times; the median counts and the spread stands beside it. What is compared ran in turns in the
same run, so that whatever else the machine did hit both. Clients run on the same machine and their work is part of each figure.

${sections.join('\n\n')}
`
}
