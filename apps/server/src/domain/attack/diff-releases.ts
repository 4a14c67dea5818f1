import type { AttackDomain } from '@decnet/contracts/api'
import { type AttackRelease, byId } from './release.ts'

interface Named {
  readonly id: string
  readonly name: string
}
interface Changes {
  readonly added: readonly Named[]
  /** Neither in use nor told to be retired. */
  readonly removed: readonly Named[]
  readonly renamed: readonly { readonly id: string; readonly from: string; readonly to: string }[]
}

/** What one release of a domain changes in another. Everything is in the order of its ids. */
export interface ReleaseDiff {
  readonly domain: AttackDomain
  readonly from: string
  readonly to: string
  readonly tactics: Changes
  readonly groups: Changes
  /** Why the new one does not look whole, in sentences. */
  readonly doubts: readonly string[]
  readonly techniques: Changes & {
    /** In use before, revoked or deprecated now. */
    readonly retired: AttackRelease['retired']
    /** To other tactics, by their short names. */
    readonly moved: readonly (Named & { readonly from: readonly string[]; readonly to: readonly string[] })[]
  }
}

const named = ({ id, name }: Named): Named => ({ id, name })

/** What stands in both, as pairs. */
const kept = <Item extends Named>(before: readonly Item[], after: readonly Item[]): [Item, Item][] => {
  const now = new Map(after.map((item) => [item.id, item]))
  return before.flatMap((item): [Item, Item][] => {
    const same = now.get(item.id)
    return same ? [[item, same]] : []
  })
}

function changes(before: readonly Named[], after: readonly Named[]): Changes {
  const without = (items: readonly Named[], others: readonly Named[]) => {
    const ids = new Set(others.map(({ id }) => id))
    return items
      .filter(({ id }) => !ids.has(id))
      .map(named)
      .sort(byId)
  }
  return {
    added: without(after, before),
    removed: without(before, after),
    renamed: kept(before, after)
      .filter(([was, is]) => was.name !== is.name)
      .sort(([a], [b]) => byId(a, b))
      .map(([was, is]) => ({ id: was.id, from: was.name, to: is.name })),
  }
}

/** Of what was in use, what a release takes away without a word at most; from release to release it is a handful. */
const LOST = 0.1

const lost = (what: string, before: readonly Named[], removed: readonly Named[]): string[] =>
  removed.length > LOST * before.length
    ? [`${removed.length} of ${before.length} ${what} are gone and nothing says what became of them: is the bundle whole?`]
    : []

/** Compares two releases of one domain. */
export function diffReleases(before: AttackRelease, after: AttackRelease): ReleaseDiff {
  const { added, removed, renamed } = changes(before.techniques, after.techniques)
  const gone = new Set(removed.map(({ id }) => id))
  const retired = after.retired.filter(({ id }) => gone.has(id)).sort(byId)
  const told = new Set(retired.map(({ id }) => id))
  const silent = removed.filter(({ id }) => !told.has(id))
  const groups = changes(before.groups, after.groups)
  return {
    domain: after.domain,
    from: before.release,
    to: after.release,
    tactics: changes(before.tactics, after.tactics),
    groups,
    doubts: [...lost('techniques', before.techniques, silent), ...lost('groups', before.groups, groups.removed)],
    techniques: {
      added,
      removed: silent,
      renamed,
      retired,
      moved: kept(before.techniques, after.techniques)
        .map(([was, is]) => ({ ...named(is), from: was.tactics.toSorted(), to: is.tactics.toSorted() }))
        .filter(({ from, to }) => from.join() !== to.join())
        .sort(byId),
    },
  }
}
