import { attackerId, newId } from '@decnet/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { visit } from '../workers/folds.fixture.ts'
import { type ApiRig, openApi } from './api.fixture.ts'
import { type Listener, listen } from './stream-client.fixture.ts'

const [A, B, C] = ['203.0.113.7', '192.0.2.200', '198.51.100.77']
const rare = {
  hassh: 'b5752e36ba6c5979a575e43178908adf',
  logins: [['deploy', 'Kestrel-over-the-quarry-91']] as const,
  fetches: ['http://203.0.113.99:8443/drop/ivy.sh'],
  files: ['a'.repeat(64)],
}
const WAIT = { timeout: 15_000, interval: 20 }

describe('events of one kind', () => {
  let api: ApiRig
  let url: string
  let token: string
  const listeners: Listener[] = []
  beforeAll(async () => {
    api = await openApi({ timing: { keepaliveMs: 15_000, pollMs: 20, recheckMs: 20 } })
    token = await api.login('vic')
    await api.feed(...visit({ ip: A, ...rare }), ...visit({ ip: C, logins: [['root', '123456']] }))
    url = await api.app.listen({ host: '127.0.0.1', port: 0 })
  })
  afterAll(async () => {
    for (const listener of listeners) listener.close()
    await api[Symbol.asyncDispose]()
  })
  const open = async (path: string, headers: Record<string, string> = {}) => {
    const listener = await listen(`${url}/api/v1${path}`, { authorization: `Bearer ${token}`, ...headers })
    listeners.push(listener)
    return listener
  }
  const topics = ({ frames }: Listener) =>
    frames.filter(({ event }) => event === 'record').map(({ data }) => (data as { topic: string }).topic)

  it('open with what stands, then tell what comes, of this kind only; who resumes gets no snapshot and misses nothing', async () => {
    const [identities, campaigns, attacker] = await Promise.all(
      ['/identities/events', '/campaigns/events', `/attackers/${attackerId(A)}/events`].map((path) => open(path)),
    )
    if (!identities || !campaigns || !attacker) throw new Error('three were opened')
    await expect
      .poll(() => [identities, campaigns, attacker].map(({ frames }) => frames[0]?.event), WAIT)
      .toEqual(Array(3).fill('snapshot'))
    expect(identities.frames[0]?.data).toEqual({
      identities: expect.arrayContaining([expect.objectContaining({ addresses: [A] }), expect.objectContaining({ addresses: [C] })]),
    })
    expect(campaigns.frames[0]?.data).toEqual({ campaigns: [] })
    expect(attacker.frames[0]?.data).toMatchObject({ attacker_uuid: attackerId(A), observations: expect.any(Array) })

    await api.feed(...visit({ ip: B, at: 600_000, ...rare }), ...visit({ ip: A, at: 1_200_000, ...rare }))
    await expect.poll(() => topics(identities).length, WAIT).toBeGreaterThan(0)
    await expect.poll(() => topics(attacker).length, WAIT).toBeGreaterThan(0)
    expect(topics(identities).every((topic) => topic.startsWith('identity.'))).toBe(true)
    const named = attacker.frames.slice(1).map(({ data }) => JSON.stringify(data))
    expect(named.every((text) => text.includes(attackerId(A)) || text.includes('identity_uuid'))).toBe(true)
    expect(named.some((text) => text.includes(attackerId(C)))).toBe(false)

    const again = await open('/identities/events', { 'last-event-id': '0' })
    await expect.poll(() => again.seqs.length, WAIT).toBeGreaterThanOrEqual(identities.seqs.length)
    expect(again.frames[0]?.event).toBe('record')
    expect(again.seqs).toEqual(expect.arrayContaining(identities.seqs))
  })

  it('say that there is no such attacker, and refuse what is no place to resume', async () => {
    const answer = async (path: string) => {
      const { statusCode, json } = await api.request('GET', path, { token })
      return [statusCode, json().code]
    }
    expect(await answer(`/attackers/${newId()}/events`)).toEqual([404, 'attacker_unknown'])
    expect((await answer('/identities/events?last_event_id=-1'))[0]).toBe(422)
    expect((await answer('/campaigns/events?topics=system.log'))[0]).toBe(422)
  })
})
