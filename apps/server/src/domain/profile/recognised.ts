/**
 * How sure it is that somebody used a technique, 0 to 1, by technique and tactic: `{"T1190 TA0001": 0.95}`. A sub-technique counts as its technique.
 */
export type Recognised = Readonly<Record<string, number>>

/** What one tag says. */
export interface Recognition {
  readonly technique_id: string
  readonly tactic: string | null
  readonly confidence: number
}

export const parseRecognised = (text: string | null): Recognised => (text === null ? {} : (JSON.parse(text) as Recognised))

const keyOf = ({ technique_id, tactic }: Recognition) => (tactic === null ? technique_id : `${technique_id} ${tactic}`)

/** Takes tags in; the surest of each counts, so that neither their order nor their number matters. */
export function recognise(before: Recognised, tags: readonly Recognition[]): Recognised {
  const surer = tags.filter((tag) => tag.confidence > (before[keyOf(tag)] ?? 0))
  if (surer.length === 0) return before
  const all = { ...before }
  for (const tag of surer) all[keyOf(tag)] = Math.max(all[keyOf(tag)] ?? 0, tag.confidence)
  return Object.fromEntries(Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** Points of a technique that is certain, where its tactic does not tell: what is counted elsewhere in the score weighs little or nothing here. */
const TECHNIQUES: Readonly<Record<string, number>> = {
  T1190: 65, // Exploit Public-Facing Application
  T0819: 65, // the same of industrial control systems
  T1110: 3, // Brute Force: log-in attempts are counted
  T1078: 3, // Valid Accounts: getting in is counted
  T1046: 0, // Network Service Discovery: hosts and services touched are counted
  T0846: 0, // Remote System Discovery
}
/** By tactic, of Enterprise and of ICS. */
const TACTICS: Readonly<Record<string, number>> = {
  ...{ TA0043: 0, TA0042: 5 }, // Reconnaissance, Resource Development
  ...{ TA0001: 20, TA0108: 20 }, // Initial Access
  ...{ TA0002: 25, TA0104: 25 }, // Execution
  ...{ TA0003: 20, TA0110: 20 }, // Persistence
  ...{ TA0004: 20, TA0111: 20 }, // Privilege Escalation
  ...{ TA0005: 15, TA0103: 15 }, // Defense Evasion
  ...{ TA0006: 25 }, // Credential Access
  ...{ TA0007: 5, TA0102: 5 }, // Discovery
  ...{ TA0008: 25, TA0109: 25 }, // Lateral Movement
  ...{ TA0009: 15, TA0100: 15 }, // Collection
  ...{ TA0011: 15, TA0101: 15 }, // Command and Control
  ...{ TA0010: 25 }, // Exfiltration
  ...{ TA0040: 60, TA0105: 60, TA0106: 60, TA0107: 60 }, // Impact, Impair Process Control, Inhibit Response Function
}
const OTHER = 5

interface Weighed {
  readonly technique: string
  readonly points: number
}
/** It is asked for with every event, and changes seldom. */
const known = new WeakMap<Recognised, readonly Weighed[]>()

/** The techniques that say something about how dangerous somebody is, with their points, most first. */
export function weighed(recognised: Recognised): readonly Weighed[] {
  const before = known.get(recognised)
  if (before) return before
  const best = new Map<string, number>()
  for (const [key, confidence] of Object.entries(recognised)) {
    const [technique = '', tactic = ''] = key.split(' ')
    const points = (TECHNIQUES[technique] ?? TACTICS[tactic] ?? OTHER) * confidence
    if (points > 0) best.set(technique, Math.max(best.get(technique) ?? 0, points))
  }
  const list = [...best]
    .map(([technique, points]) => ({ technique, points }))
    .sort((a, b) => b.points - a.points || (a.technique < b.technique ? -1 : 1))
  known.set(recognised, list)
  return list
}
