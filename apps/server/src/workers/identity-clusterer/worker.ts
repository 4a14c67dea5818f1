import { setImmediate } from 'node:timers/promises'
import { topics } from '@decnet/contracts/topics'
import { createLinker } from '../../domain/linkage/linker.ts'
import { clusterer, visitors } from '../../grouping/clusterer.ts'
import { TypingBook } from '../../grouping/typing-book.ts'
import { newlyShown, observationsOf } from '../../store/features.ts'
import { addressesOf, attachedMembers } from '../../store/groups.ts'
import { keepStatement, operatorLinks } from '../../store/operator-links.ts'

/** Further attackers around whom evidence changed that are looked at again when an operator said something. */
const AT_A_WORD = 1_024

/**
 * Who is behind the addresses. Each attacker is compared with those who share something rare with it; identities follow what is known,
 * handful by handful of the log, and say why.
 */
export function identityClusterer() {
  const typing = new TypingBook()
  return clusterer({
    name: 'identity-clusterer',
    summary: 'Finds which attackers are one, says why, and takes it back when evidence speaks against it.',
    layer: 'identity',
    least: 1,
    reads: [topics.attackerSessionEnded, topics.attackerTypingProfiled, topics.identityLinkStated],
    emits: [topics.identityFormed, topics.identityObservationLinked, topics.identityMerged, topics.identityUnmerged],
    makeLinker: () => createLinker(typing.likeness),
    async load(tx, linker) {
      await typing.load(tx)
      for await (const members of attachedMembers(tx, 'identity')) {
        linker.load(await observationsOf(tx, members))
        await setImmediate()
      }
      for (const { kind, a, b } of await operatorLinks(tx)) linker[kind === 'confirm' ? 'confirm' : 'forbid'](a, b)
    },
    async take(batch, linker, tx, seen) {
      const stated = batch.filter(({ topic }) => topic === topics.identityLinkStated.pattern)
      const appeared = new Map(visitors(batch))
      for (const record of stated) {
        const { kind, a, b } = topics.identityLinkStated.payload.parse(record.body)
        await keepStatement(tx, record)
        linker[kind](a, b)
        for (const member of [a, b]) if (!appeared.has(member)) appeared.set(member, record)
      }
      const upTo = batch.at(-1)?.seq ?? 0
      const typed = await typing.hear(batch, tx)
      const grown = new Set([...typed.keys(), ...(await newlyShown(tx, [...appeared.keys()], upTo, { seen, days: false }))])
      linker.add(...(await observationsOf(tx, [...grown], upTo)))
      if (stated.length > 0) linker.work(AT_A_WORD)
      return new Map([...typed, ...appeared])
    },
    labels: addressesOf,
    say(changes, source, emit) {
      const formed = new Set(changes.flatMap((change) => (change.kind === 'formed' ? [change.uuid] : [])))
      const about = (key: string) => ({ source, key, decky: null, service: null, sessionId: null, attackerIp: null })
      for (const change of changes) {
        if (change.kind === 'formed')
          emit(topics.identityFormed, [], { identity_uuid: change.uuid, observation_uuids: [...change.members] }, about(change.uuid))
        else if (change.kind === 'linked') {
          const { uuid, member, prior } = change
          // Whoever a new identity is made of was said with it.
          if (formed.has(uuid) && prior === null) continue
          const payload = { identity_uuid: uuid, observation_uuid: member, prior_identity_uuid: prior }
          emit(topics.identityObservationLinked, [], payload, about(`${uuid} ${member}`))
        } else if (change.kind === 'merged') {
          const { winner, loser } = change
          emit(topics.identityMerged, [], { winner_uuid: winner, loser_uuid: loser }, about(`${winner} ${loser}`))
        } else if (change.kind === 'unmerged') {
          const { uuid, formerWinner } = change
          emit(topics.identityUnmerged, [], { resurrected_uuid: uuid, former_winner_uuid: formerWinner }, about(uuid))
        }
      }
    },
  })
}
