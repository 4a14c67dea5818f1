import { basename } from 'node:path'
import type { LabMethod, LabReport } from '@decnet/contracts/api'
import { baselines } from '../lab/baselines/methods.ts'
import { conditions } from '../lab/conditions.ts'
import { experiment, type Outcome } from '../lab/experiment.ts'
import { type Growth, growth } from '../lab/growth.ts'
import type { Knobs } from '../lab/knobs.ts'
import { linkage, unguarded } from '../lab/linkage.ts'
import { reportMarkdown } from '../lab/report/markdown.ts'
import { goals, type Report, reportPage } from '../lab/report/page.ts'
import { scoreNames, truthNotes } from '../lab/report/words.ts'
import { release } from '../release.ts'
import { progressLine } from './progress-line.ts'

const SMALLEST = 1_000

export interface ReportOptions {
  readonly seeds: number
  /** Observations of the largest campaign that is timed. */
  readonly growth: number
  readonly knobs: Partial<Knobs>
  /** The page, where one is asked for. */
  readonly out: string | undefined
  readonly madeAt: Date
}

/** Runs every method under every condition, and writes about it: as a page, as a document, and to be kept. Minutes of work: a line on a terminal says how far it is. */
export function makeReport({ seeds, growth: most, knobs, out, madeAt }: ReportOptions) {
  const methods = [linkage, unguarded, ...baselines]
  const progress = progressLine()
  const outcomes: Outcome[] = []
  const total = conditions.length * seeds
  let done = 0
  for (const step of experiment({ methods, conditions, seeds: Array.from({ length: seeds }, (_, index) => index + 1), knobs })) {
    if (step) outcomes.push(...step)
    else progress.tell(`Campaign ${++done} of ${total}, ${Math.floor((done * 100) / total)} %`)
  }
  const curve: Growth[] = []
  for (const point of most < SMALLEST ? [] : growth(linkage, SMALLEST, most, () => performance.now())) {
    curve.push(point)
    progress.tell(`Growth: ${point.observations.toLocaleString('en')} observations`)
  }
  progress.end()
  const command = [
    'decnet lab report',
    `--seeds ${seeds}`,
    ...Object.entries(knobs).map(([name, value]) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${value}`),
    `--growth ${most}`,
    ...(out === undefined ? [] : [`--out ${basename(out)}`]),
  ].join(' ')
  const results = { subject: linkage.name, seeds, command, outcomes, growth: curve }
  const report = { ...results, methods, conditions }
  return { results, kept: toKeep(report, madeAt), page: reportPage(report), markdown: reportMarkdown(report) }
}

const roles: Readonly<Record<string, LabMethod['kind']>> = {
  [linkage.name]: 'subject',
  'prior-rules': 'prior',
  'private-traits': 'ceiling',
}
const titled = ({ name, title }: { readonly name: string; readonly title: string }) => ({ name, title })

/** The report as figures, for the console. */
function toKeep({ subject, methods, conditions, outcomes, growth, seeds, command }: Report, madeAt: Date): LabReport {
  const usual = outcomes.find(({ method, condition }) => method === subject && condition === conditions[0]?.name)
  const sure = usual?.sure
  return {
    made_at: madeAt.toISOString(),
    release,
    command,
    seeds,
    promises: [
      { title: 'Identities', least: goals.identities, found: usual?.identities.bcubedF1 ?? null },
      { title: 'Campaigns', least: goals.campaigns, found: usual?.campaigns.bcubedF1 ?? null },
      {
        title: `Links that claim ${goals.sure}`,
        least: goals.sure,
        found: sure ? { value: sure.observed, low: sure.low, high: sure.high } : null,
      },
    ],
    methods: methods.map(({ name, title }) => ({ name, title, kind: roles[name] ?? 'other' })),
    conditions: conditions.map(titled),
    scores: scoreNames.map(([name, title]) => ({ name, title })),
    outcomes: outcomes.map(({ condition, method, identities, campaigns }) => ({ condition, method, identities, campaigns })),
    calibration: usual ? [...usual.calibration] : [],
    growth: [...growth],
    notes: [...truthNotes],
  }
}
