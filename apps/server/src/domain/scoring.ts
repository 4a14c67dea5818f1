import type { Severity } from '@decnet/contracts/api'
import { plural } from './plural.ts'
import { type Recognised, weighed } from './profile/recognised.ts'

/** What an attacker has done so far, as counts. */
export interface Conduct {
  readonly eventCount: number
  readonly sessionCount: number
  readonly credentialCount: number
  readonly loginCount: number
  readonly commandCount: number
  readonly fileCount: number
  readonly serviceCount: number
  readonly deckyCount: number
}
/** What a score is made of. */
export interface ScoredConduct extends Conduct {
  /** Wishes to fetch something, to connect or to tunnel elsewhere. */
  readonly outreachCount: number
  /** Techniques of ATT&CK that it was seen at. */
  readonly recognised: Recognised
}
export interface ScorePart {
  readonly part: string
  readonly points: number
  readonly why: string
}

/** Crossing one of these upwards is announced. */
export const THRESHOLDS: readonly { readonly score: number; readonly severity: Severity }[] = [
  { score: 15, severity: 'low' },
  { score: 35, severity: 'medium' },
  { score: 55, severity: 'high' },
  { score: 75, severity: 'critical' },
]

/** Grows with each tenfold, up to `most` points at `full`. */
const logarithmic = (n: number, full: number, most: number) =>
  n <= 0 ? 0 : Math.min(most, Math.round((most * Math.log1p(n)) / Math.log1p(full)))

const MOST = 100
/** What is recognised in words and requests alone is never critical: that takes something done besides. */
const MOST_TECHNIQUES = 70
/** Techniques that are named of many. */
const NAMED = 3

const sum = (parts: Readonly<Record<string, number>>) => Object.values(parts).reduce((all, part) => all + part, 0)

/** The gravest technique counts whole, each further one half as much as the one before: what is added never takes away. */
const techniquePoints = (recognised: Recognised): number =>
  Math.min(MOST_TECHNIQUES, Math.round(weighed(recognised).reduce((all, { points }, n) => all + points / 2 ** n, 0)))

/** Points per part; together 0 to 100. */
function points(conduct: ScoredConduct) {
  const done = {
    access: conduct.loginCount > 0 ? 30 : 0,
    commands: logarithmic(conduct.commandCount, 50, 16),
    files: conduct.fileCount > 0 ? Math.min(20, 12 + 4 * conduct.fileCount) : 0,
    attempts: logarithmic(conduct.credentialCount, 1_000, 12),
    reach: Math.max(0, Math.min(10, 4 * (conduct.deckyCount - 1) + 2 * (conduct.serviceCount - 1))),
    outreach: logarithmic(conduct.outreachCount, 10, 8),
    volume: logarithmic(conduct.eventCount, 10_000, 4),
  }
  return { ...done, techniques: Math.min(MOST - sum(done), techniquePoints(conduct.recognised)) }
}

/**
 * How much an attacker deserves attention, 0 to 100. What a person at a keyboard does (getting in, commands, files, reaching out for more) and what
 * does harm (exploits, execution, credentials read, impact) weigh most; noise alone (scans, sprays) stays below `high`.
 */
export const scoreOf = (conduct: ScoredConduct): number => sum(points(conduct))

/** "T1190, T1059, T1105 and 2 other techniques". */
function namedOf(recognised: Recognised): string {
  const all = weighed(recognised).map(({ technique }) => technique)
  const rest = all.length - NAMED
  if (rest > 0) return `${all.slice(0, NAMED).join(', ')} and ${plural(rest, 'other technique')}`
  return all.length < 2 ? all.join() : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}

/** Why the score is what it is: the parts that count, adding up to it. */
export function scoreParts(conduct: ScoredConduct): ScorePart[] {
  const given = points(conduct)
  const why: Record<keyof typeof given, string> = {
    access: `got in ${plural(conduct.loginCount, 'time')}`,
    commands: `gave ${plural(conduct.commandCount, 'command')}`,
    files: `left ${plural(conduct.fileCount, 'file')}`,
    attempts: `made ${plural(conduct.credentialCount, 'log-in attempt')}`,
    reach: `touched ${plural(conduct.deckyCount, 'decky', 'deckies')}, ${plural(conduct.serviceCount, 'service')}`,
    outreach: `wanted to fetch something or go elsewhere ${plural(conduct.outreachCount, 'time')}`,
    volume: `caused ${plural(conduct.eventCount, 'event')}`,
    techniques: `was seen at ${namedOf(conduct.recognised)}`,
  }
  return (Object.keys(given) as (keyof typeof given)[])
    .filter((part) => given[part] > 0)
    .map((part) => ({ part, points: given[part], why: why[part] }))
}

export const severityOf = (score: number): Severity => THRESHOLDS.findLast((threshold) => score >= threshold.score)?.severity ?? 'info'

/** The highest threshold that lies in (before, after], or undefined. */
export const crossed = (before: number, after: number) => THRESHOLDS.findLast(({ score }) => before < score && score <= after)
