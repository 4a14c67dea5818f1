import { deterministicId } from '@decnet/kernel'
import { campaignFeaturesOf, type LinkedIdentity } from './campaign-features.ts'
import { campaignExtra, campaignModel, type Keystrokes } from './campaign-model.ts'
import { createEngine, type Engine } from './engine.ts'
import {
  confidenceOf,
  explainGroup,
  explainPair,
  type GroupExplanation,
  type Merge,
  mergesOf,
  type PairExplanation,
} from './explanation.ts'
import { featuresOf } from './features.ts'
import { identityExtra, identityModel } from './identity-model.ts'
import type { Model } from './model.ts'
import type { Observation } from './observation.ts'
import type { Profile } from './profile.ts'
import { withTyping } from './typing.ts'

/** What was found to be one: an identity of observations, or a campaign of identities. */
export interface Group {
  /** UUIDv5 of the first member: the same members have the same id, whenever and wherever. */
  readonly id: string
  /** In the order of their ranks (see `Profile`). */
  readonly members: readonly string[]
  /** Probability of its least certain merge; 1 for one alone. */
  readonly confidence: number
}
/** A member that is in another group than at the last call, or whose group lost one that was removed; null = it was, or is, not known. */
export interface Change {
  readonly member: string
  readonly from: string | null
  readonly to: string | null
}

/**
 * Finds what belongs together, piece by piece. After `settle` the groups depend on what was added and ordered alone, not on the order of
 * calls; between, they are what the last look found. It holds values and links, not the records: rebuilt by adding them again.
 */
export interface Linker<Record> {
  /** Adds some, or takes them in the place of those with their ids (they grew), and finds their groups. */
  add(...records: readonly Record[]): void
  /** Adds many at once, to be settled later. */
  load(records: Iterable<Record>): void
  remove(...ids: readonly string[]): void
  /** These two members are one, whatever else is known. For two groups: a member of each. */
  confirm(a: string, b: string): void
  /** These two are not one, nor will their groups be. */
  forbid(a: string, b: string): void
  /** Takes back what was confirmed or forbidden. */
  withdraw(a: string, b: string): void
  /** Looks again at up to `limit` members around which evidence changed; true when none is left. */
  work(limit: number): boolean
  /** Estimates frequencies anew: `work` is then left with all that changes. Once that is done, it is settled. */
  refresh(): void
  /** Both, until nothing is left. */
  settle(): void
  /** The same in steps of some tens of milliseconds; whoever takes them adds and orders nothing before the last. */
  settling(): Generator<void, void, undefined>
  /** Sorted by first member. */
  groups(): readonly Group[]
  groupOf(member: string): Group | null
  explain(a: string, b: string): PairExplanation | null
  explainGroup(member: string): GroupExplanation | null
  /** The steps in which a member's group came together, without their evidence. */
  merges(member: string): readonly Merge[]
  /** What moved since the last call, sorted by member. */
  changes(): readonly Change[]
  readonly size: number
}

/** Members besides the new one that an addition looks at again at once. */
const ALSO = 8

function linkerOf<Record extends { readonly id: string }>(
  engine: Engine,
  kind: string,
  profileOf: (record: Record) => Profile,
): Linker<Record> {
  const name = (member: string | null | undefined) => (member === null || member === undefined ? null : deterministicId(kind, member))
  const groupOf = (cluster: ReturnType<Engine['clusterOf']>): Group | null =>
    cluster ? { id: name(cluster.members[0]) ?? '', members: cluster.members, confidence: confidenceOf(cluster) } : null
  return {
    add(...records) {
      for (const record of records) engine.put(profileOf(record))
      engine.look(records.map(({ id }) => id))
      engine.work(ALSO)
    },
    load(records) {
      for (const record of records) engine.put(profileOf(record))
    },
    remove(...ids) {
      for (const id of ids) engine.remove(id)
      engine.work(ALSO)
    },
    confirm: engine.orders.confirm,
    forbid: engine.orders.forbid,
    withdraw: engine.orders.withdraw,
    work: engine.work,
    refresh: engine.refresh,
    settle() {
      const steps = engine.settling()
      while (!steps.next().done);
    },
    settling: engine.settling,
    groups: () =>
      engine
        .clusters()
        .flatMap((cluster) => groupOf(cluster) ?? [])
        .sort((a, b) => ((a.members[0] ?? '') < (b.members[0] ?? '') ? -1 : 1)),
    groupOf: (member) => groupOf(engine.clusterOf(member)),
    explain: (a, b) => explainPair(engine, a, b),
    explainGroup: (member) => explainGroup(engine, member),
    merges: (member) => mergesOf(engine, member),
    changes: () => engine.moves().map(({ id, from, to }) => ({ member: id, from: name(from), to: name(to) })),
    get size() {
      return engine.size
    },
  }
}

/** `unguarded`: whoever copies two strangers joins them; it is there to measure what the guards against that cost. */
interface Guarding {
  readonly unguarded?: boolean
}
const withoutGuards = (model: Model): Model => ({ ...model, acquainted: Number.NEGATIVE_INFINITY, unbridged: Number.NEGATIVE_INFINITY })
const withoutBearers = (identity: LinkedIdentity): Profile => {
  const { bearers: _, ...profile } = campaignFeaturesOf(identity)
  return profile
}

/** Observations → identities. */
export function createLinker(keystrokes: Keystrokes = () => undefined, { unguarded = false }: Guarding = {}): Linker<Observation> {
  const { model, extra } = withTyping(identityModel, identityExtra(), keystrokes)
  return linkerOf(createEngine(unguarded ? withoutGuards(model) : model, extra), 'linked identity', featuresOf)
}

export type { LinkedIdentity }

/** Identities → campaigns. */
export function createCampaignLinker(keystrokes?: Keystrokes, { unguarded = false }: Guarding = {}): Linker<LinkedIdentity> {
  const [model, profileOf] = unguarded ? [withoutGuards(campaignModel), withoutBearers] : [campaignModel, campaignFeaturesOf]
  return linkerOf(createEngine(model, campaignExtra(keystrokes)), 'linked campaign', profileOf)
}
