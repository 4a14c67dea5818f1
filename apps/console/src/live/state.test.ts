import { describe, expect, it } from 'vitest'
import { begin, type Connection, next, waitFor } from './state.ts'

const opened = (state: Connection, now: number, resumed: boolean) => next(state, { what: 'opened', now, resumed })
const lost = (state: Connection, now: number) => next(state, { what: 'lost', now })

describe('the state of the connection', () => {
  it('is live at once when nothing was missed', () => {
    expect(opened(begin(0), 10, false)).toEqual({ phase: 'live', since: 10 })
  })
  it('catches up after a break until a fresh record comes', () => {
    const resumed = opened(lost(opened(begin(0), 10, false), 1000), 60_000, true)
    expect(resumed.phase).toBe('catching-up')
    expect(next(resumed, { what: 'record', now: 60_010, at: 2000 }).phase).toBe('catching-up')
    expect(next(resumed, { what: 'record', now: 60_020, at: 59_900 }).phase).toBe('live')
  })
  it('is live after a break when the server has nothing more to say', () => {
    expect(next(opened(lost(begin(0), 5), 10, true), { what: 'quiet', now: 600 }).phase).toBe('live')
  })
  it('remembers since when it is offline, however often it tries', () => {
    let state = lost(opened(begin(0), 10, false), 1000)
    for (let i = 0; i < 5; i += 1) state = lost(next(state, { what: 'retrying', now: 2000 + i }), 3000 + i)
    expect(state).toMatchObject({ phase: 'offline', since: 1000, attempt: 5 })
  })
  it('waits longer after each failure, but never long', () => {
    const waits = [0, 1, 2, 3, 10, 1000].map(waitFor)
    expect(waits).toEqual([...waits].sort((a, b) => a - b))
    expect(waits[0]).toBe(500)
    expect(waits.at(-1)).toBe(15_000)
  })
  it('begins anew with short waits once it was live again', () => {
    const again = opened(lost(lost(begin(0), 1), 2), 10, false)
    expect(lost(again, 20)).toEqual({ phase: 'offline', since: 20, attempt: 0, retryAt: 520 })
  })
})
