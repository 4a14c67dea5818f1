import type { BehaviourObservation, Page, Trait } from '@decnet/contracts/api'
import { sql } from 'kysely'
import { groupId } from '../domain/grouping/group-id.ts'
import { findGroup } from './groups.ts'
import { identitiesOf } from './identities.ts'
import type { Db } from './open.ts'
import { iso } from './time.ts'

export interface Attribution {
  readonly identity_uuid: string | null
  readonly primitives: Trait[]
}

/** What is known of an identity, trait by trait; null when there is no such identity. */
export async function identityAttribution(db: Db, uuid: string): Promise<Attribution | null> {
  const group = await findGroup(db, 'identity', uuid)
  if (!group) return null
  return { identity_uuid: group.uuid, primitives: await traitsOf(db, group.uuid) }
}

async function traitsOf(db: Db, uuid: string): Promise<Trait[]> {
  const rows = await db.selectFrom('attribution_state').selectAll().where('identity_uuid', '=', uuid).orderBy('primitive').execute()
  return rows.map((row) => ({
    primitive: row.primitive,
    current_value: JSON.parse(row.current_value) as unknown,
    state: row.state as Trait['state'],
    confidence: row.confidence,
    observation_count: row.observation_count,
    last_change_ts: iso(row.last_change_ts),
    last_observation_ts: iso(row.last_observation_ts),
  }))
}

/** That of the identity that stands for an attacker; what is known of him alone while he has none. */
export async function attackerAttribution(db: Db, attacker: string): Promise<Attribution> {
  const identity = (await identitiesOf(db, [attacker])).get(attacker)
  const known = identity === undefined ? null : await identityAttribution(db, identity)
  return known ?? { identity_uuid: null, primitives: await traitsOf(db, groupId('identity', attacker)) }
}

export interface BehaviourListing {
  readonly attacker: string
  readonly primitive?: string | undefined
  /** Only the latest of each trait. */
  readonly latest: boolean
  readonly limit: number
  readonly offset: number
}

/** What the sessions of an attacker showed: the latest of each trait, or each trait's series in the order of time. */
export async function attackerBehaviour(db: Db, listing: BehaviourListing): Promise<Page<BehaviourObservation>> {
  let query = db.selectFrom('observations').where('attacker_uuid', '=', listing.attacker)
  if (listing.primitive !== undefined) query = query.where('primitive', '=', listing.primitive)
  // Portable over the three databases: none of the same trait is later.
  if (listing.latest)
    query = query.where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('observations as later')
            .select(sql.lit(1).as('one'))
            .whereRef('later.attacker_uuid', '=', 'observations.attacker_uuid')
            .whereRef('later.primitive', '=', 'observations.primitive')
            .where((eb) =>
              eb.or([
                eb('later.ts', '>', eb.ref('observations.ts')),
                eb.and([eb('later.ts', '=', eb.ref('observations.ts')), eb('later.id', '>', eb.ref('observations.id'))]),
              ]),
            ),
        ),
      ),
    )
  const rows = await query
    .selectAll('observations')
    .orderBy('observations.primitive')
    .orderBy('observations.ts')
    .orderBy('observations.id')
    .limit(listing.limit)
    .offset(listing.offset)
    .execute()
  const { total } = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const data = rows.map((row) => ({
    id: row.id,
    primitive: row.primitive,
    value: JSON.parse(row.value) as unknown,
    confidence: row.confidence,
    start: iso(row.window_start),
    end: iso(row.window_end),
    session_id: row.session_id,
    attacker_uuid: row.attacker_uuid,
  }))
  return { total: Number(total), limit: listing.limit, offset: listing.offset, data }
}
