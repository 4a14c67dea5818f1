import type { Finding } from '../domain/ttp/engine/finding.ts'
import { tagId } from '../domain/ttp/tag-id.ts'
import type { TtpTagTable } from '../store/technique-tables.ts'
import type { Seen } from './sights.ts'

/** Findings in a piece of evidence, as the store keeps them. */
export const tagRows = ({ record, sight, subject }: Seen, findings: readonly Finding[], release: string): TtpTagTable[] =>
  findings.map(({ rule, version, technique_id, sub_technique_id, tactic, confidence, evidence }) => {
    const source = { source_kind: sight.evidence.kind, source_id: record.id }
    return {
      uuid: tagId({ ...source, rule, version, technique_id, sub_technique_id }),
      ...source,
      attacker_uuid: subject.attacker_uuid,
      // An attacker's identity may be another tomorrow: it is asked for when the tag is read.
      identity_uuid: subject.attacker_uuid === null ? subject.identity_uuid : null,
      session_id: subject.session_id,
      decky: record.decky,
      service: record.service,
      tactic,
      technique_id,
      sub_technique_id,
      confidence,
      rule_id: rule,
      rule_version: version,
      evidence: JSON.stringify(evidence),
      attack_release: release,
      at: record.ts,
      seq: record.seq,
    }
  })
