import { topics } from '@decnet/contracts/topics'
import type { EventLog } from '@decnet/kernel/log'
import { defineTick } from '@decnet/kernel/worker'
import { askPort } from '../../probe/ask-port.ts'
import { guardNow } from '../../probe/guard-now.ts'
import { FAMILIES, type Means } from '../../probe/probe.ts'
import { errandsOf, type ProberSettings } from '../../probe/settings.ts'
import type { Tx } from '../../store/log-table.ts'
import type { Db } from '../../store/open.ts'
import { type DueProbe, dropProbes, dueProbes, takeProbe, writeProbes } from '../../store/probes.ts'
import { learn } from './learn.ts'
import { afterVisit, fingerprinted } from './visit.ts'

/** One step visits so many ports at a time, and there is a step a second at most: that is the limit of what goes out. */
const PORTS_AT_ONCE = 8
const STEP_MS = 1_000
/** Errands looked at for that. */
const LOOKED_AT = 64
const TIMEOUT_MS = 5_000
/** Longer than any visit: who was killed during one leaves it to others then. */
const TAKEN_MS = 10 * 60_000
/** An address of somebody who has not come for so long may be another's by now. */
const FORGOTTEN_MS = 30 * 24 * 3_600_000
/** Who comes back after that is asked again within it. */
const LOOK_AGAIN_MS = 24 * 3_600_000

export interface ProberParts {
  readonly log: EventLog<Tx>
  readonly db: Db
  /** Absent: it is switched off. */
  readonly settings: ProberSettings | undefined
  readonly now: () => number
}

/**
 * Asks the machines of attackers what they are, and again from time to time, so that changes are seen. What it plans stands in a table: it goes
 * on where it was, and several of it share the work.
 */
export const prober = ({ log, db, settings, now }: ProberParts) =>
  defineTick({
    name: 'prober',
    summary: 'Asks the machines of attackers what they are, where that is switched on, and again from time to time.',
    every: STEP_MS,
    rest: STEP_MS,
    wakes: [topics.attackerObserved],
    emits: [topics.attackerFingerprinted],
    async run({ publish, signal }) {
      if (!settings) return 'done'
      const guard = await guardNow(db, settings)
      const errands = errandsOf(settings.ports)
      await learn(log, db, { errands, guard, now: now() })

      const due = await dueProbes(db, now(), LOOKED_AT)
      const wanted = new Set(errands.map(({ port, probe }) => `${port} ${probe}`))
      const gone = due.filter(({ port, probe, last_seen }) => last_seen === null || !wanted.has(`${port} ${probe}`))
      await dropProbes(db, gone)
      const left = due.filter((row) => !gone.includes(row))
      const asleep = left.filter(({ due_at, last_seen }) => due_at !== 0 && (last_seen ?? 0) < now() - FORGOTTEN_MS)
      await writeProbes(
        db,
        asleep.map(({ last_seen: _seen, ...row }) => ({ ...row, due_at: now() + LOOK_AGAIN_MS })),
      )

      const means: Means = { timeoutMs: TIMEOUT_MS, signal }
      async function visit(rows: readonly DueProbe[]): Promise<void> {
        const taken: DueProbe[] = []
        for (const row of rows) if (await takeProbe(db, row, now() + TAKEN_MS)) taken.push(row)
        const [first] = taken
        if (!settings || !first) return
        const { attacker_ip: address, port } = first
        const families = FAMILIES.filter((family) => taken.some(({ probe }) => probe === family))
        const answer =
          guard(address) === null
            ? await askPort({ address, host: address, port }, families, means)
            : { state: 'refused' as const, findings: new Map() }
        // Cut off: nothing is known, and it is taken up again.
        if (signal.aborted) return
        const at = now()
        const after = taken.map(({ last_seen: _seen, ...row }) => afterVisit(row, answer, { now: at, everyMs: settings.everyMs }))
        const records = [...answer.findings].map(([family, finding]) => fingerprinted(first, family, finding, at))
        const written = await log.transaction(async (tx, log) => {
          await writeProbes(tx, after)
          return log.append(records)
        })
        for (const { body, type } of written)
          publish(topics.attackerFingerprinted, [], topics.attackerFingerprinted.payload.parse(body), type)
      }
      const awake = Map.groupBy(
        left.filter((row) => !asleep.includes(row)),
        ({ attacker_uuid, port }) => `${attacker_uuid} ${port}`,
      )
      await Promise.all([...awake.values()].slice(0, PORTS_AT_ONCE).map(visit))
      return 'done'
    },
  })
