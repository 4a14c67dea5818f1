import { topics } from '@decnet/contracts/topics'
import { attackerId } from '@decnet/kernel'
import type { EventLog } from '@decnet/kernel/log'
import { firstDue } from '../../domain/probe/schedule.ts'
import type { Errand } from '../../probe/settings.ts'
import type { Tx } from '../../store/log-table.ts'
import type { Db } from '../../store/open.ts'
import { learnedUpTo, planProbes, setLearnedUpTo } from '../../store/probes.ts'

/** New attackers of one step; each is asked a few dozen things. */
const AT_ONCE = 50

/** Plans what those who were seen since are asked. Those that may not be asked are passed over. */
export async function learn(
  log: EventLog<Tx>,
  db: Db,
  { errands, guard, now }: { readonly errands: readonly Errand[]; readonly guard: (ip: string) => string | null; readonly now: number },
): Promise<void> {
  const position = await learnedUpTo(db)
  const { records, scanned } = await log.read(position, AT_ONCE, [topics.attackerObserved.pattern])
  if (scanned <= position) return
  const addresses = new Set(records.flatMap(({ attackerIp }) => (attackerIp === null || guard(attackerIp) !== null ? [] : [attackerIp])))
  const rows = [...addresses].flatMap((attacker_ip) => {
    const attacker_uuid = attackerId(attacker_ip)
    return errands.map(({ port, probe }) => ({ attacker_uuid, attacker_ip, port, probe, due_at: firstDue(now, attacker_uuid, port) }))
  })
  await log.transaction(async (tx) => {
    await planProbes(tx, rows)
    await setLearnedUpTo(tx, scanned)
  })
}
