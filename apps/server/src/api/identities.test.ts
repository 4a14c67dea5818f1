import { hash } from 'node:crypto'
import type { Campaign, GroupEvidence, Identity, IdentityMember, OperatorLinkPage, Page } from '@decnet/contracts/api'
import { attackerId } from '@decnet/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { event, T0, visit } from '../workers/folds.fixture.ts'
import { type ApiRig, openApi } from './api.fixture.ts'

const [A, B, C, D] = ['203.0.113.7', '192.0.2.200', '198.51.100.77', '198.51.100.99']
const rare = {
  hassh: 'b5752e36ba6c5979a575e43178908adf',
  refused: [['deploy', 'Kestrel-over-the-quarry-91']] as const,
  logins: [['deploy', 'let-in-by-web-01']] as const,
  commands: ['cat /opt/billing/ledger.conf', 'echo "nuno:Bell-of-9-winters" | chpasswd'],
  fetches: ['http://203.0.113.99:8443/drop/ivy.sh'],
  files: ['a'.repeat(64)],
}
/** Logs in with what the first ones set. */
const told = { hassh: '3'.repeat(32), logins: [['nuno', 'Bell-of-9-winters']] as const, fetches: rare.fetches, files: rare.files }
const other = { hassh: '2'.repeat(32), logins: [['git', 'sunken-bell']] as const, fetches: rare.fetches, files: rare.files }

describe('identities and campaigns over the API', () => {
  let api: ApiRig
  let ana: string
  let vic: string
  beforeAll(async () => {
    api = await openApi()
    ana = await api.login('ana')
    vic = await api.login('vic')
    const strangers = Array.from({ length: 20 }, (_, n) =>
      visit({ ip: `198.51.100.${n + 1}`, at: n * 60_000, hassh: '0a07365cc01fa9fc82608ba4019af499', logins: [['root', '123456']] }),
    ).flat()
    await api.feed(...strangers)
    // It is here already when they set that, and tries what it can.
    await api.feed(...visit({ ip: D, at: -900_000, hassh: told.hassh, refused: [['root', 'a-guess-of-mine']] }))
    await api.feed(...visit({ ip: A, ...rare }), ...visit({ ip: B, at: 600_000, ...rare }), ...visit({ ip: C, at: 1_200_000, ...other }))
    await api.feed(...visit({ ip: D, at: 1_300_000, ...told }))
  })
  afterAll(() => api[Symbol.asyncDispose]())

  const get = async <T>(path: string): Promise<T> => {
    const answer = await api.request('GET', path, { token: vic })
    expect(answer.statusCode).toBe(200)
    return answer.json<T>()
  }
  const code = async (method: string, path: string, body?: unknown, token = ana) => {
    const answer = await api.request(method, path, { token, ...(body === undefined ? {} : { body }) })
    return [answer.statusCode, answer.json<{ code?: string }>().code]
  }
  const ofA = async (): Promise<Identity> => {
    const { data } = await get<Page<Identity>>(`/identities?search=${A}`)
    expect(data).toHaveLength(1)
    return data[0] as Identity
  }
  const addresses = async () => (await ofA()).addresses.toSorted()

  it('lists them with what they did, searches by address and by number of addresses', async () => {
    const all = await get<Page<Identity>>('/identities?sort_by=addresses&limit=1')
    expect(all.data[0]).toMatchObject({ address_count: expect.any(Number), code_name: expect.stringMatching(/^\w+ \w+$/u) })
    const several = await get<Page<Identity>>('/identities?addresses=2')
    expect(several.data.every(({ address_count }) => address_count >= 2)).toBe(true)
    expect(await addresses()).toEqual([B, A].sort())
    expect(await ofA()).toMatchObject({ session_count: 2, credential_count: 4, login_count: 2, command_count: 4, deckies: ['web-01'] })
  })

  it('searches by code name, by uuid and by address, and counts what it finds', async () => {
    const { uuid, code_name, campaign } = await ofA()
    for (const search of [code_name, code_name.toLowerCase().slice(2), code_name.split(' ')[1] ?? '', uuid]) {
      const found = await get<Page<Identity>>(`/identities?search=${encodeURIComponent(search)}`)
      expect(found.data.map((one) => one.uuid)).toContain(uuid)
      expect(found.total).toBe(found.data.length)
    }
    for (const search of [campaign?.code_name ?? '', campaign?.uuid ?? '', C]) {
      const found = await get<Page<Campaign>>(`/campaigns?search=${encodeURIComponent(search)}`)
      expect(found.data).toMatchObject([{ uuid: campaign?.uuid, identity_count: 3, address_count: 4 }])
    }
    for (const layer of ['identities', 'campaigns']) expect(await get(`/${layer}?search=nobody+here`)).toMatchObject({ total: 0, data: [] })
  })

  it('shows its attackers with the reason why, and the evidence in words and weights', async () => {
    const { uuid } = await ofA()
    const members = await get<Page<IdentityMember>>(`/identities/${uuid}/observations`)
    expect(members.total).toBe(2)
    for (const { why, probability } of members.data) {
      expect(why).not.toBe('')
      expect(probability).toBeGreaterThan(0.5)
    }
    const evidence = await get<GroupEvidence>(`/identities/${uuid}/evidence`)
    expect(evidence.edges[0]?.reasons.every(({ feature, why }) => feature !== '' && why !== '')).toBe(true)
    expect(evidence.decisions.map(({ kind }) => kind)).toContain('formed')
    const joined = evidence.decisions.find(({ reasons }) => reasons.length > 0)
    expect(joined?.reasons[0]).toEqual({
      feature: expect.any(String),
      values: expect.any(Array),
      weight: expect.any(Number),
      why: expect.any(String),
      secrets: expect.any(Array),
    })
    for (const { kind, member } of evidence.decisions) if (kind === 'linked') expect([A, B]).toContain(member?.label)
  })

  it('names what was shared as it was captured, and who by address: no hash, no uuid has to be looked up', async () => {
    const { uuid } = await ofA()
    const { edges, decisions } = await get<GroupEvidence>(`/identities/${uuid}/evidence`)
    for (const reasons of [edges[0]?.reasons ?? [], decisions.find(({ reasons }) => reasons.length > 0)?.reasons ?? []]) {
      const credentials = reasons.find(({ feature }) => feature === 'credentials')
      expect(credentials?.values).toEqual(['login deploy : Kestrel-over-the-quarry-91'])
      expect(credentials?.secrets).toEqual([hash('sha256', 'Kestrel-over-the-quarry-91')])
    }
    expect([edges[0]?.a_label, edges[0]?.b_label].sort()).toEqual([A, B].sort())
  })

  it('shows the campaign of an identity, and the identities of a campaign', async () => {
    const { campaign } = await ofA()
    const found = await get<Campaign>(`/campaigns/${campaign?.uuid}`)
    expect(found).toMatchObject({ identity_count: 3, address_count: 4, code_name: campaign?.code_name })
    expect(found.shared).toContainEqual({
      ...{ kind: 'secret', value: 'password nuno : Bell-of-9-winters on web-01', identities: 2 },
      secret_sha256: hash('sha256', 'Bell-of-9-winters'),
    })
    const taking = await get<Page<Identity>>(`/campaigns/${campaign?.uuid}/identities`)
    expect(taking.data.flatMap((identity) => identity.addresses).sort()).toEqual([A, B, C, D].sort())
    expect((await get<GroupEvidence>(`/campaigns/${campaign?.uuid}/evidence`)).edges).toHaveLength(2)
  })

  it('an attacker leads to what is known of its identity', async () => {
    const { uuid } = await ofA()
    const known = await get<{ identity_uuid: string | null }>(`/attackers/${encodeURIComponent(A)}/attribution`)
    expect(known).toEqual({ identity_uuid: uuid, primitives: [] })
    expect(await get(`/identities/${uuid}/attribution`)).toEqual(known)
    expect((await get<Page<unknown>>(`/attackers/${attackerId(A)}/observations?latest=true`)).total).toBe(0)
  })

  it('splits what an admin says is two, holds it against new evidence, and joins it again when that is taken back', async () => {
    const { uuid } = await ofA()
    expect(await code('POST', `/identities/${uuid}/split`, { members: [attackerId(B)], reason: 'another accent' })).toEqual([
      202,
      undefined,
    ])
    await api.feed(...visit({ ip: B, at: 2_000_000, ...rare }), ...visit({ ip: A, at: 2_100_000, ...rare }))
    expect(await addresses()).toEqual([A])
    // Both are told that they were parted.
    const { decisions } = await get<GroupEvidence>(`/identities/${(await ofA()).uuid}/evidence`)
    const other = (await get<Page<Identity>>(`/identities?search=${B}`)).data[0]?.uuid
    expect(decisions[0]).toMatchObject({ kind: expect.stringMatching(/^(?:unmerged|released)$/u), other: { uuid: other } })
    const theirs = await get<GroupEvidence>(`/identities/${other}/evidence`)
    expect(theirs.decisions.some(({ other }) => other?.uuid === uuid)).toBe(true)
    const said = (await get<GroupEvidence>(`/identities/${(await ofA()).uuid}/evidence`)).operator_links
    expect(said).toMatchObject([{ kind: 'forbid', by: 'ana', reason: 'another accent' }])
    expect([said[0]?.a_label, said[0]?.b_label].sort()).toEqual([A, B].sort())
    expect(await code('DELETE', `/identities/links/${said[0]?.id}`)).toEqual([202, undefined])
    await api.feed()
    expect(await addresses()).toEqual([B, A].sort())
  })

  it('joins what an admin says is one; the uuid of the one that was merged leads to the one that stands', async () => {
    const alone = (await get<Page<Identity>>('/identities?search=198.51.100.77')).data[0]?.uuid ?? ''
    expect(await code('POST', '/identities/links', { kind: 'confirm', a: attackerId(A), b: attackerId(C) })).toEqual([202, undefined])
    await api.feed()
    const { uuid, merged } = await ofA()
    expect(await addresses()).toEqual([A, B, C].sort())
    expect((await get<Identity>(`/identities/${alone}`)).uuid).toBe(uuid)
    expect([uuid, ...merged.map((one) => one.uuid)]).toContain(alone)
  })

  it('a campaign of which one identity is left is gone, its story is not, and it stands again when there are two', async () => {
    const uuid = (await ofA()).campaign?.uuid ?? ''
    await code('POST', '/identities/links', { kind: 'confirm', a: attackerId(A), b: attackerId(D) })
    await api.feed()
    expect(await addresses()).toEqual([A, B, C, D].sort())
    expect(await code('GET', `/campaigns/${uuid}`)).toEqual([410, 'campaign_dissolved'])
    const { decisions, operator_links } = await get<GroupEvidence>(`/campaigns/${uuid}/evidence`)
    expect([decisions[0], operator_links]).toMatchObject([{ kind: 'released', sentence: expect.stringContaining('dissolved') }, []])
    const said = (await get<GroupEvidence>(`/identities/${(await ofA()).uuid}/evidence`)).operator_links
    const toD = said.find(({ a, b }) => [a, b].includes(attackerId(D)))
    expect(await code('DELETE', `/identities/links/${toD?.id}`)).toEqual([202, undefined])
    await api.feed()
    expect(await get<Campaign>(`/campaigns/${uuid}`)).toMatchObject({ identity_count: 2 })
  })

  it('refuses with a clear problem what cannot be', async () => {
    const { uuid } = await ofA()
    const nobody = '00000000-0000-5000-8000-000000000000'
    const link = { kind: 'confirm', a: attackerId(A), b: attackerId(B) }
    for (const path of [
      `/identities/${nobody}`,
      `/identities/${nobody}/observations`,
      `/identities/${nobody}/evidence`,
      `/identities/${nobody}/attribution`,
    ])
      expect(await code('GET', path)).toEqual([404, 'identity_unknown'])
    for (const path of [`/campaigns/${nobody}`, `/campaigns/${nobody}/identities`, `/campaigns/${nobody}/evidence`])
      expect(await code('GET', path)).toEqual([404, 'campaign_unknown'])
    expect((await code('GET', '/identities/none'))[0]).toBe(422)
    expect((await code('GET', '/identities?addresses=0'))[0]).toBe(422)
    expect((await code('GET', '/identities?colour=red'))[0]).toBe(422)
    expect((await code('GET', '/identities?multi_actor=maybe'))[0]).toBe(422)
    expect(await code('POST', '/identities/links', { ...link, b: nobody })).toEqual([404, 'attacker_unknown'])
    expect(await code('POST', '/identities/links', { ...link, b: link.a })).toEqual([422, 'same_attacker'])
    expect((await code('POST', '/identities/links', { ...link, kind: 'guess' }))[0]).toBe(422)
    expect((await code('POST', '/identities/links', link, vic))[0]).toBe(403)
    expect((await code('POST', `/identities/${uuid}/split`, { members: [attackerId(B)] }, vic))[0]).toBe(403)
    expect(await code('POST', `/identities/${uuid}/split`, { members: [nobody] })).toEqual([422, 'not_a_member'])
    expect(await code('POST', `/identities/${uuid}/split`, { members: [A, B, C].map(attackerId) })).toEqual([422, 'nobody_left'])
    expect(await code('DELETE', `/identities/links/${nobody}`)).toEqual([404, 'link_unknown'])
  })

  it('lists what was said, and refuses what contradicts it, before and after it was followed', async () => {
    const said = async () => {
      const { total, data } = await get<OperatorLinkPage>('/identities/links')
      expect(total).toBe(data.length)
      return data.map(({ kind, a_label, b_label, by, followed }) => `${by}: ${[a_label, b_label].sort().join()} ${kind} ${followed}`)
    }
    const say = (kind: string, a: string, b: string) => code('POST', '/identities/links', { kind, a: attackerId(a), b: attackerId(b) })
    const taken = async () => {
      const { data } = await get<OperatorLinkPage>('/identities/links')
      for (const { id } of data) expect(await code('DELETE', `/identities/links/${id}`)).toEqual([202, undefined])
      await api.feed()
    }
    await taken()
    expect(await said()).toEqual([])
    expect(await say('forbid', A, D)).toEqual([202, undefined])
    expect(await say('confirm', A, C)).toEqual([202, undefined])
    expect(await say('confirm', D, C)).toEqual([409, 'contradicts'])
    await api.feed()
    expect(await say('confirm', D, C)).toEqual([409, 'contradicts'])
    const pairs = [`ana: ${[A, D].sort().join()} forbid true`, `ana: ${[A, C].sort().join()} confirm true`]
    expect((await said()).sort()).toEqual(pairs.sort())
    expect(await say('confirm', A, D)).toEqual([202, undefined])
    await api.feed()
    await taken()
  })
})

/** Measurements of one trait, one a minute. */
const habit = (ip: string, primitive: string, values: readonly string[]) =>
  values.map((value, n) => {
    const at = 600_000 + n * 60_000
    const ts = (T0 + at) / 1_000
    const body = {
      ...{ id: hash('md5', `${ip} ${primitive} ${n}`), v: 1, ts, primitive, value, confidence: 0.9, source: 'test' },
      ...{ window: { start_ts: ts, end_ts: ts }, evidence_ref: `recording-${n}`, identity_ref: null, attacker_uuid: attackerId(ip) },
    }
    return { ...event({ type: 'observation', at, ip }), topic: `attacker.observation.${primitive}`, body }
  })

describe('identities behind which several people are suspected', () => {
  const [mode, pipes] = ['motor.input_modality', 'motor.shell_mastery.pipe_chaining_depth']
  const turns = ['typed', 'pasted', 'typed', 'pasted', 'typed', 'pasted']
  const steady = turns.map(() => 'typed')

  it('are listed by themselves, with the habits that take turns, and under the one that stands when they are merged', async () => {
    await using api = await openApi()
    const [ana, vic] = [await api.login('ana'), await api.login('vic')]
    const get = async <T>(path: string): Promise<T> => {
      const answer = await api.request('GET', path, { token: vic })
      expect([path, answer.statusCode]).toEqual([path, 200])
      return answer.json<T>()
    }
    const listed = async (query: string) => {
      const { total, data } = await get<Page<Identity>>(`/identities?sort_by=first_seen&order=asc&${query}`)
      return [total, ...data.map(({ addresses, multi_actor }) => [addresses.toSorted().join(' '), ...multi_actor])]
    }
    // `C` comes first: what it is merged with is found under its uuid.
    await api.feed(...[C, A, B].flatMap((ip, n) => visit({ ip, at: n * 60_000, hassh: String(n).repeat(32) })))
    await api.feed(
      ...[mode, pipes].flatMap((primitive) => habit(A, primitive, turns)),
      ...habit(B, mode, turns),
      ...habit(B, pipes, steady),
    )
    expect(await listed('multi_actor=true')).toEqual([1, [A, mode, pipes]])
    expect(await listed('multi_actor=false')).toEqual([2, [C], [B]])
    expect(await listed('multi_actor=')).toEqual([3, [C], [A, mode, pipes], [B]])
    expect(await listed('limit=1&offset=1')).toEqual([3, [A, mode, pipes]])

    const alone = (await get<Page<Identity>>(`/identities?search=${A}`)).data[0]?.uuid ?? ''
    const body = { kind: 'confirm', a: attackerId(A), b: attackerId(C) }
    expect((await api.request('POST', '/identities/links', { token: ana, body })).statusCode).toBe(202)
    await api.feed()
    expect(await listed('multi_actor=true')).toEqual([1, [[A, C].sort().join(' '), mode, pipes]])
    const found = await get<Identity>(`/identities/${alone}`)
    expect(found).toMatchObject({ merged: [{ uuid: alone }], multi_actor: [mode, pipes] })
    expect(await listed('multi_actor=false')).toEqual([1, [B]])
  })
})
