import { contacts, mutationPage } from '@decnet/contracts/api'
import { topics } from '@decnet/contracts/topics'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mutationRecord } from '../fleet/mutation.ts'
import { type ApiRig, openApi, T0 } from './api.fixture.ts'

const MINUTE = 60_000

describe('what became of deckies, over the API', () => {
  let rig: ApiRig
  let viewer: string
  const get = async (path: string) => {
    const answer = await rig.request('GET', path, { token: viewer })
    expect(answer.statusCode, path).toBe(200)
    return answer.json()
  }
  beforeAll(async () => {
    rig = await openApi()
    viewer = await rig.login('vic')
  })
  afterAll(() => rig[Symbol.asyncDispose]())

  it('a decky’s mutations come newest first, also of one that is no more; those of others do not', async () => {
    const change = (decky: string, old_services: string[], new_services: string[], at: number, more = {}) =>
      mutationRecord({ decky, old_services, new_services, trigger: 'operator', actor: null, at, tookMs: 1_000, ...more })
    await rig.feed(
      change('gone-01', [], ['ssh'], T0, { trigger: 'creation' }),
      change('other-01', [], ['ftp'], T0),
      change('gone-01', ['ssh'], ['ssh', 'http'], T0 + MINUTE, { actor: 'ana', strategy: 'shuffle', reason: 'It was due.' }),
      change('gone-01', ['ssh', 'http'], [], T0 + 2 * MINUTE, { trigger: 'retirement' }),
    )
    const { total, data } = mutationPage.parse(await get('/deckies/gone-01/mutations?limit=2'))
    expect(total).toBe(3)
    expect(data.map(({ trigger, actor, new_services }) => [trigger, actor, new_services])).toEqual([
      ['retirement', null, []],
      ['operator', 'ana', ['ssh', 'http']],
    ])
    expect(data[1]).toMatchObject({ strategy: 'shuffle', reason: 'It was due.', timestamp: new Date(T0 + MINUTE).toISOString() })
    expect(mutationPage.parse(await get('/deckies/never-01/mutations')).total).toBe(0)
  })

  it('contacts are summed for each attacker, decky and pair; who got in comes first', async () => {
    const event = (attackerIp: string, decky: string, sessionId: string, at: number, type = 'connect', body = {}) => ({
      topic: topics.systemLog.pattern,
      attackerIp,
      decky,
      sessionId,
      ts: at,
      service: 'ssh',
      type,
      body,
    })
    const noisy = Array.from({ length: 5 }, (_, n) => event('203.0.113.9', 'web-01', `n-${n}`, T0 + n))
    await rig.feed(
      ...noisy,
      event('203.0.113.7', 'web-01', 's-1', T0),
      event('203.0.113.7', 'web-01', 's-1', T0 + 1, 'auth_attempt', {
        outcome: 'success',
        principal: 'root',
        secret_printable: 'x',
        secret_kind: 'plaintext',
      }),
      event('203.0.113.7', 'db-01', 's-2', T0 + 2),
      event('203.0.113.8', 'db-01', 's-3', T0 - 48 * 60 * MINUTE),
    )
    const period = `start_time=${new Date(T0 - MINUTE).toISOString()}&end_time=${new Date(T0 + MINUTE).toISOString()}`
    const found = contacts.parse(await get(`/fleet/contacts?${period}`))
    expect(found.attacker_count).toBe(2)
    expect(found.attackers.map(({ ip, sessions, logged_in }) => [ip, sessions, logged_in])).toEqual([
      ['203.0.113.7', 2, true],
      ['203.0.113.9', 5, false],
    ])
    expect(found.links.map(({ ip, decky, sessions, logged_in }) => [ip, decky, sessions, logged_in])).toEqual([
      ['203.0.113.7', 'web-01', 1, true],
      ['203.0.113.9', 'web-01', 5, false],
      ['203.0.113.7', 'db-01', 1, false],
    ])
    expect(found.deckies.map(({ decky, attackers, sessions }) => [decky, attackers, sessions])).toEqual([
      ['db-01', 1, 1],
      ['web-01', 2, 6],
    ])
  })
})
