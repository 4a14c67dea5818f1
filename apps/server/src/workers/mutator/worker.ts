import { deckyName } from '@decnet/contracts'
import type { MutationSettings } from '@decnet/contracts/api'
import { topics } from '@decnet/contracts/topics'
import type { EventLog } from '@decnet/kernel/log'
import type { Logger } from '@decnet/kernel/logging'
import { defineTick } from '@decnet/kernel/worker'
import { services } from '@decnet/services'
import { changeFleet, type DeckyWish, holdFleet, openOperations, wantedFleet } from '../../store/fleet.ts'
import type { Tx } from '../../store/log-table.ts'
import {
  type Asking,
  answerRequest,
  askings,
  type MutateRequest,
  mutateRequests,
  mutationAttempts,
  mutationSettingsOf,
} from '../../store/mutations.ts'
import type { Db } from '../../store/open.ts'
import { choose } from './choose.ts'
import { demandOf } from './demand.ts'
import { dueAt, FLOOR_MS, POLL_MS, sleepFor } from './due.ts'

const DAY_MS = 86_400_000
/** What attackers asked for longer ago counts no more. */
const ASKED_MS = 7 * DAY_MS
/** Requests that are remembered; more are read from the database, where the API writes them. */
const HEARD_MOST = 1_000

export interface MutatorParts {
  readonly log: EventLog<Tx>
  readonly db: Db
  readonly logger: Pick<Logger, 'info'>
  readonly now: () => number
}

/** What one step goes by. */
interface Moment {
  readonly settings: MutationSettings
  /** What attackers asked for lately, where that counts. */
  readonly asked: readonly Asking[]
}

const ports: ReadonlyMap<string, number> = new Map(services.map(({ name, ports: [first] }) => [name, first?.port ?? 0]))

/**
 * Changes what deckies show: each at its interval, and at once when somebody asks. It only says what is wanted; whoever plays the fleet goes there,
 * and what could not be done is undone. Several of it may run: each change is one transaction that looks again.
 */
export function mutator({ log, db, logger, now }: MutatorParts) {
  const heard = new Map<string, MutateRequest>()
  /** Those that nothing could be changed of. */
  const passed = new Map<string, number>()
  let deployed: boolean | undefined
  let pause = POLL_MS

  /** `busy`: it is being changed at this moment. `late`: another has done it. `none`: there is nothing to change. */
  function mutate(name: string, request: MutateRequest | null, { settings, asked }: Moment): Promise<'done' | 'busy' | 'late' | 'none'> {
    return log.transaction(async (tx) => {
      await holdFleet(tx)
      const { deckies, network } = await wantedFleet(tx)
      const decky = deckies.find((each) => each.name === name)
      if (!decky) return 'late'
      if ((await openOperations(tx)).some((operation) => operation.decky === name)) return 'busy'
      const { tried, grown } = await mutationAttempts(tx)
      const at = now()
      if (request ? (decky.lastMutated ?? 0) >= request.at : dueAt(decky, settings.mutate_minutes, tried.get(name)) > at) return 'late'
      const demand = demandOf(asked, deckies, ports)
      const mayGrow = (grown.get(name) ?? 0) <= at - DAY_MS
      const allowed = settings.strategies.filter((strategy) => strategy !== 'behavioral' || mayGrow)
      const change = choose(decky, { now: at, ports, network, fleet: deckies, demand }, allowed)
      if (!change) return 'none'
      const { plan, strategy, reason } = change
      const trigger = request ? 'operator' : strategy === 'behavioral' ? 'behavioral' : 'scheduled'
      const after: DeckyWish = { ...decky, ...plan, lastMutated: at }
      const actor = request?.by ?? null
      await changeFleet(tx, [{ operation: 'mutate', trigger, actor, before: decky, after, detail: { strategy, reason } }], at)
      return 'done'
    })
  }

  /** Those who ask, over the bus or in the database; each once. */
  async function requests(): Promise<MutateRequest[]> {
    const all = new Map(heard)
    for (const request of await mutateRequests(db)) {
      const other = all.get(request.decky)
      if (!other || other.at <= request.at) all.set(request.decky, request)
    }
    return [...all.values()].sort((a, b) => a.at - b.at)
  }

  return defineTick({
    name: 'mutator',
    summary: 'Changes the services of deckies, at intervals and when asked.',
    every: POLL_MS,
    next: () => pause,
    rest: FLOOR_MS,
    wakes: [topics.deckyMutateRequest],
    emits: [],
    heard({ topic, payload, ts }) {
      const decky = deckyName.safeParse(topic.split('.')[1])
      const request = topics.deckyMutateRequest.payload.safeParse(payload)
      if (!decky.success || !request.success || heard.size >= HEARD_MOST) return
      const at = Math.min(now(), Math.round((request.data.ts ?? ts) * 1000))
      heard.set(decky.data, { decky: decky.data, at, by: request.data.requested_by ?? null })
    },
    async run() {
      const { deckies } = await wantedFleet(db)
      if (deployed !== deckies.length > 0) {
        deployed = deckies.length > 0
        logger.info({ deckies: deckies.length }, deployed ? 'there are deckies to change' : 'there are no deckies to change')
      }
      const settings = await mutationSettingsOf(db)
      let moment: Promise<Moment> | undefined
      /** Read once a step, and only where a decky shall change. */
      const atOnce = () => {
        moment ??= (async () => ({
          settings,
          asked: settings.strategies.includes('behavioral') ? await askings(db, now() - ASKED_MS) : [],
        }))()
        return moment
      }
      for (const request of await requests()) {
        const answer = await mutate(request.decky, request, await atOnce())
        if (answer === 'busy') continue
        if (answer === 'none') logger.info({ decky: request.decky }, 'nothing could be changed of a decky as asked')
        if ((heard.get(request.decky)?.at ?? Number.POSITIVE_INFINITY) <= request.at) heard.delete(request.decky)
        await answerRequest(db, request)
      }

      const due = async () => {
        const fleet = await wantedFleet(db)
        const { tried } = await mutationAttempts(db)
        return fleet.deckies.map((decky) => ({
          name: decky.name,
          at: dueAt(decky, settings.mutate_minutes, Math.max(tried.get(decky.name) ?? 0, passed.get(decky.name) ?? 0)),
        }))
      }
      // One at a time: hosts that all change at the same second have something in common.
      for (const { name } of (await due()).filter(({ at }) => at <= now()).sort((a, b) => a.at - b.at)) {
        const answer = await mutate(name, null, await atOnce())
        if (answer === 'none') passed.set(name, now())
        if (answer === 'done') break
      }
      pause = sleepFor(
        (await due()).map(({ at }) => at),
        now(),
      )
      return 'done'
    },
  })
}
