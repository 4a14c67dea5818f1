import { AppError } from '@decnet/kernel'
import type { EventLog } from '@decnet/kernel/log'
import { type FleetDesk, fleetDesk } from '../fleet/desk.ts'
import { type Home, prepareHome } from '../home.ts'
import { dialectOf } from '../store/dialect.ts'
import { logTable, type Tx } from '../store/log-table.ts'
import { migrate, openStore, type Store } from '../store/open.ts'
import { rememberedSubnet } from '../supervisor/network.ts'
import { runningIn } from '../supervisor/state.ts'
import type { CommandOptions } from './command.ts'
import { databaseOf, readableHomeOf } from './home-of.ts'

/** The database of a home with what may be done to its fleet. */
export interface FleetStore {
  readonly home: Home
  readonly store: Store
  readonly log: EventLog<Tx>
  readonly desk: FleetDesk
  /** Somebody plays this fleet now, here or on another host that shares the database. */
  played(): Promise<boolean>
}

/**
 * Works on the fleet of a home: directly in its database, so that it is the same whether the fleet runs or not; one that runs follows within a
 * second. A home that was never started is made. @throws {AppError} `agent_home`, `home_*`.
 */
export async function withFleet<T>(options: CommandOptions, work: (fleet: FleetStore) => Promise<T>): Promise<T> {
  const home = readableHomeOf(options)
  const running = runningIn(home)
  if (running?.ready && running.ready.console === undefined)
    throw new AppError(`The home ${home.path} is an agent's: its deckies are not planned here.`, {
      code: 'agent_home',
      hint: 'Start a fleet of its own with `decnet up --home …`.',
    })
  const database = databaseOf(options)
  // What is made holds captured passwords later.
  process.umask(0o077)
  if (database === home.database) prepareHome(home)
  const store = await openStore(database)
  try {
    if (!running) await migrate(store)
    const log = logTable(store)
    const desk = fleetDesk({
      log,
      loopback: () => rememberedSubnet(home.networkFile) ?? '127.77.0',
      told: () => undefined,
    })
    const played = async () => {
      if (database === home.database || runningIn(home)) return runningIn(home) !== null
      const { now } = await store.db.selectNoFrom(dialectOf(store.db).clock.as('now')).executeTakeFirstOrThrow()
      const holders = store.db.selectFrom('cursors').select('owner').where('name', '=', 'fleet').where('owner', 'is not', null)
      return (await holders.where('expires_at', '>', Number(now)).execute()).length > 0
    }
    return await work({ home, store, log, desk, played })
  } finally {
    await store.close()
  }
}
