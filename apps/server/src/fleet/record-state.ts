import { isLeased } from '@decnet/contracts'
import { topics } from '@decnet/contracts/topics'
import type { EventLog, LogRecord, NewLogRecord } from '@decnet/kernel/log'
import {
  type DeckyWish,
  endOperation,
  type Operation,
  openOperations,
  postponeOperation,
  undoOperation,
  type WantedFleet,
  wantedFleet,
  wishIn,
} from '../store/fleet.ts'
import type { Tx } from '../store/log-table.ts'
import type { BoundService, FleetReport } from '../supervisor/protocol.ts'
import { fleetRecord } from './fleet-record.ts'
import { factsOf, type Mutation, mutationRecord } from './mutation.ts'

export type DeckyState = 'running' | 'degraded' | 'stopped'

/** What became of a report: records that are committed, mutations to be told, operations that ended. */
export interface Settled {
  readonly records: readonly LogRecord[]
  readonly mutations: readonly Mutation[]
  readonly ended: readonly Operation[]
  /** Something could not be done and is wanted no more: the fleet has to be brought back. */
  readonly undone: boolean
}

const stateOf = (services: readonly BoundService[], serving: boolean): DeckyState => {
  const up = services.filter((service) => service.port !== null).length
  if (!serving || up === 0) return 'stopped'
  return up === services.length ? 'running' : 'degraded'
}

/** What makes a host another one; how often it changes is no part of it. */
const frameOf = ({ services: _services, mutateMinutes: _minutes, lastMutated: _last, ...frame }: DeckyWish) =>
  JSON.stringify(Object.entries(frame).sort())

/** Why an operation that the fleet has in it did not come about; null when it did. */
function failureOf(operation: Operation, report: FleetReport): string | null {
  const problem = report.problems.find(({ decky }) => decky === operation.decky || decky === null)
  const told = problem && `${problem.message}${problem.hint === null ? '' : ` ${problem.hint}`}`
  if (problem?.decky === null) return told ?? null
  const after = wishIn(operation.wish_after)
  const stands = report.hosts.some(({ name }) => name === operation.decky)
  if (after === null) return stands ? (told ?? 'It still stands.') : null
  if (!stands) return told ?? 'It does not stand.'
  const former = wishIn(operation.wish_before)
  if (former === null) return null
  // Where a mutation made the host itself anew, all of it has to answer again.
  const kept = operation.operation !== 'mutate' || frameOf(former) === frameOf(after)
  const before = new Map(kept ? former.services.map((service) => [service.name, JSON.stringify(service)]) : [])
  for (const service of after.services) {
    const bound = report.services.find((each) => each.decky === operation.decky && each.service === service.name)
    if (before.get(service.name) === JSON.stringify(service) || bound?.port != null) continue
    return `${service.name}: ${bound?.detail ?? told ?? 'it does not listen.'}`
  }
  return null
}

/**
 * A repair leaves a decky with the services that it had: those of the record before, also where an operation wants others and has not come to
 * its end. Of one whose creation was not told yet there is nothing to tell.
 */
function healing(
  { decky, host, services }: FleetReport['repaired'][number],
  wanted: WantedFleet,
  open: readonly Operation[],
  now: number,
): Mutation[] {
  const changing = open.find((operation) => operation.decky === decky)
  const wish = changing ? wishIn(changing.wish_before) : wanted.deckies.find(({ name }) => name === decky)
  if (!wish) return []
  const all = wish.services.map(({ name }) => name)
  const reason = host ? 'It was gone or cut off from its network.' : `It did not serve ${services.join(', ')}.`
  return [{ decky, old_services: all, new_services: all, trigger: 'healer', actor: null, reason, at: now, tookMs: 0 }]
}

/**
 * Writes down what stands: services with their ports, `decky.{name}.state` for every decky whose state changed or that was changed, operations
 * that have come to their end with the facts that follow from them, repairs. One transaction.
 */
export function recordFleetState(log: EventLog<Tx>, report: FleetReport, now: number): Promise<Settled> {
  return log.transaction(async (tx, log) => {
    const records: NewLogRecord[] = []
    const mutations: Mutation[] = []
    const ended: Operation[] = []
    const undone = new Set<string>()
    const changed = new Set<string>()

    // While nobody serves, nothing has come to an end.
    const due = report.serving
      ? (await openOperations(tx)).filter((each) => each.status === 'running' && each.generation <= report.generation)
      : []
    const outcomes = due.map((operation) => ({ operation, error: failureOf(operation, report) }))
    // Where some came to stand on a new network, the others' failure does not bring the old one back.
    const moved = new Set(
      outcomes.flatMap(({ operation, error }) => (error === null && operation.wish_after !== null ? operation.generation : [])),
    )
    for (const { operation, error } of outcomes) {
      if (error !== null && (await postponeOperation(tx, operation, error))) continue
      if (error !== null) {
        await undoOperation(tx, operation, error, now, !moved.has(operation.generation))
        undone.add(operation.decky)
      } else {
        await endOperation(tx, operation.id, null, now)
        const facts = factsOf(operation, now)
        if (operation.wish_before !== null) changed.add(operation.decky)
        mutations.push(...facts.mutations)
        for (const { topic, type, body } of facts.told) records.push(fleetRecord(topic, operation.decky, type, now, body))
      }
      ended.push({ ...operation, status: error === null ? 'succeeded' : 'failed', error, finished_at: now })
    }

    const wanted = await wantedFleet(tx)
    const leased = isLeased(wanted.network)
    const open = report.repaired.length === 0 ? [] : await openOperations(tx)
    for (const repaired of report.repaired) mutations.push(...healing(repaired, wanted, open, now))
    const states = new Map((await tx.selectFrom('deckies').select(['name', 'state', 'ip']).execute()).map((row) => [row.name, row]))
    for (const decky of wanted.deckies) {
      // It is brought back first: of what failed nothing is told as a state.
      if (undone.has(decky.name)) continue
      const own = report.services.filter((service) => service.decky === decky.name)
      for (const service of own) {
        await tx
          .updateTable('decky_services')
          .set({
            port: service.port,
            state: service.port === null ? 'failed' : report.serving ? 'listening' : 'stopped',
            detail: service.detail,
          })
          .where('decky', '=', decky.name)
          .where('name', '=', service.service)
          .execute()
      }
      const before = states.get(decky.name)
      const host = report.hosts.find(({ name }) => name === decky.name)
      if (leased && host && host.ip !== before?.ip)
        await tx.updateTable('deckies').set({ ip: host.ip }).where('name', '=', decky.name).execute()
      const state = stateOf(own, report.serving)
      if (state === before?.state && !changed.has(decky.name)) continue
      await tx.updateTable('deckies').set({ state }).where('name', '=', decky.name).execute()
      const up = own.filter((service) => service.port !== null).map((service) => service.service)
      const body = { name: decky.name, state, previous_state: before?.state ?? null, services: up, source: 'fleet' }
      records.push(fleetRecord(topics.deckyState.name(decky.name), decky.name, 'state', now, topics.deckyState.payload.parse(body)))
    }
    records.push(...mutations.map((mutation) => mutationRecord(mutation)))
    return { records: await log.append(records), mutations, ended, undone: undone.size > 0 }
  })
}
