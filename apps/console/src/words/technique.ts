import type { AttackTactic, ObservedTechnique } from '@decnet/contracts/api'
import { sureness } from './evidence.ts'
import { listText } from './value-text.ts'

/** A technique or sub-technique as it was seen for one tactic. */
export interface SeenTechnique {
  readonly id: string
  readonly name: string
  /** Tags for this tactic; of a technique with those of its sub-techniques. 0: only known of. */
  readonly count: number
  readonly confidence: number
  /** RFC 3339; null where it was not seen. */
  readonly lastSeen: string | null
}
export interface TechniqueCell extends SeenTechnique {
  /** What was seen of it without naming a sub-technique. */
  readonly own: SeenTechnique | null
  /** Those that were seen, by id. */
  readonly subs: readonly SeenTechnique[]
}
export interface TacticColumn {
  readonly id: string
  readonly name: string
  readonly count: number
  readonly cells: readonly TechniqueCell[]
}

/** A technique that ATT&CK knows, seen or not. */
export interface KnownTechnique {
  readonly id: string
  readonly name: string
  readonly parent: object | null
  readonly tactics: readonly { readonly id: string }[]
}

const byCount = (a: SeenTechnique, b: SeenTechnique) => b.count - a.count || a.name.localeCompare(b.name)
const latest = (a: string | null, b: string) => (a === null || b > a ? b : a)

const unseen = ({ id, name }: { readonly id: string; readonly name: string }): TechniqueCell => ({
  id,
  name,
  count: 0,
  confidence: 0,
  lastSeen: null,
  own: null,
  subs: [],
})

function seenFor(tactic: string, rows: readonly ObservedTechnique[]): TechniqueCell[] {
  const cells = new Map<string, { -readonly [K in keyof TechniqueCell]: TechniqueCell[K] } & { subs: SeenTechnique[] }>()
  for (const row of rows) {
    const count = row.tactics.find(({ id }) => id === tactic)?.count ?? 0
    if (count === 0) continue
    const { technique_id: id, technique_name: name, sub_technique_id: sub, sub_technique_name: subName } = row
    const cell = cells.get(id) ?? { ...unseen({ id, name }), subs: [] }
    const seen = {
      id: sub ?? id,
      name: sub === null ? name : (subName ?? sub),
      count,
      confidence: row.confidence_max,
      lastSeen: row.last_seen,
    }
    cell.count += count
    cell.confidence = Math.max(cell.confidence, row.confidence_max)
    cell.lastSeen = latest(cell.lastSeen, row.last_seen)
    if (sub === null) cell.own = seen
    else cell.subs.push(seen)
    cells.set(id, cell)
  }
  return [...cells.values()].sort(byCount)
}

/**
 * The matrix: tactics in their order, below each what was seen for it, most often first.
 * `known`: every tactic, and below what was seen the other techniques by name; without it only tactics for which something was seen.
 */
export function tacticColumns(
  tactics: readonly Pick<AttackTactic, 'id' | 'name'>[],
  rows: readonly ObservedTechnique[],
  known?: readonly KnownTechnique[],
): TacticColumn[] {
  const columns = tactics.map(({ id, name }) => {
    const seen = seenFor(id, rows)
    const had = new Set(seen.map((cell) => cell.id))
    const others = (known ?? [])
      .filter((technique) => technique.parent === null && !had.has(technique.id) && technique.tactics.some((tactic) => tactic.id === id))
      .map(unseen)
    return { id, name, count: seen.reduce((sum, cell) => sum + cell.count, 0), cells: [...seen, ...others.sort(byCount)] }
  })
  return known ? columns : columns.filter(({ cells }) => cells.length > 0)
}

/** A technique in a list: a sub-technique stands by itself, below the name of what it belongs to. */
export interface TechniqueLine extends SeenTechnique {
  readonly under: string | null
}
export const linesOf = ({ cells }: TacticColumn): TechniqueLine[] =>
  cells.flatMap(({ own, subs, name }) => [...(own ? [{ ...own, under: null }] : []), ...subs.map((sub) => ({ ...sub, under: name }))])

/** Shades of the matrix, from 1 to this. */
const SHADES = 5
/** How dark a count is among others: by its magnitude, for a few techniques are seen a thousand times as often as the rest. */
export const shadeOf = (count: number, most: number): number =>
  count <= 0 ? 0 : most <= 1 ? 1 : 1 + Math.round(((SHADES - 1) * Math.log(count)) / Math.log(most))

type Evidence = Readonly<Record<string, unknown>>

/** Fields that say by themselves what was done, the most telling first. */
const LEADS: readonly (readonly string[])[] = [
  ['command_text'],
  ['query_text'],
  ['method', 'raw_url'],
  ['url'],
  ['target'],
  ['path'],
  ['name'],
  ['function'],
  ['username'],
]

/** What a rule saw: the words that tell most, byte for byte, and the other fields that say anything. */
export function evidenceOf(evidence: Evidence): {
  readonly lead: string
  readonly rest: readonly (readonly [name: string, text: string])[]
} {
  const names = LEADS.find((lead) => lead.every((name) => listText(evidence[name] ?? '') !== '')) ?? []
  const rest = Object.entries(evidence).flatMap(([name, value]): [string, string][] => {
    const text = value === null || value === undefined ? '' : listText(value)
    return names.includes(name) || text === '' ? [] : [[name, text]]
  })
  return { lead: names.map((name) => listText(evidence[name])).join(' '), rest }
}

/** How sure the surest rule was. */
export const confidenceWords = (confidence: number): string => (confidence >= 1 ? 'certain' : sureness(confidence))
