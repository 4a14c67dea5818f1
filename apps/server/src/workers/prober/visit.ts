import { topics } from '@decnet/contracts/topics'
import { newId } from '@decnet/kernel'
import type { NewLogRecord } from '@decnet/kernel/log'
import { nextDue } from '../../domain/probe/schedule.ts'
import type { PortAnswer } from '../../probe/ask-port.ts'
import type { Family, Finding } from '../../probe/probe.ts'
import type { AttackerProbeTable } from '../../store/probe-table.ts'

/** Of what a server chose, so much of each text is kept. */
const LONGEST = 1_000

const clipped = (facts: Finding['facts']) => Object.fromEntries(Object.entries(facts).map(([name, text]) => [name, text.slice(0, LONGEST)]))

/** A probe's row after a visit. `state`: why nothing was asked, where it was not. */
export function afterVisit(
  row: AttackerProbeTable,
  { state, findings }: PortAnswer | { readonly state: 'refused'; readonly findings: PortAnswer['findings'] },
  { now, everyMs }: { readonly now: number; readonly everyMs: number },
): AttackerProbeTable {
  const found = findings.get(row.probe as Family)
  const visits = row.visits + 1
  const silences = found ? 0 : row.silences + 1
  return {
    ...row,
    visits,
    silences,
    state: found ? 'found' : state === 'open' ? 'nothing' : state,
    tried_at: now,
    due_at: nextDue({ attacker: row.attacker_uuid, port: row.port, visits, silences, now, everyMs }),
    ...(found && { answered_at: now, hash: found.hash, facts: JSON.stringify(clipped(found.facts)) }),
  }
}

/** `attacker.fingerprinted`: the family stands in the type. */
export const fingerprinted = (
  { attacker_ip, port }: AttackerProbeTable,
  family: Family,
  { payload }: Finding,
  now: number,
): NewLogRecord => ({
  id: newId(),
  topic: topics.attackerFingerprinted.name(),
  ts: now,
  source: 'prober',
  type: family,
  decky: null,
  service: null,
  attackerIp: attacker_ip,
  attackerPort: port,
  sessionId: null,
  body: topics.attackerFingerprinted.payload.parse({ attacker_ip, port, ...payload }),
  msg: null,
})
