import { describe, expect, it } from 'vitest'
import type { EventLike } from '../words/event.ts'
import { groupBySession } from './group.ts'

let seq = 0
const event = (event_type: string, session_id: string, fields: Record<string, unknown> = {}, attacker_ip = '203.0.113.7'): EventLike => {
  seq += 1
  return {
    seq,
    id: String(seq),
    topic: 'system.log',
    timestamp: new Date(seq * 1000).toISOString(),
    decky: 'web-01',
    service: 'ssh',
    event_type,
    attacker_ip,
    session_id,
    fields,
  }
}

describe('events by session', () => {
  it('puts the session with the newest event first and says how it went', () => {
    const records = [
      event('connect', 'a'),
      event('auth_attempt', 'a', { principal: 'root', secret_printable: 'x', outcome: 'success' }),
      event('http_request', 'b', { method: 'GET', path: '/' }),
      event('disconnect', 'a'),
    ].reverse()
    const { groups } = groupBySession(records)
    expect(groups.map((g) => g.key)).toEqual(['a', 'b'])
    expect(groups[0]).toMatchObject({ user: 'root', loggedIn: true, ended: true, severity: 'high' })
    expect(groups[0]?.events.map((e) => e.event_type)).toEqual(['auth_attempt'])
  })
  it('counts those who only knocked, and their sources', () => {
    const { groups, knocks } = groupBySession([event('connect', 'a'), event('connect', 'b'), event('disconnect', 'c', {}, '198.51.100.1')])
    expect(groups).toEqual([])
    expect(knocks).toEqual({ sessions: 3, sources: 2 })
  })
  it('leaves out what concerns nobody', () => {
    expect(groupBySession([{ ...event('tick', ''), attacker_ip: null }])).toEqual({ groups: [], knocks: { sessions: 0, sources: 0 } })
  })
})
