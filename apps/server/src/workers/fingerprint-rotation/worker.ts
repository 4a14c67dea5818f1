import { topics } from '@decnet/contracts/topics'
import { attackerId } from '@decnet/kernel'
import { defineFold, type FoldContext } from '@decnet/kernel/worker'
import { services } from '@decnet/services'
import { recordFingerprint } from '../../domain/rotation/record-fingerprint.ts'
import { sightingsIn } from '../../domain/rotation/sightings-in.ts'
import { FingerprintStates } from '../../store/fingerprint-states.ts'
import type { Tx } from '../../store/log-table.ts'
import { aroundOf } from './around.ts'

const emits = [topics.attackerFingerprintRotated] as const
type Context = FoldContext<Tx, (typeof emits)[number]>

const ports = new Map(services.map(({ name, ports }) => [name, ports[0]?.port ?? null]))
const portOf = (service: string) => ports.get(service) ?? null

/** Says when the same port of the same attacker, seen in the same way, shows another fingerprint than the last one. */
export default defineFold({
  name: 'fingerprint-rotation',
  summary: 'Compares each fingerprint of an attacker with the one before it, and says when it changed.',
  rest: 400,
  reads: [topics.systemLog, topics.attackerFingerprinted],
  emits,
  key: ({ attackerIp }) => attackerIp,
  batchSize: 2_000,
  async handle(batch, { tx, emit }: Context) {
    const seen = batch.flatMap((record) =>
      sightingsIn(record, attackerId(record.attackerIp ?? ''), portOf).map((sighting) => ({ record, sighting })),
    )
    if (seen.length === 0) return
    const states = await FingerprintStates.of(tx, [...new Set(seen.map(({ sighting }) => sighting.attacker_uuid))])
    for (const { record, sighting } of seen) {
      const before = states.get(sighting)
      if (before && record.seq <= before.lastSeq) continue
      const around = before ? await aroundOf(tx, before.state, record, sighting, portOf) : {}
      const { failures } = recordFingerprint(sighting, {
        // An attacker's id follows from its address: each is known.
        load: () => before?.state ?? null,
        around,
        commit: (_sighting, state) =>
          states.set(sighting, { state, firstSeen: Math.min(before?.firstSeen ?? record.ts, record.ts), lastSeq: record.seq }),
        publish: (rotated) => {
          // A late sighting may tell of two: it came, and what was there came back.
          const back = rotated.old_hash === sighting.hash ? ' back' : ''
          emit(topics.attackerFingerprintRotated, [], rotated, { source: record, key: `${rotated.probe_type} ${rotated.port}${back}` })
        },
      })
      // Nothing is committed yet: all or nothing.
      for (const failure of failures) throw failure
    }
    await states.save(tx)
  },
})
