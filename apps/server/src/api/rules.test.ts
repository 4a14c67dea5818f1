import { ttpRule, ttpRules } from '@decnet/contracts/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ruleStates } from '../store/rule-states.ts'
import { type ApiRig, openApi, T0 } from './api.fixture.ts'

describe('rules over the API', () => {
  let rig: ApiRig
  let admin: string
  let viewer: string
  beforeAll(async () => {
    rig = await openApi()
    admin = await rig.login('ana')
    viewer = await rig.login('vic')
  })
  afterAll(() => rig[Symbol.asyncDispose]())
  const list = async () => ttpRules.parse((await rig.request('GET', '/ttp/rules', { token: viewer })).json())
  const one = async (id: string) => (await list()).data.find((rule) => rule.id === id)
  const decide = (id: string, body: Record<string, unknown>, token = admin) =>
    rig.request('POST', `/ttp/rules/${id}/state`, { token, body })

  it('lists every shipped rule by id, enabled as long as nobody says otherwise', async () => {
    const { total, data } = await list()
    expect(total).toBeGreaterThan(200)
    expect(data.map(({ id }) => id)).toEqual(data.map(({ id }) => id).toSorted())
    expect(await one('R0014')).toMatchObject({ state: 'enabled', sources: ['command'], set_by: null, expires_at: null })
  })

  it('keeps what an admin decides, tells of it on the bus, and takes it back', async () => {
    const heard: unknown[] = []
    const subscription = rig.bus.as('test').subscribe('ttp.rule.state.R0014')
    void (async () => {
      for await (const event of subscription) if (event.kind === 'message') heard.push(event.message.payload)
    })()
    const until = new Date(T0 + 3_600_000).toISOString()
    const answer = await decide('R0014', { state: 'clipped', confidence_max: 0.4, reason: 'noisy here', expires_at: until })
    expect(answer.statusCode).toBe(200)
    const clipped = { state: 'clipped', confidence_max: 0.4, reason: 'noisy here', expires_at: until, set_by: 'ana' }
    expect(ttpRule.parse(answer.json())).toMatchObject(clipped)
    expect(await one('R0014')).toMatchObject(clipped)
    expect((await ruleStates(rig.store.db)).get('R0014')).toMatchObject({ state: 'clipped', expires_at: T0 + 3_600_000 })
    await rig.request('DELETE', '/ttp/rules/R0014/state', { token: admin })
    expect(await one('R0014')).toMatchObject({ state: 'enabled', set_by: null })
    await expect.poll(() => heard).toHaveLength(2)
    expect(heard).toMatchObject([{ rule_id: 'R0014', state: 'clipped', confidence_max: 0.4 }, { state: 'enabled' }])
  })

  it.each([
    ['a clipped rule without a ceiling', { state: 'clipped' }, 'confidence_max is missing: say what a clipped rule may claim at most.'],
    [
      'a ceiling for a rule that is not clipped',
      { state: 'disabled', confidence_max: 0.5 },
      'confidence_max is for clipped rules; one that is disabled has none.',
    ],
    [
      'an end of what has none',
      { state: 'enabled', expires_at: '2030-01-01T00:00:00Z' },
      'expires_at is for disabled and clipped rules; to be enabled is what they return to.',
    ],
    ['a ceiling above 1', { state: 'clipped', confidence_max: 2 }, 'confidence_max must be a number from 0 to 1'],
    ['an end in the past', { state: 'disabled', expires_at: '2001-01-01T00:00:00Z' }, 'That time is over.'],
    ['a word that is none', { state: 'off' }, 'state must be one of enabled, disabled, clipped'],
    ['a field that is none', { state: 'disabled', until: 'noon' }, 'until is not known'],
  ])('refuses %s in plain words, and keeps nothing of it', async (_what, body, said) => {
    const answer = await decide('R0014', body)
    expect([answer.statusCode, answer.json<{ detail: string }>().detail]).toEqual([422, expect.stringContaining(said)])
    expect(await one('R0014')).toMatchObject({ state: 'enabled' })
  })

  it('knows no rule that is none, and takes decisions from admins only', async () => {
    expect((await decide('R9999', { state: 'disabled' })).statusCode).toBe(404)
    expect((await decide('R0014', { state: 'disabled' }, viewer)).statusCode).toBe(403)
    expect((await rig.request('DELETE', '/ttp/rules/R9999/state', { token: admin })).statusCode).toBe(404)
  })
})
