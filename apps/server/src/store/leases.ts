import { type EventLog, type Lease, LeaseLostError, planLeases, type ShareTerm } from '@decnet/kernel/log'
import { type Selectable, sql } from 'kysely'
import type { Tx } from './log-table.ts'
import type { Db } from './open.ts'
import type { CursorTable } from './schema.ts'

/** The database's own clock, epoch milliseconds: hosts that share it may disagree about the time. */
const clock = sql<number>`cast(unixepoch('subsec') * 1000 as integer)`

const toLease = (row: Selectable<CursorTable>): Lease => ({
  part: row.part,
  seq: row.seq,
  epoch: row.epoch,
  owner: row.owner,
  expiresAt: row.expires_at,
})

/** Moves cursors within a fold's transaction. @throws {LeaseLostError} */
export async function advance(tx: Tx, fold: string, shares: readonly ShareTerm[], seq: number): Promise<void> {
  const byEpoch = Map.groupBy(shares, ({ epoch }) => epoch)
  for (const [epoch, some] of byEpoch) {
    const { numUpdatedRows } = await tx
      .updateTable('cursors')
      .set({ seq })
      .where('name', '=', fold)
      .where(
        'part',
        'in',
        some.map(({ part }) => part),
      )
      .where('epoch', '=', epoch)
      .where('owner', 'is not', null)
      .executeTakeFirstOrThrow()
    if (Number(numUpdatedRows) !== some.length) throw new LeaseLostError(`${fold}: a partition belongs to somebody else`)
  }
}

/** Leases of folds' partitions, kept beside their cursors. */
export function leases(db: Db): Pick<EventLog<Tx>, 'lease' | 'release' | 'shares'> {
  return {
    lease: (fold, request) =>
      db.transaction().execute(async (tx) => {
        const { owner, partitions, ttlMs, ended = () => false } = request
        // Written first: replicas of one fold that ask at the same moment do so one after the other.
        await tx
          .insertInto('replicas')
          .values({ name: fold, owner, expires_at: sql`${clock} + ${ttlMs}` })
          .onConflict((conflict) => conflict.columns(['name', 'owner']).doUpdateSet({ expires_at: sql`${clock} + ${ttlMs}` }))
          .execute()
        const { now } = await tx.selectNoFrom(clock.as('now')).executeTakeFirstOrThrow()
        const replicas = await tx.selectFrom('replicas').select(['owner', 'expires_at']).where('name', '=', fold).execute()
        const gone = replicas.filter((replica) => replica.expires_at <= now || ended(replica.owner)).map((replica) => replica.owner)
        if (gone.length > 0) await tx.deleteFrom('replicas').where('name', '=', fold).where('owner', 'in', gone).execute()
        const live = replicas.map((replica) => replica.owner).filter((name) => !gone.includes(name))
        const kept = () => tx.selectFrom('cursors').selectAll().where('name', '=', fold).orderBy('part').execute()
        let known = (await kept()).map(toLease)
        if (known.length < partitions) {
          const rows = Array.from({ length: partitions }, (_, part) => ({ name: fold, part, seq: 0, epoch: 0, owner: null, expires_at: 0 }))
          await tx
            .insertInto('cursors')
            .values(rows)
            .onConflict((conflict) => conflict.doNothing())
            .execute()
          known = (await kept()).map(toLease)
        }
        const planned = planLeases(known, live, request, now)
        const renewed: number[] = []
        for (const lease of planned) {
          const before = known.find(({ part }) => part === lease.part)
          if (before?.owner === lease.owner && before.epoch === lease.epoch) {
            if (lease.owner === owner) renewed.push(lease.part)
            continue
          }
          await tx
            .updateTable('cursors')
            .set({ owner: lease.owner, epoch: lease.epoch, expires_at: lease.expiresAt })
            .where('name', '=', fold)
            .where('part', '=', lease.part)
            .execute()
        }
        if (renewed.length > 0)
          await tx
            .updateTable('cursors')
            .set({ expires_at: now + ttlMs })
            .where('name', '=', fold)
            .where('part', 'in', renewed)
            .execute()
        return planned.filter((lease) => lease.owner === owner).map(({ part, seq, epoch }) => ({ part, seq, epoch }))
      }),
    async release(fold, owner) {
      await db.transaction().execute(async (tx) => {
        await tx.deleteFrom('replicas').where('name', '=', fold).where('owner', '=', owner).execute()
        await tx.updateTable('cursors').set({ owner: null, expires_at: 0 }).where('name', '=', fold).where('owner', '=', owner).execute()
      })
    },
    async shares(fold) {
      const rows = await db.selectFrom('cursors').selectAll().where('name', '=', fold).orderBy('part').execute()
      return rows.map(({ part, seq, epoch, owner }) => ({ part, seq, epoch, owner }))
    },
  }
}
