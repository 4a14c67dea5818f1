import { AppError } from '@decnet/kernel'
import type { EventLog } from '@decnet/kernel/log'
import { wantedFleet } from '../store/fleet.ts'
import type { Tx } from '../store/log-table.ts'
import { setTarpits } from '../store/tarpits.ts'
import { deckyNamed, serviceOf } from './live.ts'

export interface TarpitOrder {
  readonly decky: string
  /** Null: all of the decky's. */
  readonly services: readonly string[] | null
  /** Null: nobody is held up any longer. */
  readonly pace: { readonly accept_ms: number; readonly bytes_per_second: number } | null
  readonly actor: string | null
  readonly now: number
}

/** Services that hold up whoever comes. Connections that are there are held up, or let go, too; none is cut. */
export const tarpitDesk = (log: EventLog<Tx>) => ({
  /** @throws {AppError} `decky_unknown` 404, `service_absent` 409, `tarpit_unavailable` 409 of a fleet in containers. */
  'fleet.tarpit': ({ decky: name, services, pace, actor, now }: TarpitOrder): Promise<void> =>
    log.transaction(async (tx) => {
      const decky = await deckyNamed(tx, name)
      if (pace && (await wantedFleet(tx)).network.substrate === 'compose')
        throw new AppError('Services in containers cannot be slowed down yet.', {
          code: 'tarpit_unavailable',
          status: 409,
          hint: 'Tarpits work where the sensor serves: on the loopback and in namespaces.',
        })
      for (const service of services ?? []) serviceOf(decky, service)
      await setTarpits(
        tx,
        name,
        services ?? decky.services.map((service) => service.name),
        pace && { ...pace, set_by: actor, set_at: now },
        now,
      )
    }),
})
