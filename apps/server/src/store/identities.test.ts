import { attackerId } from '@decnet/kernel'
import { expect, it } from 'vitest'
import { onEachDatabase } from './fixtures/each-database.ts'
import { nameColumns } from './groups.ts'
import { findIdentity, type IdentityListing, listIdentities } from './identities.ts'
import type { Store } from './open.ts'

const all: IdentityListing = { addresses: 1, sortBy: 'first_seen', order: 'asc', limit: 100, offset: 0 }
const ips = Array.from({ length: 5 }, (_, n) => `203.0.113.${n}`)
const uuids = ips.map(attackerId)
const [two = '', one = '', none = '', winner = '', loser = ''] = uuids

/** An identity of one address each, called like its attacker; the last was merged into the one before it. */
async function fill({ db }: Store): Promise<void> {
  const counts = {
    session_count: 1,
    credential_count: 0,
    command_count: 0,
    file_count: 0,
    login_count: 0,
    service_count: 1,
    decky_count: 1,
  }
  const told = { services: '["ssh"]', deckies: '["web-01"]', score_parts: '[]', behaviour: 'unknown', profile: null, techniques: null }
  await db
    .insertInto('attackers')
    .values(
      ips.map((ip, n) => ({
        ...{ uuid: attackerId(ip), ip, first_seen: n, last_seen: n, event_count: 1, ...counts, ...told },
        ...{ score: 1, severity: 'info', last_seq: n, outreach_count: 0 },
      })),
    )
    .execute()
  await db
    .insertInto('actor_groups')
    .values(
      uuids.map((uuid, n) => ({
        ...{ uuid, layer: 'identity', formed_at: n, merged_into_uuid: uuid === loser ? winner : null },
        ...{ confidence: 1, suspected: null, ...nameColumns(uuid) },
      })),
    )
    .execute()
  await db
    .insertInto('group_members')
    .values(uuids.map((uuid) => ({ layer: 'identity', member: uuid, group_uuid: uuid, linked_at: 1, probability: 1, why: '' })))
    .execute()
}

const state = (identity_uuid: string, primitive: string, name = 'multi_actor') => ({
  ...{ identity_uuid, primitive, current_value: '"typed"', state: name, confidence: 0.6, observation_count: 8 },
  ...{ last_change_ts: 1, last_observation_ts: 2, schema_version: 1 },
})
const [pace, mode, shell] = ['motor.pace', 'motor.input_modality', 'environmental.shell_type']

onEachDatabase('identities behind which several people are suspected', ({ open }) => {
  it('are those of which two traits take turns at once; others are not, and each is listed on one side', async () => {
    await using store = await open()
    await fill(store)
    await store.db
      .insertInto('attribution_state')
      .values([
        ...[pace, mode].map((primitive) => state(two, primitive)),
        ...[state(two, shell, 'conflicted'), state(one, pace), state(one, mode, 'stable'), state(none, mode, 'drifting')],
        ...[pace, mode, shell].map((primitive) => state(winner, primitive)),
        // Of somebody who is no identity yet.
        ...[pace, mode].map((primitive) => state(attackerId('192.0.2.1'), primitive)),
      ])
      .execute()
    const listed = async (listing: Partial<IdentityListing>) => {
      const { total, data } = await listIdentities(store.db, { ...all, ...listing })
      return [total, data.map(({ uuid, multi_actor }) => [uuid, multi_actor])]
    }
    const suspects = [
      [two, [mode, pace]],
      [winner, [shell, mode, pace]],
    ]
    const others = [
      [one, []],
      [none, []],
    ]
    expect(await listed({ multiActor: true })).toEqual([2, suspects])
    expect(await listed({ multiActor: false })).toEqual([2, others])
    expect((await listed({}))[0]).toBe(4)
    expect(await listed({ multiActor: true, limit: 1, offset: 1 })).toEqual([2, suspects.slice(1)])
    expect(await listed({ multiActor: true, addresses: 2 })).toEqual([1, suspects.slice(1)])
    expect(await listed({ multiActor: true, search: ips[4] ?? '' })).toEqual([1, suspects.slice(1)])
    expect(await listed({ multiActor: true, search: ips[1] ?? '' })).toEqual([0, []])
    expect(await findIdentity(store.db, loser)).toMatchObject({ uuid: winner, multi_actor: [shell, mode, pace] })
    expect(await findIdentity(store.db, one)).toMatchObject({ multi_actor: [] })
  })

  it('nobody is, while nothing is known', async () => {
    await using store = await open()
    await fill(store)
    expect(await listIdentities(store.db, { ...all, multiActor: true })).toMatchObject({ total: 0, data: [] })
    expect(await listIdentities(store.db, { ...all, multiActor: false })).toMatchObject({ total: 4 })
  })
})
