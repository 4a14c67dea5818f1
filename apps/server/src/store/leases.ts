import { type EventLog, type Lease, LeaseLostError, type LeaseRequest, planLeases, type Share, type ShareTerm } from '@decnet/kernel/log'
import type { Selectable } from 'kysely'
import { dialectOf } from './dialect.ts'
import type { Tx } from './log-table.ts'
import type { Db } from './open.ts'
import type { CursorTable } from './schema.ts'
import { insertNew } from './upsert.ts'

const toLease = (row: Selectable<CursorTable>): Lease => ({
  part: row.part,
  seq: row.seq,
  epoch: row.epoch,
  owner: row.owner,
  expiresAt: row.expires_at,
})

const cursorsOf = (fold: string, partitions: number): CursorTable[] =>
  Array.from({ length: partitions }, (_, part) => ({ name: fold, part, seq: 0, epoch: 0, owner: null, expires_at: 0 }))

const partsOf = (shares: readonly ShareTerm[]) => shares.map(({ part }) => part)

/** A fold's cursors, all taken in one order: who needs several waits in turn, and nobody for one another. */
function locked(tx: Tx, fold: string) {
  const cursors = tx.selectFrom('cursors').selectAll().where('name', '=', fold).orderBy('part')
  return dialectOf(tx).locksRows ? cursors.forUpdate() : cursors
}

/** Moves cursors within a fold's transaction. @throws {LeaseLostError} */
export async function advance(tx: Tx, fold: string, shares: readonly ShareTerm[], seq: number): Promise<void> {
  if (shares.length > 1 && dialectOf(tx).locksRows) await locked(tx, fold).where('part', 'in', partsOf(shares)).execute()
  const byEpoch = Map.groupBy(shares, ({ epoch }) => epoch)
  for (const [epoch, some] of byEpoch) {
    const { numUpdatedRows } = await tx
      .updateTable('cursors')
      .set({ seq })
      .where('name', '=', fold)
      .where('part', 'in', partsOf(some))
      .where('epoch', '=', epoch)
      .where('owner', 'is not', null)
      .executeTakeFirstOrThrow()
    if (Number(numUpdatedRows) !== some.length) throw new LeaseLostError(`${fold}: a partition belongs to somebody else`)
  }
}

/** The fold's leases, from here on changed by nobody else; made where they are missing. */
async function takeCursors(tx: Tx, fold: string, partitions: number): Promise<Lease[]> {
  const known = await locked(tx, fold).execute()
  if (known.length >= partitions) return known.map(toLease)
  await insertNew(tx, 'cursors', ['name', 'part'], cursorsOf(fold, partitions))
  return (await locked(tx, fold).execute()).map(toLease)
}

/** Those who ask for a part of the fold, this one with them; who fell silent or has ended is struck off. */
async function liveOwners(tx: Tx, fold: string, { owner, ttlMs, ended = () => false }: LeaseRequest, now: number): Promise<string[]> {
  const replicas = await tx.selectFrom('replicas').select(['owner', 'expires_at']).where('name', '=', fold).execute()
  const others = replicas.filter((replica) => replica.owner !== owner)
  const gone = others.filter((replica) => replica.expires_at <= now || ended(replica.owner)).map((replica) => replica.owner)
  if (gone.length > 0) await tx.deleteFrom('replicas').where('name', '=', fold).where('owner', 'in', gone).execute()
  const until = { expires_at: now + ttlMs }
  if (replicas.length === others.length) await insertNew(tx, 'replicas', ['name', 'owner'], [{ name: fold, owner, ...until }])
  else await tx.updateTable('replicas').set(until).where('name', '=', fold).where('owner', '=', owner).execute()
  return [owner, ...others.map((replica) => replica.owner).filter((name) => !gone.includes(name))]
}

async function lease(tx: Tx, fold: string, request: LeaseRequest): Promise<Share[]> {
  const { owner, partitions, ttlMs } = request
  const known = await takeCursors(tx, fold, partitions)
  const { now } = await tx.selectNoFrom(dialectOf(tx).clock.as('now')).executeTakeFirstOrThrow()
  const planned = planLeases(known, await liveOwners(tx, fold, request, now), request, now)
  const renewed: number[] = []
  for (const { part, owner: holder, epoch, expiresAt } of planned) {
    const before = known.find((lease) => lease.part === part)
    if (before?.owner === holder && before.epoch === epoch) {
      if (holder === owner) renewed.push(part)
      continue
    }
    const taken = { owner: holder, epoch, expires_at: expiresAt }
    await tx.updateTable('cursors').set(taken).where('name', '=', fold).where('part', '=', part).execute()
  }
  const until = { expires_at: now + ttlMs }
  if (renewed.length > 0) await tx.updateTable('cursors').set(until).where('name', '=', fold).where('part', 'in', renewed).execute()
  return planned.filter((lease) => lease.owner === owner).map(({ part, seq, epoch }) => ({ part, seq, epoch }))
}

/** Leases of folds' partitions, kept beside their cursors. `transaction`: one that writes, and sees what was committed before it began to. */
export function leases(
  db: Db,
  transaction: <R>(work: (tx: Tx) => Promise<R>) => Promise<R>,
): Pick<EventLog<Tx>, 'lease' | 'release' | 'shares'> {
  return {
    lease: (fold, request) => transaction((tx) => lease(tx, fold, request)),
    release: (fold, owner) =>
      transaction(async (tx) => {
        await locked(tx, fold).execute()
        await tx.deleteFrom('replicas').where('name', '=', fold).where('owner', '=', owner).execute()
        const free = { owner: null, expires_at: 0 }
        await tx.updateTable('cursors').set(free).where('name', '=', fold).where('owner', '=', owner).execute()
      }),
    async shares(fold) {
      const rows = await db.selectFrom('cursors').selectAll().where('name', '=', fold).orderBy('part').execute()
      return rows.map(({ part, seq, epoch, owner }) => ({ part, seq, epoch, owner }))
    },
  }
}
