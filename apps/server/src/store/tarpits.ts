import type { TarpitState } from '@decnet/contracts/api'
import { changeFleet, deckyUnknown } from './fleet.ts'
import type { TarpitTable } from './fleet-tables.ts'
import type { Tx } from './log-table.ts'
import type { Db } from './open.ts'
import { iso } from './time.ts'

/** How many of those that are held up now are named. */
const NAMED = 500

/** Holds up whoever comes to these services of a decky; null: nobody any longer. The fleet that runs follows, and connections that are there too. */
export async function setTarpits(
  tx: Tx,
  decky: string,
  services: readonly string[],
  pit: Omit<TarpitTable, 'decky' | 'service'> | null,
  now: number,
) {
  if (services.length === 0) return
  await tx.deleteFrom('tarpits').where('decky', '=', decky).where('service', 'in', services).execute()
  if (pit)
    await tx
      .insertInto('tarpits')
      .values(services.map((service) => ({ decky, service, ...pit })))
      .execute()
  // Nothing about the hosts, but news for whoever plays them.
  await changeFleet(tx, [], now)
}

/** The tarpits of a decky, and who is held up there now, the longest first. @throws {AppError} `decky_unknown` 404. */
export async function tarpitsOf(db: Db, decky: string): Promise<TarpitState> {
  if (!(await db.selectFrom('deckies').select('name').where('name', '=', decky).executeTakeFirst())) throw deckyUnknown(decky)
  const pits = await db.selectFrom('tarpits').selectAll().where('decky', '=', decky).orderBy('service').execute()
  const entered = await db
    .selectFrom('log')
    .innerJoin('sessions', 'sessions.id', 'log.session_id')
    .select(['log.service', 'log.attacker_ip', 'log.attacker_port', 'log.ts', 'log.session_id'])
    .where('log.decky', '=', decky)
    .where('log.type', '=', 'tarpit_enter')
    .where('sessions.ended_at', 'is', null)
    .orderBy('log.seq')
    .limit(NAMED)
    .execute()
  const sessions = entered.flatMap(({ session_id }) => session_id ?? [])
  const left =
    sessions.length === 0
      ? []
      : await db.selectFrom('log').select('session_id').where('type', '=', 'tarpit_exit').where('session_id', 'in', sessions).execute()
  const gone = new Set(left.map(({ session_id }) => session_id))
  return {
    tarpits: pits.map(({ service, accept_ms, bytes_per_second, set_by, set_at }) => ({
      service,
      accept_ms,
      bytes_per_second,
      set_by,
      set_at: iso(set_at),
    })),
    connections: entered
      .filter(({ session_id }) => !gone.has(session_id))
      .map(({ service, attacker_ip, attacker_port, ts, session_id }) => ({
        service: service ?? '',
        attacker_ip: attacker_ip ?? '',
        attacker_port: attacker_port ?? 0,
        session_id: session_id ?? '',
        since: iso(ts),
      })),
  }
}
