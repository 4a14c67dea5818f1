import { topics } from '@decnet/contracts/topics'
import type { NewLogRecord } from '@decnet/kernel/log'
import { type DeckyWish, type Operation, wishIn } from '../store/fleet.ts'
import { iso } from '../store/time.ts'
import { fleetRecord } from './fleet-record.ts'

/** A decky's set of services went from one to another; from or to none at its beginning and end. */
export interface Mutation {
  readonly decky: string
  readonly old_services: readonly string[]
  readonly new_services: readonly string[]
  readonly trigger: Operation['trigger_kind']
  readonly actor: string | null
  /** Of one that the mutator made: how it came to it, and why. */
  readonly strategy?: string | undefined
  readonly reason?: string | undefined
  /** Epoch milliseconds of its end, and how long it took. */
  readonly at: number
  readonly tookMs: number
}

/** What is told of an operation that succeeded. */
export interface Facts {
  /** Two where a new decky took the place of one of its name: the end of the one, the beginning of the other. */
  readonly mutations: readonly Mutation[]
  readonly told: readonly { readonly topic: string; readonly type: string; readonly body: Readonly<Record<string, unknown>> }[]
}

const names = (wish: DeckyWish | null) => wish?.services.map(({ name }) => name) ?? []

/** What follows from an operation that came about: a change of the set of services, and each service that came, went or was configured. */
export function factsOf(operation: Operation, now: number): Facts {
  const { decky } = operation
  const before = wishIn(operation.wish_before)
  const after = wishIn(operation.wish_after)
  const old_services = names(before)
  const new_services = names(after)
  const same = before !== null && after !== null && old_services.toSorted().join() === new_services.toSorted().join()
  const live = { decky_name: decky, topology_id: null }
  const told: { topic: string; type: string; body: Record<string, unknown> }[] = []
  if (before !== null && after !== null) {
    for (const service_name of new_services.filter((name) => !old_services.includes(name)))
      told.push({
        topic: topics.deckyServiceAdded.name(decky),
        type: 'service_added',
        body: { ...live, service_name, services: new_services },
      })
    for (const service_name of old_services.filter((name) => !new_services.includes(name)))
      told.push({
        topic: topics.deckyServiceRemoved.name(decky),
        type: 'service_removed',
        body: { ...live, service_name, services: new_services },
      })
    for (const { name: service_name, config, revision } of after.services) {
      const former = before.services.find(({ name }) => name === service_name)
      if (former && (JSON.stringify(former.config) !== JSON.stringify(config) || former.revision !== revision))
        told.push({
          topic: topics.deckyServiceConfigChanged.name(decky),
          type: 'service_config_changed',
          body: { ...live, service_name, service_config: config, recreated: true },
        })
    }
  }
  const { trigger_kind: trigger, actor } = operation
  const tookMs = now - (operation.started_at ?? now)
  const { strategy, reason } = (operation.detail === null ? {} : JSON.parse(operation.detail)) as Pick<Mutation, 'strategy' | 'reason'>
  const whole = { decky, actor, strategy, reason, at: now, tookMs }
  const retirement: Mutation = { ...whole, old_services, new_services: [], trigger: 'retirement' }
  const creation: Mutation = { ...whole, old_services: [], new_services, trigger: 'creation' }
  return { mutations: mutations(), told }

  function mutations(): Mutation[] {
    // What was retired before it stood never was.
    if (before === null) return after === null ? [] : [creation]
    if (after === null) return [retirement]
    if (trigger === 'creation') return [retirement, creation]
    // A host that was patched or moved is another one, with the same services.
    return same && operation.operation !== 'mutate' ? [] : [{ ...whole, old_services, new_services, trigger }]
  }
}

export const mutationBody = ({ decky, old_services, new_services, trigger, actor, strategy, reason, at, tookMs }: Mutation) =>
  topics.deckyMutation.payload.parse({
    decky,
    old_services,
    new_services,
    trigger,
    actor,
    ...(strategy === undefined ? {} : { strategy }),
    ...(reason === undefined ? {} : { reason }),
    started_at: iso(at - tookMs),
    ended_at: iso(at),
  })

export const mutationRecord = (mutation: Mutation): NewLogRecord =>
  fleetRecord(topics.deckyMutation.name(mutation.decky), mutation.decky, 'mutation', mutation.at, mutationBody(mutation))
