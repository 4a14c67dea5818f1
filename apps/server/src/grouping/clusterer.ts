import { setImmediate } from 'node:timers/promises'
import { type AnyTopic, topics } from '@decnet/contracts/topics'
import type { LogRecord } from '@decnet/kernel/log'
import { defineFold, type Emit, type Fold, type FoldContext } from '@decnet/kernel/worker'
import type { Change } from '../domain/grouping/reconcile.ts'
import type { Linker } from '../domain/linkage/linker.ts'
import { keepEvidence, regroup } from '../store/group-changes.ts'
import { type Layer, oneOfEach, strayMembers } from '../store/groups.ts'
import { keepLinkageState, type LinkageState, linkageState } from '../store/linkage-state.ts'
import type { Tx } from '../store/log-table.ts'

/** Groups whose reasons are written anew with each batch; those of the others follow when it is quiet. */
const REWRITTEN = 64

/** Further members around whom evidence changed that are looked at again, for each record and for a batch. */
const ALSO = 32
const MOST_ALSO = 1_024

/** Members that are looked at in one transaction when it is quiet: others wait for it. */
const SLICE = 512

type Context<Emits extends AnyTopic> = FoldContext<Tx, Emits>

/** Members with the record in which each appeared first. */
export type Appearances = ReadonlyMap<string, LogRecord>

export interface Clusterer<Member extends { readonly id: string }, Emits extends AnyTopic> {
  readonly name: string
  readonly summary: string
  readonly layer: Layer
  /** Members that a group is formed of at least. */
  readonly least: number
  readonly reads: readonly AnyTopic[]
  readonly emits: readonly Emits[]
  makeLinker(): Linker<Member>
  /** Everybody who was taken in so far, from the database. */
  load(tx: Tx, linker: Linker<Member>): Promise<void>
  /**
   * Takes in what some records say, all that was known up to the last of them. Answers the members that they are about, each with the first
   * record that is. `seen`: how far into the log each attacker was looked at.
   */
  take(batch: readonly LogRecord[], linker: Linker<Member>, tx: Tx, seen: Map<string, number>): Promise<Appearances>
  /** What people call these members. */
  labels(tx: Tx, members: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Announces what changed. */
  say(changes: readonly Change[], source: LogRecord, emit: Emit<Emits>): void
}

/** What is kept in memory between two batches; made again from the database where another replica wrote meanwhile. */
interface Memory<Member> {
  readonly linker: Linker<Member>
  readonly seen: Map<string, number>
  /** The commit that it belongs to. */
  revision: number
  /** How many there were when frequencies were last estimated. */
  estimated: number
  /** Nothing came since then. */
  current: boolean
  /** Whose stored groups may be others than those known now. */
  astray: Set<string>
  /** Around whom evidence changed since the reasons were written. */
  readonly touched: Set<string>
}

/** Attackers whose sessions ended in these records. */
export function visitors(batch: readonly LogRecord[]): Appearances {
  const found = new Map<string, LogRecord>()
  for (const record of batch) {
    if (record.topic !== topics.attackerSessionEnded.pattern) continue
    const { attacker_uuid: attacker } = topics.attackerSessionEnded.payload.parse(record.body)
    if (attacker !== null && !found.has(attacker)) found.set(attacker, record)
  }
  return found
}

/** A fold that keeps the groups of a layer as its linker sees them, handful by handful of the log, with the reasons. */
export function clusterer<Member extends { readonly id: string }, const Emits extends AnyTopic>(
  what: Clusterer<Member, Emits>,
): Fold<Tx, AnyTopic, Emits> {
  const { layer, least } = what
  let kept: Memory<Member> | undefined

  async function remember(tx: Tx, { revision, settled }: LinkageState): Promise<Memory<Member>> {
    const linker = what.makeLinker()
    await what.load(tx, linker)
    // Of a hundred thousand it takes most of a minute: whatever else this thread does goes on between the steps.
    for (const steps = linker.settling(); !steps.next().done; ) await setImmediate()
    linker.changes()
    const clusters = linker.groups().map(({ members }) => members)
    const astray = new Set(await strayMembers(tx, layer, clusters, least))
    // Whoever stopped on the way knew whose reasons were yet to be written.
    const unwritten = settled ? [] : clusters.flatMap(([first, ...others]) => (first !== undefined && others.length > 0 ? [first] : []))
    return { linker, seen: new Map(), revision, estimated: linker.size, current: true, astray, touched: new Set([...astray, ...unwritten]) }
  }

  /** What is known, for a step that fails whole or leaves it one commit further. */
  async function recall(tx: Tx): Promise<Memory<Member>> {
    const state = await linkageState(tx, layer)
    const memory = kept?.revision === state.revision ? kept : await remember(tx, state)
    kept = undefined
    return memory
  }

  /** Brings the stored groups to what the linker knows, with the reasons of some, and says what changed. */
  async function follow(memory: Memory<Member>, appeared: Appearances, source: LogRecord, { tx, emit }: Context<Emits>): Promise<void> {
    const { linker, astray, touched } = memory
    for (const { member } of linker.changes()) astray.add(member)
    for (const member of astray) touched.add(member)
    if (astray.size > 0) {
      const labels = (members: readonly string[]) => what.labels(tx, members)
      const changes = await regroup(tx, { layer, moved: astray, linker, appeared, source, least, labels })
      what.say(changes, source, emit)
      astray.clear()
      // Whom others left had reasons that may name them.
      const left = changes.flatMap((change) =>
        change.kind === 'unmerged' ? change.formerWinner : 'prior' in change ? (change.prior ?? []) : [],
      )
      for (const member of await oneOfEach(tx, left)) touched.add(member)
    }
    let written = 0
    for (const member of touched) {
      if (written === REWRITTEN) break
      const group = linker.groupOf(member)
      for (const other of group?.members ?? [member]) touched.delete(other)
      if (group === null) continue
      await keepEvidence(tx, layer, group.members[0] ?? member, linker)
      written += 1
    }
  }

  async function keep(memory: Memory<Member>, tx: Tx, settled: boolean): Promise<void> {
    memory.revision += 1
    await keepLinkageState(tx, layer, { revision: memory.revision, settled })
    kept = memory
  }

  return defineFold({
    name: what.name,
    summary: what.summary,
    rest: 400,
    // Each decision looks at all that is near, however little came.
    batchSize: 4_000,
    reads: what.reads,
    emits: what.emits,
    async handle(batch, context) {
      const last = batch.at(-1)
      if (!last) return
      const memory = await recall(context.tx)
      const { linker, seen, touched } = memory
      // What comes together is decided together: who looks alike in the first of many records may not in the light of the last.
      const appeared = await what.take(batch, linker, context.tx, seen)
      for (const member of appeared.keys()) touched.add(member)
      if (linker.size >= 2 * memory.estimated) {
        linker.refresh()
        memory.estimated = linker.size
      }
      linker.work(Math.min(ALSO * batch.length, MOST_ALSO))
      memory.current = false
      await follow(memory, appeared, last, context)
      await keep(memory, context.tx, false)
    },
    async settle(last, context) {
      if ((await linkageState(context.tx, layer)).settled) return 'done'
      const memory = await recall(context.tx)
      const { linker } = memory
      if (!memory.current) {
        linker.refresh()
        memory.estimated = linker.size
        memory.current = true
      }
      const through = linker.work(SLICE)
      await follow(memory, new Map(), last, context)
      const settled = through && memory.touched.size === 0
      await keep(memory, context.tx, settled)
      return settled ? 'done' : 'again'
    },
  })
}
