import { topics } from '@decnet/contracts/topics'
import { defineFold } from '@decnet/kernel/worker'
import { foldAttackers } from './attackers.ts'
import { emits, type ProfilerContext } from './context.ts'
import { foldSessions } from './sessions.ts'

/** Who came, when, for how long, and how much it matters. */
export default defineFold({
  name: 'profiler',
  summary: 'Keeps one row for each attacker and each session, and scores attackers.',
  reads: [topics.systemLog, topics.credentialCaptured],
  emits,
  key: ({ attackerIp }) => attackerIp,
  async handle(batch, context: ProfilerContext) {
    const events = batch.filter((record) => record.topic === topics.systemLog.pattern)
    await foldAttackers(events, context)
    await foldSessions(events, context)
    // Capture never waits for the profile: the owner of a credential is filled in here, afterwards.
    const addresses = [
      ...new Set(
        batch.flatMap((record) =>
          record.topic === topics.credentialCaptured.pattern && record.attackerIp !== null ? [record.attackerIp] : [],
        ),
      ),
    ]
    if (addresses.length > 0) {
      await context.tx
        .updateTable('credentials')
        .set((eb) => ({
          attacker_uuid: eb.selectFrom('attackers').select('uuid').whereRef('attackers.ip', '=', 'credentials.attacker_ip'),
        }))
        .where('attacker_ip', 'in', addresses)
        .where('attacker_uuid', 'is', null)
        .execute()
    }
  },
})
