import type { FleetNetwork } from '@decnet/contracts'
import type { Lifecycle } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { isDamage } from '../store/damage.ts'
import { listDeckies } from '../store/deckies.ts'
import { wantedFleet } from '../store/fleet.ts'
import type { Store } from '../store/open.ts'
import { listOperations } from '../store/operations.ts'
import { isStructural } from '../store/structural.ts'
import type { CommandOptions } from './command.ts'
import { openStored } from './stored.ts'

const MOST = 1_000

/** The fleet of a home as its database has it. */
export interface StoredFleet {
  readonly network: FleetNetwork | null
  readonly fleet: readonly {
    readonly name: string
    readonly ip: string
    readonly archetype: string
    readonly state: string
    readonly services: readonly { readonly name: string; readonly port: number; readonly state: string; readonly detail: string | null }[]
  }[]
  /** Those that have not ended, oldest first. */
  readonly operations: readonly Lifecycle[]
}

const NOTHING: StoredFleet = { network: null, fleet: [], operations: [] }

/** What is wanted and how it stands; nothing where there is no database yet, one of another release, or a damaged one. */
export async function storedFleet(options: CommandOptions): Promise<StoredFleet> {
  let store: Store | undefined
  try {
    store = (await openStored(options)).store
    const { db } = store
    const { network } = await wantedFleet(db)
    const deckies = await listDeckies(db, new Map())
    const open = await Promise.all(
      (['pending', 'running'] as const).map((status) => listOperations(db, { status, limit: MOST, offset: 0 })),
    )
    return {
      network,
      fleet: deckies.map(({ name, ip, archetype, state, services }) => ({
        name,
        ip,
        archetype,
        state,
        services: services.map(({ name, port, state, detail }) => ({ name, port, state, detail })),
      })),
      operations: open.flatMap(({ data }) => data).toSorted((a, b) => a.created_at.localeCompare(b.created_at)),
    }
  } catch (error) {
    const known =
      error instanceof AppError ? ['home_empty', 'database_corrupt'].includes(error.code) : isStructural(error) || isDamage(error)
    if (known) return NOTHING
    throw error
  } finally {
    await store?.close()
  }
}
