/** A group that was formed once: an identity of attackers, or a campaign of identities. It keeps its uuid for ever. */
export interface Group {
  readonly uuid: string
  /** The member that it is named after; null where none of those who are attached to it is. */
  readonly founder: string | null
  /** Epoch milliseconds of the evidence that formed it. */
  readonly formedAt: number
  /** The group that it is part of now; null while it stands by itself. Never a group that is merged itself. */
  readonly mergedInto: string | null
}

/** Who belongs together by what is known now: each member in one cluster. */
export type Clusters = readonly (readonly string[])[]

export interface Known {
  /** All groups that members of the clusters were ever attached to, and all that are merged into these. */
  readonly groups: readonly Group[]
  /** Member → the group that it is attached to, merged or not. Who is in no cluster is gone. */
  readonly attached: ReadonlyMap<string, string>
  /** When members were seen first, epoch milliseconds; who is not there came last. */
  readonly seen: ReadonlyMap<string, number>
}

export type Change =
  | { readonly kind: 'formed'; readonly uuid: string; readonly members: readonly string[] }
  | { readonly kind: 'linked'; readonly uuid: string; readonly member: string; readonly prior: string | null }
  | { readonly kind: 'merged'; readonly winner: string; readonly loser: string }
  | { readonly kind: 'unmerged'; readonly uuid: string; readonly formerWinner: string }
  /** It belongs to none now. */
  | { readonly kind: 'released'; readonly member: string; readonly prior: string }

/** Groups that stood by themselves and have nobody left after these changes. */
export function dissolvedBy(changes: readonly Change[], { groups, attached }: Known): ReadonlySet<string> {
  const standing = new Map(groups.map(({ uuid, mergedInto }) => [uuid, mergedInto ?? uuid]))
  const left = new Map(attached)
  for (const change of changes) {
    if (change.kind === 'released') left.delete(change.member)
    else if (change.kind === 'linked') left.set(change.member, change.uuid)
  }
  const held = new Set([...left.values()].map((uuid) => standing.get(uuid)))
  const parted = new Set(changes.flatMap((change) => (change.kind === 'released' ? (standing.get(change.prior) ?? []) : [])))
  return new Set([...parted].filter((uuid) => !held.has(uuid)))
}

export interface ReconcileOptions {
  /** Clusters smaller than this are no group: one that existed is dissolved, and stands again when there are enough. */
  readonly least?: number
  /** The uuid of a group to be formed of these members; the same members at the same place in the log give the same one. */
  readonly name: (members: readonly string[]) => string
}

const byAge = (a: Group, b: Group): number => a.formedAt - b.formedAt || (a.uuid < b.uuid ? -1 : 1)

/**
 * What has to change so that groups follow the clusters. Groups are never deleted: whoever loses a merge keeps its members and is found
 * through `mergedInto`; when evidence speaks against the merge, the same group stands again. Equal input gives equal changes, in order;
 * applied, they leave nothing to change.
 */
export function reconcile(clusters: Clusters, known: Known, options: ReconcileOptions): readonly Change[] {
  const here = new Set(clusters.flat())
  const changes: Change[] = [...known.attached]
    .filter(([member]) => !here.has(member))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([member, prior]) => ({ kind: 'released', member, prior }))
  const ordered = clusters.map((members) => [...members].sort()).sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1))
  const least = options.least ?? 1
  const homes = homesOf(ordered, known, least)
  const living = Map.groupBy(known.groups.toSorted(byAge), ({ uuid }) => homes.get(uuid))

  // What was merged into a group goes with it, though nobody is left there.
  const deserted = living.get(undefined) ?? []
  for (const [index, members] of ordered.entries()) {
    if (members.length < least) {
      for (const member of members) {
        const prior = known.attached.get(member)
        if (prior !== undefined) changes.push({ kind: 'released', member, prior })
      }
      continue
    }
    const [eldest, ...younger] = living.get(index) ?? []
    // Whoever is attached to a group that lives here stays so: its group may stand by itself again.
    const astray = members.filter((member) => homes.get(known.attached.get(member) ?? '') !== index)
    const winner = eldest?.uuid ?? options.name(members)
    if (!eldest) changes.push({ kind: 'formed', uuid: winner, members })
    else if (eldest.mergedInto !== null) changes.push({ kind: 'unmerged', uuid: winner, formerWinner: eldest.mergedInto })
    const behind = deserted.filter(({ mergedInto }) => younger.some(({ uuid }) => uuid === mergedInto))
    const losers = [...younger, ...behind]
    for (const { uuid, mergedInto } of losers) {
      if (mergedInto === winner) continue
      // Whom it leaves has to be told, unless that one comes along.
      if (mergedInto !== null && !losers.some((other) => other.uuid === mergedInto))
        changes.push({ kind: 'unmerged', uuid, formerWinner: mergedInto })
      changes.push({ kind: 'merged', winner, loser: uuid })
    }
    for (const member of astray) changes.push({ kind: 'linked', uuid: winner, member, prior: known.attached.get(member) ?? null })
  }
  return changes
}

interface Sight {
  readonly member: string
  readonly since: number
}
const bySight = (a: Sight, b: Sight): number => (a.since === b.since ? (a.member < b.member ? -1 : 1) : a.since < b.since ? -1 : 1)

/**
 * The cluster, of those that are large enough, in which each group has its founder; where that is in none, the first that was seen of its members.
 * However many strangers join a group, when they part they do not take its name along.
 */
function homesOf(clusters: Clusters, { groups, attached, seen }: Known, least: number): Map<string, number> {
  const founders = new Map(groups.map(({ uuid, founder }) => [uuid, founder]))
  const placed = clusters.flatMap((members, index) =>
    members.flatMap((member) => {
      const group = attached.get(member)
      if (group === undefined || members.length < least) return []
      return {
        member,
        group,
        index,
        since: founders.get(group) === member ? Number.NEGATIVE_INFINITY : (seen.get(member) ?? Number.POSITIVE_INFINITY),
      }
    }),
  )
  const homes = new Map<string, number>()
  for (const { group, index } of placed.sort(bySight)) if (!homes.has(group)) homes.set(group, index)
  return homes
}
