import { topics } from '@decnet/contracts/topics'
import type { LogRecord } from '@decnet/kernel/log'
import { defineFold, type FoldContext } from '@decnet/kernel/worker'
import { stateChange, suspicion } from '../../domain/attribution/announcements.ts'
import type { Json } from '../../domain/attribution/state.ts'
import { groupId } from '../../domain/grouping/group-id.ts'
import { canonicalOf, findGroup } from '../../store/groups.ts'
import { membersOf, memberUuids } from '../../store/identities.ts'
import type { Tx } from '../../store/log-table.ts'
import { type Seen, Traits } from './traits.ts'

const reads = [
  topics.attackerObservation,
  topics.identityFormed,
  topics.identityObservationLinked,
  topics.identityMerged,
  topics.identityUnmerged,
] as const
const emits = [topics.attributionProfileStateChanged, topics.attributionProfileMultiActorSuspected] as const
type Context = FoldContext<Tx, (typeof emits)[number]>

interface Known {
  readonly identity: string
  readonly members: readonly string[]
}

/** One trait of one identity anew; announced when its state is another than before. Answers whether it is. */
async function renew(
  { identity, members }: Known,
  primitive: string,
  source: LogRecord,
  traits: Traits,
  { emit }: Context,
): Promise<boolean> {
  const before = (await traits.known(identity)).get(primitive) ?? null
  const after = traits.addUp(members, primitive, before)
  if (!after) {
    if (before) await traits.forget(identity, [primitive])
    return before !== null
  }
  await traits.set(identity, after)
  const change = stateChange(before, after)
  if (change)
    emit(
      topics.attributionProfileStateChanged,
      [],
      { ...change, identity_uuid: identity, current_value: after.current_value as never },
      { source, key: `${identity} ${primitive}` },
    )
  return before?.state !== after.state
}

/** Do several traits alternate? Said once, and again when another joins them. */
async function suspect(identity: string, source: LogRecord, traits: Traits, { tx, emit }: Context): Promise<void> {
  const group = await tx.selectFrom('actor_groups').select('suspected').where('uuid', '=', identity).executeTakeFirst()
  // Of a stub it is said when it is an identity.
  if (!group) return
  const announced = JSON.parse(group.suspected ?? '[]') as string[]
  const found = suspicion(announced, [...(await traits.known(identity)).values()])
  if (JSON.stringify(found.announced) !== JSON.stringify(announced))
    await tx
      .updateTable('actor_groups')
      .set({ suspected: found.announced.length === 0 ? null : JSON.stringify(found.announced) })
      .where('uuid', '=', identity)
      .execute()
  if (found.announcement)
    emit(topics.attributionProfileMultiActorSuspected, [], { ...found.announcement, identity_uuid: identity }, { source, key: identity })
}

/**
 * The identities that stand for these attackers. Who has none yet has a stub: what is said of it stands under the uuid of the identity that it will
 * found. Whether there is one, the clusterer neither sees nor needs to know.
 */
async function knownOf(attackers: readonly string[], tx: Tx): Promise<Map<string, Known>> {
  const identities = await canonicalOf(tx, 'identity', attackers)
  const members = await membersOf(tx, [...new Set(identities.values())])
  return new Map(
    attackers.map((attacker) => {
      const identity = identities.get(attacker)
      if (identity === undefined) return [attacker, { identity: groupId('identity', attacker), members: [attacker] }]
      return [attacker, { identity, members: members.get(identity) ?? [] }]
    }),
  )
}

/** What was said of the stubs of these attackers is said of their identity from now on; answers whether it must be added up. */
async function adopt(attackers: readonly string[], identity: string, traits: Traits, tx: Tx): Promise<boolean> {
  let found = false
  for (const attacker of attackers) {
    const stub = groupId('identity', attacker)
    const known = [...(await traits.known(stub)).keys()]
    // That of the founder is the identity.
    if (stub === identity || known.length === 0 || (await findGroup(tx, 'identity', stub))) continue
    await traits.forget(stub, known)
    found = true
  }
  return found
}

/** Everything that is known of an identity anew: its members changed. */
async function renewAll(uuid: string, source: LogRecord, traits: Traits, context: Context): Promise<void> {
  const { tx } = context
  const group = await findGroup(tx, 'identity', uuid)
  // What was said of one that was merged is said of the one that it is found under.
  if (group?.uuid !== uuid) await traits.forget(uuid, [...(await traits.known(uuid)).keys()])
  if (!group) return
  const members = (await memberUuids(tx, group.uuid)) ?? []
  await traits.look(members)
  const primitives = new Set([...(await traits.known(group.uuid)).keys(), ...traits.shownBy(members)])
  for (const primitive of [...primitives].sort()) await renew({ identity: group.uuid, members }, primitive, source, traits, context)
  await suspect(group.uuid, source, traits, context)
}

/** Stubs that a record may put an end to. */
function stubsIn({ topic, body }: LogRecord): string[] {
  const stub = (attacker: string) => groupId('identity', attacker)
  if (topic === topics.identityFormed.pattern) return topics.identityFormed.payload.parse(body).observation_uuids.map(stub)
  if (topic === topics.identityObservationLinked.pattern)
    return [stub(topics.identityObservationLinked.payload.parse(body).observation_uuid)]
  return []
}

/** Who an identity is, as far as habits tell: each trait stable, drifting, conflicted, or two in turns. Nobody is named. */
export default defineFold({
  name: 'attribution',
  summary: 'Keeps what is known of how each identity works, trait by trait, and says when that changes.',
  rest: 400,
  reads,
  emits,
  async handle(batch, context: Context) {
    const traits = new Traits(context.tx)
    const seen = batch.map(({ body, seq }): Seen | null => {
      const { success, data } = topics.attackerObservation.payload.safeParse(body)
      return success ? { seq, attacker: data.attacker_uuid, primitive: data.primitive, ts: data.ts, value: data.value as Json } : null
    })
    // Whose an attacker is does not change while this transaction lasts.
    const known = await knownOf([...new Set(seen.flatMap((one) => one?.attacker ?? []))], context.tx)
    await traits.look(
      [...new Set([...known].flatMap(([attacker, { members }]) => [attacker, ...members]))],
      [...new Set(seen.flatMap((one) => one?.primitive ?? []))],
    )
    await traits.recall([...new Set([...known.values()].map(({ identity }) => identity)), ...batch.flatMap(stubsIn)])
    for (const [index, record] of batch.entries()) {
      if (record.topic === topics.identityMerged.pattern) {
        const { winner_uuid, loser_uuid } = topics.identityMerged.payload.parse(record.body)
        for (const uuid of [loser_uuid, winner_uuid]) await renewAll(uuid, record, traits, context)
      } else if (record.topic === topics.identityUnmerged.pattern) {
        const { resurrected_uuid, former_winner_uuid } = topics.identityUnmerged.payload.parse(record.body)
        for (const uuid of [former_winner_uuid, resurrected_uuid]) await renewAll(uuid, record, traits, context)
      } else if (record.topic === topics.identityFormed.pattern) {
        const { identity_uuid, observation_uuids } = topics.identityFormed.payload.parse(record.body)
        const adopted = await adopt(observation_uuids, identity_uuid, traits, context.tx)
        // Whose traits nobody told yet was there on some day all the same.
        if (adopted || observation_uuids.length > 1) await renewAll(identity_uuid, record, traits, context)
        else if ((await traits.known(identity_uuid)).size > 0) await suspect(identity_uuid, record, traits, context)
      } else if (record.topic === topics.identityObservationLinked.pattern) {
        const { identity_uuid, observation_uuid, prior_identity_uuid } = topics.identityObservationLinked.payload.parse(record.body)
        await adopt([observation_uuid], identity_uuid, traits, context.tx)
        if (prior_identity_uuid) await renewAll(prior_identity_uuid, record, traits, context)
        await renewAll(identity_uuid, record, traits, context)
      } else {
        const one = seen[index]
        if (!one) throw new TypeError('no observation of a trait')
        const whose = known.get(one.attacker)
        if (whose && traits.add(one) && (await renew(whose, one.primitive, record, traits, context)))
          await suspect(whose.identity, record, traits, context)
      }
    }
    await traits.save()
  },
})
