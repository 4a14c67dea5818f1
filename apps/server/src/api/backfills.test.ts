import { ttpBackfill, ttpBackfills } from '@decnet/contracts/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiRig, openApi } from './api.fixture.ts'

describe('looking back over the API', () => {
  let rig: ApiRig
  let admin: string
  let viewer: string
  beforeAll(async () => {
    rig = await openApi()
    admin = await rig.login('ana')
    viewer = await rig.login('vic')
  })
  afterAll(() => rig[Symbol.asyncDispose]())
  const ask = (body: Record<string, unknown>, token = admin) => rig.request('POST', '/ttp/backfill', { token, body })
  const list = async () => ttpBackfills.parse((await rig.request('GET', '/ttp/backfill', { token: viewer })).json()).data

  it('takes what an admin asks for, once for the same words, and says how far it has come', async () => {
    const answer = await ask({ since: '7d', rules: ['R0014'] })
    expect(answer.statusCode).toBe(202)
    const { uuid, ...asked } = ttpBackfill.parse(answer.json())
    expect(asked).toMatchObject({ rules: ['R0014'], requested_by: 'ana', until: null, new_tags: 0, techniques: {} })
    expect(ttpBackfill.parse((await ask({ since: '7d', rules: ['R0014'] })).json()).uuid).toBe(uuid)
    expect(ttpBackfill.parse((await ask({ since: 'all' })).json())).toMatchObject({ since: null, rules: null })
    expect((await list()).map((run) => run.uuid)).toHaveLength(2)
    const until = ttpBackfill.parse((await ask({ since: 'all', until: '2026-11-22', rules: 'R0015' })).json())
    expect(until).toMatchObject({ since: null, until: '2026-11-22T00:00:00.000Z', rules: ['R0015'] })
    expect((await list()).map((run) => run.uuid)).toContain(uuid)
  })

  it.each([
    [422, { since: 'yesterday' }],
    [422, {}],
    [422, { since: 'all', rules: [] }],
    [422, { since: '2026-01-02', until: '2026-01-01T00:00:00Z' }],
    [422, { since: 'all', until: 'noon' }, 'until is a date or time of ISO 8601'],
    [422, { since: 'all', rules: { id: 'R0014' } }, 'rules must be the id of a rule, or a list of 1 to 100 of them'],
    [404, { since: 'all', rules: ['R9999'] }],
    [404, { since: 'all', rules: 'R9999' }],
  ])('answers %i to %j', async (status, body, said = '') => {
    const answer = await ask(body)
    expect([answer.statusCode, answer.json<{ detail: string }>().detail]).toEqual([status, expect.stringContaining(said)])
  })

  it('asks for nothing on behalf of a viewer', async () => {
    expect((await ask({ since: 'all' }, viewer)).statusCode).toBe(403)
  })
})
