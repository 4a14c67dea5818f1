import { type FleetNetwork, fleetNetwork } from '@decnet/contracts'
import { AppError, newId } from '@decnet/kernel'
import { type DeckyPlan, type DistroId, distroIds, type OsFamily, osFamilies } from '@decnet/persona'
import type { DeckyTable, FleetTables } from './fleet-tables.ts'
import type { Tx } from './log-table.ts'
import type { Db } from './open.ts'
import { insertNew, upsert } from './upsert.ts'

/** A decky as the database wants it. */
export interface DeckyWish extends DeckyPlan {
  /** Minutes between changes of its services; 0 = never, null = the fleet's own interval. */
  readonly mutateMinutes: number | null
  /** Epoch milliseconds; null = not since its creation. */
  readonly lastMutated: number | null
}

/** The whole fleet as it is to be. */
export interface WantedFleet {
  /** Counts changes; 0 = no fleet was ever planned. */
  readonly generation: number
  /** Another number, and every host is made anew though nothing of it changed. */
  readonly round: number
  readonly network: FleetNetwork
  readonly deckies: readonly DeckyWish[]
  readonly tarpits: readonly TarpitWish[]
}

/** A service that holds up whoever comes. */
export type TarpitWish = Pick<FleetTables['tarpits'], 'decky' | 'service' | 'accept_ms' | 'bytes_per_second'>

export type Operation = FleetTables['decky_operations']

/** One step in the life of a decky: from what was wanted of it to what is wanted now. */
export interface FleetChange {
  readonly operation: Operation['operation']
  readonly trigger: Operation['trigger_kind']
  readonly actor: string | null
  /** Null: a new decky. */
  readonly before: DeckyWish | null
  /** Null: the decky is retired. */
  readonly after: DeckyWish | null
  readonly detail?: Readonly<Record<string, unknown>>
}

/** What an operation keeps of a decky; null: there was none. */
export const wishIn = (json: string | null): DeckyWish | null => (json === null ? null : (JSON.parse(json) as DeckyWish))

const detailOf = ({ detail }: Operation): Readonly<Record<string, unknown>> =>
  detail === null ? {} : (JSON.parse(detail) as Record<string, unknown>)

export const deckyUnknown = (name: string): AppError =>
  new AppError(`There is no decky ${name}.`, { code: 'decky_unknown', status: 404, hint: '`decnet status` names those of this fleet.' })

const NETWORK = 'fleet.network'
const GENERATION = 'fleet.generation'
const ROUND = 'fleet.round'
const HOME = 'fleet.home'
/** In an operation's detail: the network before it, where that changed. */
const FORMER = 'network_before'
/** In an operation's detail: asked for while nobody played the fleet. Whoever asked is not there to mend it: it stays wanted. */
const LASTING = 'lasting'
const LOOPBACK: FleetNetwork = { substrate: 'loopback' }

const oneOf = <T extends string>(known: readonly T[], word: string | null): T | undefined => known.find((each) => each === word)

const wishOf = (row: DeckyTable, services: DeckyPlan['services']): DeckyWish => {
  const distro: DistroId | undefined = oneOf(distroIds, row.distro)
  const osFamily: OsFamily | undefined = oneOf(osFamilies, row.os_family)
  return {
    name: row.name,
    seed: row.seed,
    archetype: row.archetype,
    ip: row.ip,
    ...(row.ip6 === null ? {} : { ip6: row.ip6 }),
    ...(row.mac === null ? {} : { mac: row.mac }),
    ...(distro === undefined ? {} : { distro }),
    ...(osFamily === undefined ? {} : { osFamily }),
    createdAt: row.created_at,
    ...(row.patched_at === null ? {} : { patchedAt: row.patched_at }),
    services,
    mutateMinutes: row.mutate_minutes,
    lastMutated: row.last_mutated,
  }
}

async function settingOf(db: Db | Tx, key: string): Promise<string | null> {
  return (await db.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst())?.value ?? null
}

const setSetting = (db: Db | Tx, key: string, value: string): Promise<void> => upsert(db, 'settings', 'key', [{ key, value }])

const fleetRound = async (db: Db | Tx): Promise<number> => Number((await settingOf(db, ROUND)) ?? 0)

/** Wants every host of the next generation made anew. */
export const nextRound = async (tx: Tx): Promise<void> => setSetting(tx, ROUND, String((await fleetRound(tx)) + 1))

export const fleetGeneration = async (db: Db | Tx): Promise<number> => Number((await settingOf(db, GENERATION)) ?? 0)

/** Nobody else changes the fleet until the transaction is over: what is read from now on is what is changed. */
export async function holdFleet(tx: Tx): Promise<void> {
  await insertNew(tx, 'settings', ['key'], [{ key: GENERATION, value: '0' }])
  await tx
    .updateTable('settings')
    .set((eb) => ({ value: eb.ref('value') }))
    .where('key', '=', GENERATION)
    .execute()
}

/** A word that no other home has; the one that is offered, where none was kept yet. */
export async function homeWord(tx: Tx, offered: string): Promise<string> {
  await insertNew(tx, 'settings', ['key'], [{ key: HOME, value: offered }])
  return (await settingOf(tx, HOME)) ?? offered
}

/** The fleet as the database wants it, deckies in the order of their planning. */
export async function wantedFleet(db: Db | Tx): Promise<WantedFleet> {
  const deckies = await db.selectFrom('deckies').selectAll().orderBy('position').execute()
  const services = await db.selectFrom('decky_services').selectAll().orderBy('position').execute()
  const own = new Map<string, DeckyPlan['services'][number][]>()
  for (const { decky, name, wanted_port, config, revision } of services) {
    const list = own.get(decky) ?? []
    const again = revision === null ? {} : { revision }
    list.push({ name, port: wanted_port, config: JSON.parse(config) as Record<string, unknown>, ...again })
    own.set(decky, list)
  }
  const network = await settingOf(db, NETWORK)
  return {
    generation: await fleetGeneration(db),
    round: await fleetRound(db),
    network: network === null ? LOOPBACK : fleetNetwork.parse(JSON.parse(network)),
    deckies: deckies.map((row) => wishOf(row, own.get(row.name) ?? [])),
    tarpits: await db.selectFrom('tarpits').select(['decky', 'service', 'accept_ms', 'bytes_per_second']).execute(),
  }
}

async function write(tx: Db | Tx, { before, after }: Pick<FleetChange, 'before' | 'after'>): Promise<void> {
  const name = (after ?? before)?.name ?? ''
  if (after === null) {
    await tx.deleteFrom('tarpits').where('decky', '=', name).execute()
    await tx.deleteFrom('decky_services').where('decky', '=', name).execute()
    await tx.deleteFrom('deckies').where('name', '=', name).execute()
    return
  }
  const columns = {
    created_at: after.createdAt,
    seed: after.seed,
    archetype: after.archetype,
    ip: after.ip,
    ip6: after.ip6 ?? null,
    mac: after.mac ?? null,
    distro: after.distro ?? null,
    os_family: after.osFamily ?? null,
    mutate_minutes: after.mutateMinutes,
    last_mutated: after.lastMutated,
    patched_at: after.patchedAt ?? null,
  }
  const { numUpdatedRows } = await tx.updateTable('deckies').set(columns).where('name', '=', name).executeTakeFirst()
  if (numUpdatedRows === 0n && !(await tx.selectFrom('deckies').select('name').where('name', '=', name).executeTakeFirst())) {
    const last = await tx
      .selectFrom('deckies')
      .select((eb) => eb.fn.max<number>('position').as('position'))
      .executeTakeFirst()
    const position = last?.position === null || last?.position === undefined ? 0 : Number(last.position) + 1
    await tx
      .insertInto('deckies')
      .values({
        name,
        position,
        state: 'stopped',
        mutate_requested: null,
        mutate_requested_by: null,
        ...columns,
      })
      .execute()
  }
  const stored = await tx.selectFrom('decky_services').selectAll().where('decky', '=', name).execute()
  for (const { name: service } of stored) {
    if (after.services.some((each) => each.name === service)) continue
    await tx.deleteFrom('tarpits').where('decky', '=', name).where('service', '=', service).execute()
    await tx.deleteFrom('decky_services').where('decky', '=', name).where('name', '=', service).execute()
  }
  for (const [position, service] of after.services.entries()) {
    const config = JSON.stringify(service.config)
    const known = stored.find((each) => each.name === service.name)
    const own = { position, wanted_port: service.port, config, revision: service.revision ?? null }
    if (known === undefined)
      await tx
        .insertInto('decky_services')
        .values({ decky: name, name: service.name, ...own, port: null, state: 'stopped', detail: null, saved_config: null })
        .execute()
    else if (
      known.position !== position ||
      known.wanted_port !== service.port ||
      known.config !== config ||
      known.revision !== own.revision
    )
      await tx
        .updateTable('decky_services')
        .set({ ...own, ...(known.config === config ? {} : { saved_config: null }) })
        .where('decky', '=', name)
        .where('name', '=', service.name)
        .execute()
  }
}

/** What waits for its turn, or has it. */
export const openOperations = (db: Db | Tx): Promise<Operation[]> =>
  db.selectFrom('decky_operations').selectAll().where('status', 'in', ['pending', 'running']).orderBy('created_at').orderBy('id').execute()

/**
 * Wants something else of some deckies from now on: all or nothing, in one transaction. The fleet is brought there by whoever plays it, now or
 * when it is started; each change is an operation that ends as `succeeded` or `failed`. One that had not begun yet is replaced by a later one.
 * @returns the operations, in order. @throws {AppError} `decky_busy` when an operation on one of the deckies is under way.
 */
export async function changeFleet(tx: Tx, changes: readonly FleetChange[], now: number, network?: FleetNetwork): Promise<Operation[]> {
  const generation = (await fleetGeneration(tx)) + 1
  const open = new Map((await openOperations(tx)).map((operation) => [operation.decky, operation]))
  const former = network && ((await settingOf(tx, NETWORK)) ?? JSON.stringify(LOOPBACK))
  if (network) await setSetting(tx, NETWORK, JSON.stringify(network))
  await setSetting(tx, GENERATION, String(generation))
  const made: Operation[] = []
  for (const change of changes) {
    const decky = (change.after ?? change.before)?.name ?? ''
    const under = open.get(decky)
    // One that is tried again and again does not keep anybody from wanting something else.
    if (under?.status === 'running' && under.error === null)
      throw new AppError(`${decky} is being changed at this moment.`, {
        code: 'decky_busy',
        status: 409,
        hint: 'Try again when that is done; it takes seconds.',
      })
    if (under)
      await tx
        .updateTable('decky_operations')
        .set({ status: 'failed', error: 'A later one took its place before it began.', finished_at: now })
        .where('id', '=', under.id)
        .execute()
    await write(tx, change)
    const detail = {
      ...change.detail,
      ...(former ? { [FORMER]: former } : {}),
      ...(under && detailOf(under)[LASTING] === true ? { [LASTING]: true } : {}),
    }
    const operation: Operation = {
      id: newId(),
      decky,
      operation: change.operation,
      status: 'pending',
      error: null,
      trigger_kind: change.trigger,
      actor: change.actor,
      wish_before: under ? under.wish_before : change.before && JSON.stringify(change.before),
      wish_after: change.after && JSON.stringify(change.after),
      detail: Object.keys(detail).length === 0 ? null : JSON.stringify(detail),
      generation,
      created_at: now,
      started_at: null,
      finished_at: null,
    }
    await tx.insertInto('decky_operations').values(operation).execute()
    made.push(operation)
  }
  return made
}

/** What waits for the fleet's start stays wanted though it cannot be done then. */
export async function makeLasting(tx: Tx): Promise<void> {
  for (const operation of await openOperations(tx))
    if (operation.status === 'pending')
      await tx
        .updateTable('decky_operations')
        .set({ detail: JSON.stringify({ ...detailOf(operation), [LASTING]: true }) })
        .where('id', '=', operation.id)
        .execute()
}

/** Notes why an operation could not be done yet, if it is one that stays wanted; it goes on. Answers whether it is. */
export async function postponeOperation(tx: Tx, operation: Operation, error: string): Promise<boolean> {
  if (detailOf(operation)[LASTING] !== true) return false
  if (operation.error !== error)
    await tx
      .updateTable('decky_operations')
      .set({ error: shortened(error) })
      .where('id', '=', operation.id)
      .execute()
  return true
}

const shortened = (error: string): string => error.slice(0, 2_000)

/** Ends an operation that could not be done: what was wanted before is wanted again, on the network of before unless that stays. */
export async function undoOperation(tx: Tx, operation: Operation, error: string, now: number, network = true): Promise<void> {
  await write(tx, { before: wishIn(operation.wish_after), after: wishIn(operation.wish_before) })
  const former = detailOf(operation)[FORMER]
  if (network && typeof former === 'string') await setSetting(tx, NETWORK, former)
  await setSetting(tx, GENERATION, String((await fleetGeneration(tx)) + 1))
  await endOperation(tx, operation.id, error, now)
}

export async function endOperation(tx: Tx, id: string, error: string | null, now: number): Promise<void> {
  await tx
    .updateTable('decky_operations')
    .set({ status: error === null ? 'succeeded' : 'failed', error: error === null ? null : shortened(error), finished_at: now })
    .where('id', '=', id)
    .execute()
}

/** Says that the fleet of this generation is being made; answers the operations that began with it. */
export async function beginOperations(tx: Tx, generation: number, now: number): Promise<Operation[]> {
  const begun = (await openOperations(tx)).filter((each) => each.status === 'pending' && each.generation <= generation)
  for (const { id } of begun)
    await tx.updateTable('decky_operations').set({ status: 'running', started_at: now }).where('id', '=', id).execute()
  return begun.map((each) => ({ ...each, status: 'running', started_at: now }))
}

/** Addresses of a fleet on the loopback follow its subnet; nothing is made anew for that. */
export async function moveLoopback(tx: Tx, subnet: string): Promise<void> {
  for (const { name, ip } of await tx.selectFrom('deckies').select(['name', 'ip']).execute())
    await tx
      .updateTable('deckies')
      .set({ ip: `${subnet}.${ip.split('.')[3]}` })
      .where('name', '=', name)
      .execute()
}
