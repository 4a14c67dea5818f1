import { type Attribution, attribute } from '../../domain/attribution/attribute.ts'
import { PERSISTENCE_PRIMITIVE } from '../../domain/attribution/persistence.ts'
import type { Json, TraitObservation } from '../../domain/attribution/state.ts'
import type { TraitSeriesTable } from '../../store/habit-tables.ts'
import type { Tx } from '../../store/log-table.ts'
import type { AttributionStateTable } from '../../store/schema.ts'
import { upsert } from '../../store/upsert.ts'

/** Observations of one trait of one attacker that are looked at, the latest; counted are all. */
const LOOKED_AT = 64
/** Attackers or identities that are asked for at once. */
const AT_ONCE = 200

interface Series {
  readonly attacker: string
  readonly primitive: string
  count: number
  lastSeq: number
  readonly latest: [ts: number, value: Json][]
}

/** One observation, as its record in the log says. */
export interface Seen {
  readonly attacker: string
  readonly primitive: string
  /** Seconds since 1970. */
  readonly ts: number
  readonly value: Json
  readonly seq: number
}

const keyOf = (owner: string, primitive: string): string => `${owner} ${primitive}`

const stored = (row: AttributionStateTable): Attribution => ({
  primitive: row.primitive,
  current_value: JSON.parse(row.current_value) as Json,
  state: row.state as Attribution['state'],
  confidence: row.confidence,
  observation_count: row.observation_count,
  last_change_ts: row.last_change_ts / 1000,
  last_observation_ts: row.last_observation_ts / 1000,
  schema_version: 1,
})
const rowOf = (identity: string, trait: Attribution): AttributionStateTable => ({
  ...trait,
  identity_uuid: identity,
  current_value: JSON.stringify(trait.current_value),
  last_change_ts: Math.round(trait.last_change_ts * 1000),
  last_observation_ts: Math.round(trait.last_observation_ts * 1000),
})

/**
 * What attackers showed and what is known of identities, as far as the log was handled and no further; read once and written once for all
 * that one transaction touches. `save` before anybody else reads.
 */
export class Traits {
  readonly #tx: Tx
  readonly #series = new Map<string, Series>()
  /** When attackers were seen first, epoch milliseconds. */
  readonly #firstSeen = new Map<string, number>()
  /** Attackers of whom, and traits for which, the series are known. */
  readonly #looked = new Set<string>()
  readonly #touched = new Set<Series>()
  readonly #states = new Map<string, Map<string, Attribution>>()
  readonly #changed = new Map<string, AttributionStateTable>()

  constructor(tx: Tx) {
    this.#tx = tx
  }

  /** Reads the series of these attackers, for all traits when none is named. */
  async look(attackers: readonly string[], primitives?: readonly string[]): Promise<void> {
    const missing = (attacker: string) => primitives?.some((primitive) => !this.#looked.has(keyOf(attacker, primitive))) ?? true
    const asked = attackers.filter(missing)
    for (let at = 0; at < asked.length; at += AT_ONCE) {
      const some = asked.slice(at, at + AT_ONCE)
      const query = this.#tx.selectFrom('trait_series').selectAll().where('attacker_uuid', 'in', some)
      this.#keep(await (primitives ? query.where('primitive', 'in', primitives) : query).execute())
      if (!(primitives?.includes(PERSISTENCE_PRIMITIVE) ?? true)) continue
      const seen = await this.#tx.selectFrom('attackers').select(['uuid', 'first_seen']).where('uuid', 'in', some).execute()
      for (const { uuid, first_seen } of seen) this.#firstSeen.set(uuid, first_seen)
    }
    for (const attacker of asked) for (const primitive of primitives ?? []) this.#looked.add(keyOf(attacker, primitive))
  }

  #keep(rows: readonly TraitSeriesTable[]): void {
    for (const row of rows) {
      const key = keyOf(row.attacker_uuid, row.primitive)
      if (this.#series.has(key)) continue
      const latest = JSON.parse(row.latest) as Series['latest']
      this.#series.set(key, {
        attacker: row.attacker_uuid,
        primitive: row.primitive,
        count: row.observation_count,
        lastSeq: Number(row.last_seq),
        latest,
      })
    }
  }

  /** Takes in one observation of a series that was looked at; false for one that it has already. */
  add({ attacker, primitive, ts, value, seq }: Seen): boolean {
    const key = keyOf(attacker, primitive)
    const series = this.#series.get(key) ?? { attacker, primitive, count: 0, lastSeq: 0, latest: [] }
    if (seq <= series.lastSeq) return false
    this.#series.set(key, series)
    this.#touched.add(series)
    series.count += 1
    series.lastSeq = seq
    series.latest.splice(series.latest.findLastIndex(([before]) => before <= ts) + 1, 0, [ts, value])
    if (series.latest.length > LOOKED_AT) series.latest.shift()
    return true
  }

  /** Traits that these attackers showed; all of theirs must have been looked at. */
  shownBy(attackers: readonly string[]): Set<string> {
    return new Set([...this.#series.values()].flatMap(({ attacker, primitive }) => (attackers.includes(attacker) ? [primitive] : [])))
  }

  /** What one trait of these attackers together adds up to, when `before` was said of it; null where none of them showed it. */
  addUp(attackers: readonly string[], primitive: string, before: Attribution | null): Attribution | null {
    const all = attackers.flatMap((attacker) => this.#series.get(keyOf(attacker, primitive)) ?? [])
    const observations = all.flatMap(({ attacker, latest }) =>
      latest.map(([ts, value], at): TraitObservation => ({ id: `${attacker} ${String(at).padStart(2, '0')}`, ts, value })),
    )
    // Of several attackers, the latest of all.
    if (all.length > 1) observations.sort((a, b) => a.ts - b.ts || (a.id < b.id ? -1 : 1)).splice(0, observations.length - LOOKED_AT)
    const seen = observations.length
    if (primitive === PERSISTENCE_PRIMITIVE && all.length > 0) observations.push(...this.#arrivals(attackers))
    const count = all.reduce((sum, series) => sum + series.count, 0)
    // Where all are looked at, since when it is so follows from them alone, whoever they were counted to before.
    const trait = attribute(primitive, observations, seen < count ? before : null)
    return trait && { ...trait, observation_count: count }
  }

  /** Who came once shows no habit, and yet was there on a day: a few of the first arrivals. */
  #arrivals(attackers: readonly string[]): TraitObservation[] {
    return attackers
      .flatMap((attacker) => {
        const ts = this.#firstSeen.get(attacker)
        return ts === undefined ? [] : [{ id: `${attacker} first`, ts: ts / 1000, value: null }]
      })
      .sort((a, b) => a.ts - b.ts || (a.id < b.id ? -1 : 1))
      .slice(0, LOOKED_AT)
  }

  /** Reads what is known of these identities. */
  async recall(identities: readonly string[]): Promise<void> {
    const asked = identities.filter((identity) => !this.#states.has(identity))
    for (let at = 0; at < asked.length; at += AT_ONCE) {
      const some = asked.slice(at, at + AT_ONCE)
      const rows = await this.#tx.selectFrom('attribution_state').selectAll().where('identity_uuid', 'in', some).execute()
      for (const identity of some) this.#states.set(identity, new Map())
      for (const row of rows) this.#states.get(row.identity_uuid)?.set(row.primitive, stored(row))
    }
  }

  /** What is known of an identity, trait by trait. */
  async known(identity: string): Promise<ReadonlyMap<string, Attribution>> {
    return await this.#of(identity)
  }

  async set(identity: string, trait: Attribution): Promise<void> {
    const states = await this.#of(identity)
    states.set(trait.primitive, trait)
    this.#changed.set(keyOf(identity, trait.primitive), rowOf(identity, trait))
  }

  async forget(identity: string, primitives: readonly string[]): Promise<void> {
    if (primitives.length === 0) return
    const states = await this.#of(identity)
    for (const primitive of primitives) {
      states.delete(primitive)
      this.#changed.delete(keyOf(identity, primitive))
    }
    await this.#tx.deleteFrom('attribution_state').where('identity_uuid', '=', identity).where('primitive', 'in', primitives).execute()
  }

  async save(): Promise<void> {
    const series = [...this.#touched].map(({ attacker, primitive, count, lastSeq, latest }) => ({
      attacker_uuid: attacker,
      primitive,
      observation_count: count,
      latest: JSON.stringify(latest),
      last_seq: lastSeq,
    }))
    const states = [...this.#changed.values()]
    this.#touched.clear()
    this.#changed.clear()
    if (series.length > 0) await upsert(this.#tx, 'trait_series', ['attacker_uuid', 'primitive'], series)
    if (states.length > 0) await upsert(this.#tx, 'attribution_state', ['identity_uuid', 'primitive'], states)
  }

  async #of(identity: string): Promise<Map<string, Attribution>> {
    await this.recall([identity])
    return this.#states.get(identity) ?? new Map()
  }
}
