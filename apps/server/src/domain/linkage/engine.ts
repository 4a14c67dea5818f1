import { type Clustering, cluster, type Decision } from './clustering.ts'
import type { Cluster, Move } from './clusters.ts'
import { compare } from './comparison.ts'
import { estimate } from './estimate.ts'
import type { Extra, ExtraContext, LearnContext } from './extra.ts'
import { type Item, inOrder, type Statistics } from './item.ts'
import { type Model, priorOf, type Weight } from './model.ts'
import { createOrders, type Orders } from './orders.ts'
import { createPopulation } from './population.ts'
import type { Profile } from './profile.ts'
import { createValueTable, type Entry, rounded } from './values.ts'
import { sumOf, weighing } from './weighing.ts'

export interface Engine {
  /** Adds it, or puts it in the place of the one with its id. It is looked at when asked for. */
  put(profile: Profile): void
  remove(id: string): void
  readonly orders: Orders
  /** Finds their places by what is known now. */
  look(ids: Iterable<string>): void
  /** Looks at up to `limit` more whose evidence changed; true when nothing is left to be looked at. */
  work(limit: number): boolean
  /** Estimates anew, by what is known now. Once `work` has then left nothing to be looked at, clusters depend on that alone, never on its order. */
  refresh(): void
  /** Both, a slice at each step. Nothing may be added or ordered before it is through. */
  settling(): Generator<void, void, undefined>
  clusters(): readonly Cluster[]
  clusterOf(id: string): Cluster | undefined
  /** All evidence for and against a pair; undefined when one is not known. */
  compare(a: string, b: string): { readonly weights: readonly Weight[]; readonly prior: number } | undefined
  /** Who changed clusters since the last call, or lost one of theirs that was removed; sorted by id. */
  moves(): readonly Move[]
  readonly size: number
}

/** Values that as many show propose no candidates, by their rounded count: what so many share decides nothing by itself. */
const TOO_POPULAR = 32
/** What so few share proposes candidates by itself. */
const RARE = 8
/** Larger groups are cut by asking for stronger links. */
const LARGEST = 96
const SAMPLE = 512
const NOBODY: readonly number[] = []
/** Looked at in one step: some tens of milliseconds. */
const SLICE = 64

/** How many show it, those who are imagined among them, as the model sees it. */
const held = (entry: Entry | undefined, more = 0): number => (entry ? rounded(entry.holders.length + entry.imagined + more) : 0)
const popular = (entry: Entry | undefined): boolean => held(entry) >= TOO_POPULAR

interface Node extends Item {
  /** Links to candidates with positive log-odds, by index. */
  readonly links: Map<number, number>
  cluster: Cluster | undefined
}

export function createEngine(model: Model, extra: Extra): Engine {
  const { families, extras } = model
  const table = createValueTable(model.strangers)
  const nodes: (Node | undefined)[] = []
  const free: number[] = []
  const byId = new Map<string, number>()
  const dirty = new Set<number>()
  const before = new Map<string, string | null>()
  const bereft = new Set<string>()
  const scratch = new Float64Array(families.length + extras.length)
  const names = [...families.map(({ name }) => name), ...model.silent]
  let m = families.map((family) => family.m)
  const counted = createPopulation(model, names.length, names.indexOf(model.home ?? ''))
  let population = counted.size
  let shown = names.map(() => population)

  const statistics: Statistics = {
    get population() {
      return population
    },
    holders: table.held,
    kind: (value) => table.at(value)?.kind ?? '',
    key: (value) => table.at(value)?.key ?? '',
    text: (value) => table.at(value)?.text ?? '',
    shown: (family) => shown[family] ?? population,
    m: (family) => m[family] ?? 0.5,
  }
  const context: ExtraContext = {
    statistics,
    get prior() {
      return priorOf(population, model)
    },
    holders(value) {
      const entry = table.at(value)
      return popular(entry) ? null : (entry?.holders ?? []).flatMap((index) => nodes[index] ?? [])
    },
  }
  const learning: LearnContext = {
    *valuesOf(kind) {
      for (const [value, { holders }] of table.ofKind(kind))
        yield { value, holders: holders.flatMap((index) => nodes[index] ?? []).sort(inOrder) }
    },
    weights(a, b) {
      compare(a, b, model, statistics, scratch)
      return scratch.subarray(0, families.length)
    },
  }
  const orders = createOrders((id) => {
    const index = byId.get(id)
    if (index !== undefined) dirty.add(index)
  })

  const weigh = weighing(model, extra, context)
  function scoreOf(a: Node, b: Node): number {
    weigh(a, b, scratch)
    return priorOf(population, model) + sumOf(scratch)
  }

  /** All who show the value are looked at again when it became rarer or more popular. */
  function touched(value: number, more: 1 | -1, silent: boolean): void {
    const entry = table.at(value)
    const watched = silent && !popular(entry)
    if (held(entry) === held(entry, -more) && !watched) return
    for (const holder of entry?.holders ?? []) dirty.add(holder)
  }
  function resized(): void {
    const [was, had] = [population, shown]
    population = counted.size
    shown = names.map((_, family) => counted.shown(family))
    if (population === was && shown.every((count, family) => count === had[family])) return
    for (const node of nodes)
      if (node && (population !== was || node.values.some((values, family) => values.length > 0 && shown[family] !== had[family])))
        dirty.add(node.index)
  }
  function intern(profile: Profile, index: number): Uint32Array[] {
    return names.map((name, family) =>
      Uint32Array.from(
        (profile.values[name] ?? []).map((value) => {
          const number = table.add(value, index)
          touched(number, 1, family >= families.length)
          return number
        }),
      ).sort(),
    )
  }
  function release(node: Node): void {
    counted.count(node.values, -1)
    for (const [family, values] of node.values.entries())
      for (const value of values) {
        table.drop(value, node.index)
        touched(value, -1, family >= families.length)
      }
    for (const other of node.links.keys()) {
      nodes[other]?.links.delete(node.index)
      dirty.add(other)
    }
    for (const id of node.cluster?.members ?? []) {
      const member = byId.get(id)
      if (member !== undefined) dirty.add(member)
    }
  }
  function remember(id: string, was: string | null): void {
    if (!before.has(id)) before.set(id, was)
  }
  const smallest = (node: Node) => node.cluster?.members[0] ?? null

  /** Who shares something rare, or two things that are not popular. */
  function candidates(node: Node): Set<number> {
    const found = new Set<number>(orders.of(node.profile.id).flatMap(({ id }) => byId.get(id) ?? []))
    const once = new Set<number>()
    for (const values of node.values)
      for (const value of values) {
        const entry = table.at(value)
        if (!entry || popular(entry)) continue
        for (const holder of entry.holders)
          if (held(entry) <= RARE || once.has(holder)) found.add(holder)
          else once.add(holder)
      }
    found.delete(node.index)
    return found
  }

  /** Links of one anew; whoever is linked to it before or after is in a group that has to be cut again. */
  function relink(node: Node, affected: Set<number>): void {
    affected.add(node.index)
    const old = new Set(node.links.keys())
    node.links.clear()
    for (const index of candidates(node)) {
      const other = nodes[index]
      if (!other) continue
      const score = orders.between(node.profile.id, other.profile.id) === 'together' ? Number.POSITIVE_INFINITY : scoreOf(node, other)
      if (score <= 0) continue
      node.links.set(index, score)
      other.links.set(node.index, score)
      affected.add(index)
      old.delete(index)
    }
    for (const index of old) {
      nodes[index]?.links.delete(node.index)
      affected.add(index)
    }
  }

  /** Everything reachable over links stronger than `least`, by rank. */
  function groupOf(start: Node, least: number, within?: ReadonlySet<number>): Node[] {
    const seen = new Set([start.index])
    const found = [start]
    for (const node of found)
      for (const [index, score] of node.links) {
        const other = nodes[index]
        if (!other || score <= least || seen.has(index) || (within && !within.has(index))) continue
        seen.add(index)
        found.push(other)
      }
    return found.sort(inOrder)
  }

  function cut(group: readonly Node[], least: number): void {
    if (group.length > LARGEST) {
      const scores = group
        .flatMap((node) => [...node.links.values()])
        .filter((score) => score > least)
        .sort((a, b) => a - b)
      const middle = scores[scores.length >> 3]
      const within = new Set(group.map(({ index }) => index))
      if (middle === undefined || middle === Number.POSITIVE_INFINITY) for (const node of group) assign([node], [])
      else
        for (const node of group)
          if (within.has(node.index)) {
            const part = groupOf(node, middle, within)
            for (const { index } of part) within.delete(index)
            cut(part, middle)
          }
      return
    }
    const numbers = new Map(group.map((node, number) => [node.profile.id, number]))
    const pairs = (kind: 'together' | 'apart') =>
      group.flatMap((node, number) =>
        orders.of(node.profile.id).flatMap((order): [number, number][] => {
          const other = numbers.get(order.id)
          return order.kind === kind && other !== undefined && number < other ? [[number, other]] : []
        }),
      )
    const found: Clustering =
      group.length === 1
        ? { clusters: [[0]], decisions: [] }
        : cluster({
            size: group.length,
            model,
            prior: priorOf(population, model),
            weights(a, b) {
              weigh(group[a] as Node, group[b] as Node, scratch)
              return scratch
            },
            together: pairs('together'),
            apart: pairs('apart'),
          })
    for (const members of found.clusters) {
      const inside = new Set(members)
      assign(
        members.map((member) => group[member] as Node),
        found.decisions.filter(({ left }) => inside.has(left[0] as number)),
        group,
      )
    }
  }

  function assign(members: readonly Node[], decisions: readonly Decision[], group: readonly Node[] = members): void {
    const ids = (numbers: readonly number[]) => numbers.map((number) => group[number]?.profile.id ?? '')
    const made: Cluster = {
      members: members.map(({ profile }) => profile.id),
      decisions: decisions.map(({ left, right, score }) => ({ left: ids(left), right: ids(right), score })),
    }
    for (const node of members) {
      if (smallest(node) !== made.members[0]) remember(node.profile.id, smallest(node))
      node.cluster = made
    }
  }

  /** Finds the places of some by what is known now, a slice at a time. */
  function* looking(indexes: readonly number[]): Generator<void, void, undefined> {
    const affected = new Set<number>()
    let looked = 0
    for (const index of indexes) {
      dirty.delete(index)
      const node = nodes[index]
      if (node) relink(node, affected)
      looked += 1
      if (looked % SLICE === 0) yield
    }
    for (const index of affected) {
      const node = nodes[index]
      if (!node) continue
      const group = groupOf(node, 0)
      for (const member of group) affected.delete(member.index)
      cut(group, 0)
      looked += group.length
      if (looked >= SLICE) {
        looked = 0
        yield
      }
    }
  }
  function look(indexes: readonly number[]): void {
    const steps = looking(indexes)
    while (!steps.next().done);
  }
  function work(limit: number): boolean {
    const chosen: number[] = []
    for (const index of dirty) {
      if (chosen.length >= limit) break
      chosen.push(index)
    }
    look(chosen)
    return dirty.size === 0
  }

  function refresh(): void {
    const now = estimate(sample(), model, statistics)
    if (now.some((share, family) => share !== m[family])) for (const index of byId.values()) dirty.add(index)
    m = now
    for (const value of extra.learn?.(learning) ?? []) for (const holder of table.at(value)?.holders ?? []) dirty.add(holder)
  }

  /** Pairs that share something rare, of values chosen by hash alone. */
  function* sample(): Generator<[Item, Item]> {
    for (const { holders } of table.sample(SAMPLE)) {
      const items = holders.flatMap((index) => nodes[index] ?? []).sort(inOrder)
      for (const [index, a] of items.entries()) for (const b of items.slice(index + 1)) yield [a, b]
    }
  }

  return {
    put(profile) {
      const known = byId.get(profile.id)
      const old = known === undefined ? undefined : nodes[known]
      const index = known ?? free.pop() ?? nodes.length
      const values = intern(profile, index)
      const { bearers, ...rest } = profile
      counted.count(values, 1)
      const node: Node = {
        index,
        profile: { ...rest, values: {} },
        values,
        ...(bearers && { bearers: values.map((list) => Array.from(list, (value) => bearers.get(statistics.key(value)) ?? NOBODY)) }),
        kinds: values.map(table.kindsOf),
        links: new Map(),
        cluster: old?.cluster,
      }
      if (old) release(old)
      nodes[index] = node
      byId.set(profile.id, index)
      resized()
      dirty.add(index)
    },
    remove(id) {
      const index = byId.get(id)
      const node = index === undefined ? undefined : nodes[index]
      if (!node) return
      if (before.get(id) !== null) for (const other of node.cluster?.members ?? []) bereft.add(other)
      remember(id, smallest(node))
      release(node)
      nodes[node.index] = undefined
      byId.delete(id)
      dirty.delete(node.index)
      free.push(node.index)
      resized()
    },
    look: (ids) => look([...ids].flatMap((id) => byId.get(id) ?? [])),
    orders,
    work,
    refresh,
    *settling() {
      refresh()
      yield
      while (dirty.size > 0) yield* looking([...dirty])
    },
    clusters: () => [...new Set(nodes.flatMap((node) => node?.cluster ?? []))],
    clusterOf: (id) => nodes[byId.get(id) ?? -1]?.cluster,
    compare(a, b) {
      const [left, right] = [nodes[byId.get(a) ?? -1], nodes[byId.get(b) ?? -1]]
      if (!left || !right) return undefined
      const weights: Weight[] = []
      weigh(left, right, scratch, weights)
      return { weights, prior: priorOf(population, model) }
    },
    moves() {
      const to = (id: string) => this.clusterOf(id)?.members[0] ?? null
      for (const id of bereft) if (byId.has(id)) remember(id, to(id))
      const found = [...before].map(([id, from]) => ({ id, from, to: to(id) })).filter((one) => one.from !== one.to || bereft.has(one.id))
      before.clear()
      bereft.clear()
      return found.sort((a, b) => (a.id < b.id ? -1 : 1))
    },
    get size() {
      return byId.size
    },
  }
}
