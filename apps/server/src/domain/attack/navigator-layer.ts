import type { AttackDomain, NavigatorLayer, ObservedTechnique } from '@decnet/contracts/api'
import { plural } from '../plural.ts'
import type { AttackData } from './attack-data.ts'

/** The oldest Navigator that reads layers of this format. */
const NAVIGATOR = '4.9.0'
/** From a few tags to the most: light to dark, of one hue. */
const SEEN = ['#e3f1f3', '#0b6e7f']
/** Less often, as often, more often. */
const CHANGED = ['#7c80e2', '#ffffff', '#a03f04']

export interface LayerSubject {
  readonly domain: AttackDomain
  readonly name: string
  readonly description: string
  /** Whose it is, of which time. */
  readonly facts: Readonly<Record<string, string>>
}

const comment = ({ count, confidence_max, attacker_count, first_seen, last_seen }: ObservedTechnique): string =>
  [
    `${plural(count, 'tag')} of ${plural(attacker_count, 'attacker')}`,
    `confidence up to ${confidence_max.toFixed(2)}`,
    `first ${first_seen}, last ${last_seen}`,
  ].join('; ')

const metadata = (facts: Readonly<Record<string, string>>) => Object.entries(facts).map(([name, value]) => ({ name, value }))

type Entry = NavigatorLayer['techniques'][number]
type Gradient = NavigatorLayer['gradient']

/** What stands below each tactic of the domain, sub-techniques apart from their parents. */
function entriesOf(data: AttackData, rows: readonly ObservedTechnique[], domain: AttackDomain): Entry[] {
  const parents = new Set(data.techniques.flatMap(({ parent }) => parent?.id ?? []))
  return rows
    .filter((row) => row.domain === domain)
    .flatMap((row) =>
      row.tactics.map(({ id, count }) => ({
        techniqueID: row.sub_technique_id ?? row.technique_id,
        tactic: data.tactics.find((tactic) => tactic.id === id)?.shortName ?? id,
        score: count,
        comment: comment(row),
        enabled: true,
        ...(parents.has(row.sub_technique_id ?? row.technique_id) && { showSubtechniques: true }),
        links: [{ label: 'ATT&CK', url: row.mitre_url }],
        metadata: metadata({
          Tags: String(count),
          Attackers: String(row.attacker_count),
          Identities: String(row.identity_count),
          Confidence: row.confidence_max.toFixed(2),
          'First seen': row.first_seen,
          'Last seen': row.last_seen,
        }),
      })),
    )
}

const layerOf = (
  data: AttackData,
  { domain, name, description, facts }: LayerSubject,
  techniques: Entry[],
  gradient: Gradient,
): NavigatorLayer => ({
  name,
  versions: { attack: data.releases.find((release) => release.domain === domain)?.release ?? '', navigator: NAVIGATOR, layer: '4.5' },
  domain,
  description,
  sorting: 3,
  layout: {
    layout: 'side',
    aggregateFunction: 'sum',
    showID: false,
    showName: true,
    showAggregateScores: true,
    countUnscored: false,
    expandedSubtechniques: 'annotated',
  },
  hideDisabled: false,
  techniques,
  gradient,
  metadata: metadata(facts),
})
// The format asks for more than the least.
const most = (techniques: readonly Entry[]) => techniques.reduce((sum, { score }) => Math.max(sum, Math.abs(score)), 1)

/** A layer of MITRE's Navigator, format 4.5: how often each technique was seen, tactic by tactic. Only what belongs to the domain. */
export function navigatorLayer(data: AttackData, rows: readonly ObservedTechnique[], subject: LayerSubject): NavigatorLayer {
  const techniques = entriesOf(data, rows, subject.domain)
  return layerOf(data, subject, techniques, { colors: SEEN, minValue: 0, maxValue: most(techniques) })
}

/** How often each technique was seen beyond what was seen before; below 0: less often. What did not change has the score 0. */
export function navigatorDifference(
  data: AttackData,
  rows: readonly ObservedTechnique[],
  before: readonly ObservedTechnique[],
  subject: LayerSubject,
): NavigatorLayer {
  const key = ({ techniqueID, tactic }: Entry) => `${techniqueID} ${tactic}`
  const [now, then] = [rows, before].map((some) => new Map(entriesOf(data, some, subject.domain).map((entry) => [key(entry), entry])))
  const techniques = [...new Map([...(then ?? []), ...(now ?? [])])].map(([key, entry]) => {
    const [is, was] = [now?.get(key)?.score ?? 0, then?.get(key)?.score ?? 0]
    return {
      ...entry,
      score: is - was,
      comment: `${plural(is, 'tag')} now, ${was.toLocaleString('en')} before`,
      metadata: metadata({ 'Tags now': String(is), 'Tags before': String(was) }),
    }
  })
  const maxValue = most(techniques)
  return layerOf(data, subject, techniques, { colors: CHANGED, minValue: -maxValue, maxValue })
}
