import { setImmediate } from 'node:timers/promises'
import { codeName } from '@decnet/contracts/code-name'
import { topics } from '@decnet/contracts/topics'
import type { LogRecord } from '@decnet/kernel/log'
import { createCampaignLinker, type LinkedIdentity, type Linker } from '../../domain/linkage/linker.ts'
import { clusterer, visitors } from '../../grouping/clusterer.ts'
import { TypingBook } from '../../grouping/typing-book.ts'
import { newlyShown, observationsOf } from '../../store/features.ts'
import { canonicalGroups, canonicalOf } from '../../store/groups.ts'
import { membersOf } from '../../store/identities.ts'
import type { Tx } from '../../store/log-table.ts'
import { operatorLinks } from '../../store/operator-links.ts'

/** Attackers of one identity that are looked at. */
const MEMBERS = 256

/** What is known of identities of these attackers. */
async function identitiesAt(
  tx: Tx,
  members: ReadonlyMap<string, readonly string[]>,
  typing: TypingBook,
  upToSeq?: number,
): Promise<LinkedIdentity[]> {
  const looked = [...members].map(([id, all]) => ({ id, attackers: all.slice(0, MEMBERS) }))
  for (const [uuid, all] of members) typing.own(uuid, all)
  const observations = await observationsOf(
    tx,
    looked.flatMap(({ attackers }) => attackers),
    upToSeq,
  )
  const byId = new Map(observations.map((observation) => [observation.id, observation]))
  const confirmed = (await operatorLinks(tx)).flatMap(({ kind, a, b }) => (kind === 'confirm' ? [[a, b] as const] : []))
  return looked.map(({ id, attackers }) => ({ id, observations: attackers.flatMap((attacker) => byId.get(attacker) ?? []), confirmed }))
}

/** Identities that a record is about, as they are called in it. */
function namedIn({ topic, body }: LogRecord): readonly (string | null | undefined)[] {
  if (topic === topics.identityFormed.pattern) return [topics.identityFormed.payload.parse(body).identity_uuid]
  if (topic === topics.identityObservationLinked.pattern) {
    const { identity_uuid, prior_identity_uuid } = topics.identityObservationLinked.payload.parse(body)
    return [prior_identity_uuid, identity_uuid]
  }
  if (topic === topics.identityMerged.pattern) {
    const { winner_uuid, loser_uuid } = topics.identityMerged.payload.parse(body)
    return [loser_uuid, winner_uuid]
  }
  if (topic === topics.identityUnmerged.pattern) {
    const { resurrected_uuid, former_winner_uuid } = topics.identityUnmerged.payload.parse(body)
    return [former_winner_uuid, resurrected_uuid]
  }
  return []
}

/** Those of these identities that stand by themselves anew; one that was merged takes part as the one that it is found under. */
async function renew(uuids: readonly string[], upToSeq: number, linker: Linker<LinkedIdentity>, tx: Tx, typing: TypingBook): Promise<void> {
  const members = await membersOf(tx, uuids)
  linker.remove(...uuids.filter((uuid) => !members.has(uuid)))
  linker.add(...(await identitiesAt(tx, members, typing, upToSeq)))
}

/** Who works together: identities that share what is rare, or take over what the other left behind. */
export function campaignClusterer() {
  const typing = new TypingBook()
  return clusterer({
    name: 'campaign-clusterer',
    summary: 'Finds which identities work together, says why, and takes it back when evidence speaks against it.',
    layer: 'campaign',
    least: 2,
    reads: [
      topics.identityFormed,
      topics.identityObservationLinked,
      topics.identityMerged,
      topics.identityUnmerged,
      topics.attackerSessionEnded,
      topics.attackerTypingProfiled,
    ],
    emits: [
      topics.campaignFormed,
      topics.campaignMerged,
      topics.campaignUnmerged,
      topics.campaignIdentityAssigned,
      topics.identityCampaignAssigned,
    ],
    makeLinker: () => createCampaignLinker(typing.likeness),
    async load(tx, linker) {
      await typing.load(tx)
      for await (const uuids of canonicalGroups(tx, 'identity')) {
        linker.load(await identitiesAt(tx, await membersOf(tx, uuids), typing))
        await setImmediate()
      }
    },
    async take(batch, linker, tx, seen) {
      const upTo = batch.at(-1)?.seq ?? 0
      const visits = visitors(batch)
      const typed = await typing.hear(batch, tx)
      const grown = new Set([...typed.keys(), ...(await newlyShown(tx, [...visits.keys()], upTo, { seen, days: true }))])
      // One that has no identity yet is followed by the record that says so.
      const theirs = await canonicalOf(tx, 'identity', [...grown])
      const named = batch.flatMap((record) => namedIn(record).flatMap((uuid): [string, LogRecord][] => (uuid ? [[uuid, record]] : [])))
      const visiting = [...theirs].flatMap(([attacker, uuid]): [string, LogRecord][] => {
        const visit = visits.get(attacker) ?? typed.get(attacker)
        return visit ? [[uuid, visit]] : []
      })
      // Of several records about one, the first stays.
      const appeared = new Map([...named, ...visiting].sort(([, a], [, b]) => b.seq - a.seq))
      await renew([...appeared.keys()], upTo, linker, tx, typing)
      return appeared
    },
    labels: (_tx, members) => Promise.resolve(new Map(members.map((uuid) => [uuid, codeName(uuid)]))),
    say(changes, source, emit) {
      const about = (key: string) => ({ source, key, decky: null, service: null, sessionId: null, attackerIp: null })
      for (const change of changes) {
        if (change.kind === 'formed')
          emit(topics.campaignFormed, [], { campaign_uuid: change.uuid, identity_uuids: [...change.members] }, about(change.uuid))
        else if (change.kind === 'merged') {
          const { winner, loser } = change
          emit(topics.campaignMerged, [], { winner_uuid: winner, loser_uuid: loser }, about(`${winner} ${loser}`))
        } else if (change.kind === 'unmerged') {
          const { uuid, formerWinner } = change
          emit(topics.campaignUnmerged, [], { resurrected_uuid: uuid, former_winner_uuid: formerWinner }, about(uuid))
        } else {
          // Said twice: to those who follow campaigns, and to those who follow identities.
          const campaign = change.kind === 'linked' ? change.uuid : null
          const payload = { identity_uuid: change.member, campaign_uuid: campaign, prior_campaign_uuid: change.prior }
          for (const topic of [topics.campaignIdentityAssigned, topics.identityCampaignAssigned])
            emit(topic, [], payload, about(`${change.member} ${campaign}`))
        }
      }
    },
  })
}
