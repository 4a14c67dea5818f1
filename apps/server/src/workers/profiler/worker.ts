import { topics } from '@decnet/contracts/topics'
import type { LogRecord } from '@decnet/kernel/log'
import { defineFold } from '@decnet/kernel/worker'
import type { Tx } from '../../store/log-table.ts'
import { foldAttackers } from './attackers.ts'
import { emits, type ProfilerContext } from './context.ts'
import { foldMutations } from './mutations.ts'
import { foldSessions } from './sessions.ts'

/** Capture never waits for the profile: the owner of a credential is filled in here, afterwards. */
async function ownCredentials(captured: readonly LogRecord[], tx: Tx): Promise<void> {
  const addresses = [...new Set(captured.flatMap(({ attackerIp }) => (attackerIp === null ? [] : [attackerIp])))]
  if (addresses.length === 0) return
  await tx
    .updateTable('credentials')
    .set((eb) => ({
      attacker_uuid: eb.selectFrom('attackers').select('uuid').whereRef('attackers.ip', '=', 'credentials.attacker_ip'),
    }))
    .where('attacker_ip', 'in', addresses)
    .where('attacker_uuid', 'is', null)
    .execute()
}

/** Who came, when, for how long, how they work, and how much it matters. */
export default defineFold({
  name: 'profiler',
  summary: 'Keeps one row for each attacker and each session, what each attacker can be told by, and scores attackers.',
  reads: [topics.systemLog, topics.credentialCaptured, topics.deckyMutation, topics.ttpTagged],
  emits,
  key: ({ attackerIp }) => attackerIp,
  batchSize: 2_000,
  async handle(batch, context: ProfilerContext) {
    const events: LogRecord[] = []
    const captured: LogRecord[] = []
    const mutations: LogRecord[] = []
    for (const record of batch) {
      if (record.topic === topics.systemLog.pattern) events.push(record)
      else if (record.topic === topics.credentialCaptured.pattern) captured.push(record)
      else if (record.topic !== topics.ttpTagged.pattern) mutations.push(record)
    }
    await foldMutations(mutations, context.tx)
    const telling = batch.filter(({ topic }) => topic === topics.systemLog.pattern || topic === topics.ttpTagged.pattern)
    await foldAttackers(telling, context)
    await foldSessions(events, context)
    await ownCredentials(captured, context.tx)
  },
})
