import { AppError } from '@decnet/kernel'
import type { Db } from '../store/open.ts'
import { wantProbes } from '../store/probes.ts'
import { guardNow } from './guard-now.ts'
import { errandsOf, type ProberSettings } from './settings.ts'

/** What the API asks about probing. Switched off where there are no settings. */
export function probeDesk(db: Db, settings: ProberSettings | undefined) {
  return {
    /** Whether an address would be probed, and if not, why. */
    async 'probes.may'({ ip }: { ip: string }) {
      const guard = await guardNow(db, settings ?? { allow: [], deny: [] })
      return { enabled: settings !== undefined, refused: guard(ip) }
    },
    /** Asks for everything of an attacker now; answers how much that is. @throws {AppError} `prober_off`, `address_refused`. */
    async 'probes.want'({ uuid, ip }: { uuid: string; ip: string }) {
      if (!settings)
        throw new AppError('Attackers are not probed here.', {
          code: 'prober_off',
          status: 409,
          hint: 'DECNET_PROBER_ENABLED=true switches it on at the next start.',
        })
      const refused = (await guardNow(db, settings))(ip)
      if (refused !== null)
        throw new AppError(`${ip} ${refused}: it is not probed.`, {
          code: 'address_refused',
          status: 422,
          hint: 'DECNET_PROBER_ALLOW names networks that may be probed all the same.',
        })
      const errands = errandsOf(settings.ports)
      await wantProbes(
        db,
        errands.map(({ port, probe }) => ({ attacker_uuid: uuid, attacker_ip: ip, port, probe, due_at: 0 })),
      )
      return errands.length
    },
  }
}
