import type { PayloadOf, topics } from '@decnet/contracts/topics'
import type { LogRecord } from '@decnet/kernel/log'
import type { Tx } from '../store/log-table.ts'
import type { TtpTagTable } from '../store/technique-tables.ts'
import { newTags } from '../store/techniques.ts'
import type { Seen, Subject } from './sights.ts'

/** How new tags are told of: `tagged` once for each record, `fired` once for each technique of whom the tags are about. */
export interface Tell {
  tagged(record: LogRecord, payload: PayloadOf<typeof topics.ttpTagged>): void
  fired(technique: string, payload: PayloadOf<typeof topics.ttpRuleFired>): void
}

const uuidsOf = (tags: readonly TtpTagTable[]) => tags.map(({ uuid }) => uuid)

/** Evidence that sums up what an attacker did until it was told: a score counts that already, and when it is told depends on the order of logs. */
const SUMS: ReadonlySet<string> = new Set(['topology_traversal', 'credential'])

/** A technique or sub-technique by its id. */
export const techniqueOf = ({ technique_id, sub_technique_id }: TtpTagTable): string => sub_technique_id ?? technique_id

/** Keeps those tags that are not known yet, and tells of them. Answers them. */
export async function keepTags(tx: Tx, seen: readonly Seen[], found: readonly TtpTagTable[], tell: Tell): Promise<readonly TtpTagTable[]> {
  const added = await newTags(tx, found)
  const all = [...added.values()].flat()
  const kept: { readonly subject: Subject; readonly tag: TtpTagTable }[] = []
  for (const { record, subject } of seen) {
    const tags = added.get(record.id)
    // Several kinds of evidence may stand in one record: it is told of once.
    if (!tags || !added.delete(record.id)) continue
    tell.tagged(record, {
      ...subject,
      tag_uuids: uuidsOf(tags),
      techniques_added: [...new Set(tags.map(techniqueOf))].sort(),
      recognised: tags
        .filter(({ source_kind }) => !SUMS.has(source_kind))
        .map(({ technique_id, tactic, confidence }) => ({ technique_id, tactic, confidence })),
    })
    kept.push(...tags.map((tag) => ({ subject, tag })))
  }
  for (const some of Map.groupBy(kept, ({ subject, tag }) => `${Object.values(subject)} ${techniqueOf(tag)}`).values()) {
    const [first] = some
    if (!first) continue
    const { technique_id, sub_technique_id } = first.tag
    tell.fired(technique_id, { technique_id, sub_technique_id, tag_uuids: uuidsOf(some.map(({ tag }) => tag)), ...first.subject })
  }
  return all
}
