import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ApiRig, openApi, T0 } from './api.fixture.ts'

const DAY = 86_400_000

describe('the number of bars of a histogram', () => {
  let api: ApiRig
  let token: string
  beforeEach(async () => {
    api = await openApi()
    token = await api.login('ana')
    await api.feed({ ts: T0 - 30 * DAY }, { ts: T0 - DAY }, { ts: T0 })
  })
  afterEach(() => api[Symbol.asyncDispose]())
  const ask = (query: Record<string, string>) => api.request('GET', '/logs/histogram', { token, query })

  it('above two thousand is refused with the interval that would do, and that one does', async () => {
    const refused = await ask({ interval_minutes: '1' })
    expect(refused.statusCode).toBe(422)
    const { detail, code, errors } = refused.json<{ detail: string; code: string; errors: { field: string }[] }>()
    expect([code, errors.map(({ field }) => field)]).toEqual(['too_many_bars', ['interval_minutes']])
    expect(detail).toMatch(/^interval_minutes must be at least 21\.62 for this period: a histogram has at most 2,000 bars\.$/u)
    expect((await ask({ interval_minutes: '21.62' })).statusCode).toBe(200)
    expect((await ask({ interval_minutes: '21.5' })).statusCode).toBe(422)
  })

  it('counts only the part of the period that records can lie in', async () => {
    const start_time = new Date(T0 - DAY).toISOString()
    expect((await ask({ interval_minutes: '1', start_time, end_time: '9999-12-31T23:59:59.999Z' })).json()).toHaveLength(2)
    expect((await ask({ interval_minutes: '1', start_time: '0001-01-01T00:00:00.000Z', end_time: start_time })).statusCode).toBe(422)
    expect((await ask({ interval_minutes: '0.02', start_time: '9999-01-01T00:00:00.000Z' })).json()).toEqual([])
  })
})
