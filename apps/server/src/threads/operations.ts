import { topics } from '@decnet/contracts/topics'
import type { Bus } from '@decnet/kernel/bus'
import type { EventLog } from '@decnet/kernel/log'
import type { Logger } from '@decnet/kernel/logging'
import { announcer } from '@decnet/kernel/worker'
import { services } from '@decnet/services'
import { fleetClaim } from '../fleet/claim.ts'
import { fleetDesk } from '../fleet/desk.ts'
import { liveDesk } from '../fleet/live.ts'
import { mutateDesk } from '../fleet/mutate.ts'
import { recordFleetState } from '../fleet/record-state.ts'
import { tarpitDesk } from '../fleet/tarpit.ts'
import type { MutationSpool } from '../fleet/tell-mutation.ts'
import { probeDesk } from '../probe/desk.ts'
import type { ProberSettings } from '../probe/settings.ts'
import { type BackfillRequest, requestBackfill } from '../store/backfills.ts'
import { beginOperations, fleetGeneration, type Operation, wantedFleet } from '../store/fleet.ts'
import type { Tx } from '../store/log-table.ts'
import type { Store } from '../store/open.ts'
import { type LinkStatement, stateLinks } from '../store/operator-links.ts'
import { ensurePlan } from '../store/plan.ts'
import { clearRuleState, setRuleState, toldState } from '../store/rule-states.ts'
import { sayVerdict, takeBackVerdict } from '../store/rule-tallies.ts'
import { removeRule, saveRule } from '../store/rule-texts.ts'
import { similarReads } from '../store/similar.ts'
import type { TtpRuleStateTable, TtpRuleTable, TtpVerdictTable } from '../store/technique-tables.ts'
import { type Wish, wish } from '../store/worker-desires.ts'
import { writes } from '../store/writes.ts'
import type { FleetReport } from '../supervisor/protocol.ts'
import type { VectorStore } from '../vectors/port.ts'
import type { Recordings } from '../workers/behaviour/worker.ts'
import { hostWorkers } from '../workers/host.ts'
import type { IntakeSources } from '../workers/ingester/worker.ts'
import type { Manifest, WorkerParts } from '../workers/manifests.ts'
import type { Retention } from '../workers/retention/rules.ts'

export interface PipelineParts {
  readonly store: Store
  readonly log: EventLog<Tx>
  readonly bus: Bus
  readonly logger: Logger
  readonly intakes: IntakeSources
  readonly retention: Retention
  readonly prober?: ProberSettings | undefined
  readonly recordings: Recordings
  readonly rules: WorkerParts['rules']
  readonly vectors: VectorStore
  /** Where mutations are written as lines, for whoever reads the log of events. */
  readonly mutationLines?: MutationSpool | undefined
  readonly now?: () => number
  /** What runs here, in the order of the start. */
  readonly manifests: readonly Manifest[]
  readonly quarantineAfter?: number | undefined
  readonly vitals: () => Record<string, unknown>
}

/** What the thread that owns the writing connection does for others: the API's writes as whole operations, and the workers that run here. */
export function pipelineOperations(parts: PipelineParts) {
  const {
    store,
    log,
    bus,
    logger,
    intakes,
    retention,
    prober,
    recordings,
    vectors,
    rules,
    mutationLines,
    now = Date.now,
    manifests,
    quarantineAfter,
    vitals,
  } = parts
  const host = hostWorkers({
    manifests,
    parts: { log, intakes, db: store.db, retention, prober, recordings, vectors, rules, now, logger },
    bus,
    logger,
    quarantineAfter,
    vitals,
  })
  const announceOperators = announcer(bus.as('operator'))
  const claim = fleetClaim(log)
  const operator = bus.as('operator')
  const tellReloaded = (rule_id: string, rule_version: number | null, change: 'added' | 'changed' | 'removed') =>
    operator.publishTo(topics.ttpRuleReloaded, [rule_id], { rule_id, rule_version, change }, 'rule.reloaded')
  const announceFleet = announcer(bus.as('fleet'))
  const fleet = bus.as('fleet')
  const tellLifecycle = ({ id, decky, operation, status, error }: Operation) =>
    fleet.publishTo(topics.deckyLifecycle, [decky], { lifecycle_id: id, operation, status, error }, 'lifecycle')
  let loopback = '127.77.0'
  async function bringUp(now: number) {
    const [wanted, begun] = await log.transaction(async (tx) => {
      const wanted = await wantedFleet(tx)
      return [wanted, await beginOperations(tx, wanted.generation, now)] as const
    })
    for (const operation of begun) tellLifecycle(operation)
    return wanted
  }
  return {
    ...writes(store),
    ...fleetDesk({ log, loopback: () => loopback, told: tellLifecycle }),
    ...liveDesk({ log, told: tellLifecycle, announce: announceFleet }),
    ...mutateDesk(log),
    ...tarpitDesk(log),
    ...similarReads(store.db, vectors),
    ...probeDesk(store.db, prober),
    /** The fleet at the start of whoever plays it. */
    async 'fleet.plan'({ subnet, now }: { subnet: string; now: number }) {
      await claim.take()
      loopback = subnet
      await log.transaction((tx) => ensurePlan(tx, { subnet, now, knownServices: services }))
      return bringUp(now)
    },
    /** The fleet as it is to be; null while it is still the one of that generation. What waited for it begins. */
    async 'fleet.wanted'({ after, now }: { after: number; now: number }) {
      return (await fleetGeneration(store.db)) === after ? null : bringUp(now)
    },
    /** What stands. Answers whether something could not be done, so that the fleet has to be brought back. */
    async 'fleet.record'({ report, now }: { report: FleetReport; now: number }) {
      const { records, mutations, ended, undone } = await recordFleetState(log, report, now)
      announceFleet(records)
      // Two sides of one fact: either may fail, and the other is told all the same.
      mutationLines?.tell(mutations).catch((err: unknown) => logger.warn({ err }, 'a mutation could not be written as a line'))
      for (const operation of ended) tellLifecycle(operation)
      return undone
    },
    /** What operators say of attackers; answers how many statements were kept. */
    async 'identities.state'({ statements, now }: { statements: readonly LinkStatement[]; now: number }) {
      const records = await stateLinks(log, statements, now)
      announceOperators(records)
      return records.length
    },
    /** What an operator decided about a rule; null: nothing, it is enabled. Every worker that runs rules obeys with its next look at the log. */
    async 'rules.setState'({ rule, state }: { rule: string; state: TtpRuleStateTable | null }) {
      if (state) await setRuleState(store.db, state)
      else await clearRuleState(store.db, rule)
      bus.as('operator').publishTo(topics.ttpRuleState, [rule], toldState(rule, state ?? undefined), 'rule.state')
    },
    /** Keeps the text of a rule, which was checked. Every worker that runs rules obeys with its next look at the log. */
    async 'rules.saveText'({ rule, version, added }: { rule: Omit<TtpRuleTable, 'hash'>; version: number; added: boolean }) {
      if (await saveRule(store.db, rule)) tellReloaded(rule.id, version, added ? 'added' : 'changed')
    },
    /** Takes a text back; `beneath`: the version that returns. Answers whether there was one. */
    async 'rules.removeText'({ id, beneath }: { id: string; beneath: number | null }) {
      const removed = await removeRule(store.db, id)
      if (removed) tellReloaded(id, beneath, beneath === null ? 'removed' : 'changed')
      return removed
    },
    /** What somebody says of a tag; answers whether there is one. */
    'tags.say': (verdict: TtpVerdictTable) => sayVerdict(store.db, verdict),
    'tags.unsay': ({ tag }: { tag: string }) => takeBackVerdict(store.db, tag),
    /** Asks for a run of rules over what the log holds already; whoever runs the worker takes it up. */
    'backfills.request': async (request: BackfillRequest) => (await requestBackfill(store.db, request)).row,
    'workers.list': () => host.list(),
    /** Writes down what an operator wants; whoever runs the worker, here or elsewhere, obeys soon. */
    async 'workers.wish'(wanted: Wish) {
      await wish(store.db, wanted)
      host.obey().catch((err: unknown) => logger.warn({ err, worker: wanted.name }, 'a worker did not do as wanted yet'))
    },
    run: () => host.run(),
    async 'workers.ring'({ name }: { name: string }) {
      host.ring(name)
    },
    /** What the spool holds is taken in and folded before the database closes. */
    async close() {
      await host.close()
      await claim.release()
    },
  }
}
export type Pipeline = ReturnType<typeof pipelineOperations>
