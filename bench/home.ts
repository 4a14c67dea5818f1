import { linkSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { services } from '@decnet/services'
import { type Home, homeAt, prepareHome } from '../apps/server/src/home.ts'
import { migrate, openStore } from '../apps/server/src/store/open.ts'
import { ensurePlan } from '../apps/server/src/store/plan.ts'
import { scratch } from './scratch.ts'

/** As many connections as a benchmark opens: not the daemon's own limits are measured. */
const UNLIMITED = { max_startups: '20000:30:20000', login_grace_time: 0, max_connections: 0, max_connections_per_source: 0 }

export interface BenchHome extends Disposable, Home {}

/** A home of its own, gone at the end. */
export function makeHome(): BenchHome {
  const folder = scratch('bench')
  const home = homeAt(folder.path)
  prepareHome(home)
  return { ...home, [Symbol.dispose]: () => folder[Symbol.dispose]() }
}

/** Plans the fleet before its first start, ssh without limits on connections. */
export async function liftSshLimits(home: Home): Promise<void> {
  await using store = await openStore(home.database)
  await migrate(store)
  await store.db.transaction().execute((tx) => ensurePlan(tx, { subnet: '127.77.0', now: Date.now(), knownServices: services }))
  await store.db
    .updateTable('decky_services')
    .set({ config: JSON.stringify(UNLIMITED) })
    .where('name', '=', 'ssh')
    .execute()
}

/** The same files under a second name: whoever deletes them there leaves them here. */
export function linkSpool(from: string, home: Home): void {
  for (const name of readdirSync(from)) linkSync(join(from, name), join(home.spool, name))
}
