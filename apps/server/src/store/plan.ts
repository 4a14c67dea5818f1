import { randomBytes } from 'node:crypto'
import { type KnownService, planFleet } from '@decnet/persona'
import { changeFleet, makeLasting, moveLoopback, type WantedFleet, wantedFleet } from './fleet.ts'
import type { Tx } from './log-table.ts'

export interface PlanOptions {
  /** First three numbers of the loopback network that this home holds. */
  readonly subnet: string
  readonly now: number
  readonly knownServices: readonly KnownService[]
}

/**
 * The fleet as it is to be when it starts: planned on the very first start; on the loopback its addresses follow the subnet. What was saved for
 * the next start of a service is used from now on.
 */
export async function ensurePlan(tx: Tx, { subnet, now, knownServices }: PlanOptions): Promise<WantedFleet> {
  const known = await wantedFleet(tx)
  if (known.generation === 0 && known.deckies.length === 0) {
    const plan = planFleet({ seed: randomBytes(16).toString('hex'), subnet, now, knownServices })
    await changeFleet(
      tx,
      plan.map((decky) => ({
        operation: 'deploy',
        trigger: 'creation',
        actor: null,
        before: null,
        after: { ...decky, mutateMinutes: null, lastMutated: null },
      })),
      now,
    )
    await makeLasting(tx)
    return wantedFleet(tx)
  }
  await makeLasting(tx)
  if (known.network.substrate === 'loopback') await moveLoopback(tx, subnet)
  for (const { decky, name, saved_config } of await tx
    .selectFrom('decky_services')
    .selectAll()
    .where('saved_config', 'is not', null)
    .execute())
    await tx
      .updateTable('decky_services')
      .set({ config: saved_config ?? '{}', saved_config: null })
      .where('decky', '=', decky)
      .where('name', '=', name)
      .execute()
  // A home of an older release never counted.
  if (known.generation === 0) await changeFleet(tx, [], now)
  return wantedFleet(tx)
}
