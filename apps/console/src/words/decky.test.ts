import { describe, expect, it } from 'vitest'
import { aKind, deploySentence, fleetSentence, intervalWords, mutationSentence, operationWords, tookOf } from './decky.ts'

const mutation = (old_services: string[], new_services: string[], trigger = 'operator', strategy: string | null = null) =>
  mutationSentence({ old_services, new_services, trigger, strategy })

describe('what is said of deckies', () => {
  it('a mutation is what came and what went, a beginning and an end', () => {
    expect(mutation([], ['ssh', 'http', 'ftp'], 'creation')).toBe('Made, with ssh, http and ftp')
    expect(mutation(['ssh', 'ftp'], ['ssh', 'http'])).toBe('http came, ftp went')
    expect(mutation(['ssh'], [], 'retirement')).toBe('Retired')
    expect(mutation(['ssh'], ['ssh'], 'scheduled', 'move')).toBe('Moved to another address')
    expect(mutation(['ssh'], ['ssh'])).toBe('Made anew, with the same services')
  })
  it('an operation says what it is about and how far it is', () => {
    const services = { old_services: ['ssh'], new_services: ['ssh', 'ftp'] }
    expect(operationWords({ operation: 'add_service', status: 'succeeded', ...services })).toBe('got ftp')
    expect(operationWords({ operation: 'add_service', status: 'failed', ...services })).toBe('did not get ftp')
    expect(operationWords({ operation: 'deploy', status: 'running', ...services })).toBe('is being made')
  })
  it('an interval is said as people say it', () => {
    expect([null, 0, 1, 30, 60, 120, 1440, 2880].map(intervalWords)).toEqual([
      'as the fleet does',
      'never by itself',
      'every minute',
      'every 30 minutes',
      'every hour',
      'every 2 hours',
      'every day',
      'every 2 days',
    ])
  })
  it('what a decky plays has its article', () => {
    expect(['file-server', 'edge-gateway', 'devops-host', 'linux-server', 'valueOf'].map(aKind)).toEqual([
      'a file server',
      'an edge gateway',
      'a DevOps host',
      'a Linux server',
      'a valueOf',
    ])
  })
  it('a deployment is told by how many are up, one by its name', () => {
    type Status = 'pending' | 'running' | 'succeeded' | 'failed'
    const said = (...all: Status[]) => deploySentence(all.map((status, n) => ({ decky_name: `web-${n}`, status })))
    expect(said('running')).toEqual({ said: 'web-0 is being made.', over: false })
    expect(said('succeeded')).toEqual({ said: 'web-0 is up.', over: true })
    expect(said('failed').said).toBe('web-0 could not be made.')
    expect(said('succeeded', 'pending', 'running')).toEqual({ said: '1 of 3 deckies is up.', over: false })
    expect(said('pending', 'running').said).toBe('0 of 2 deckies are up.')
    expect(said('succeeded', 'succeeded')).toEqual({ said: 'All 2 deckies are up.', over: true })
    expect(said('succeeded', 'failed').said).toBe('1 decky could not be made; 1 is up.')
    expect(said('failed', 'failed').said).toBe('None of 2 deckies could be made.')
    expect(said().over).toBe(false)
  })
  it('an operation took from its beginning to its end', () => {
    const at = (second: number) => new Date(second * 1000).toISOString()
    expect(tookOf({ started_at: at(1), finished_at: at(3) })).toBe('2 s')
    expect(tookOf({ started_at: at(1), finished_at: null })).toBeNull()
  })
  it('an empty fleet is said to be empty', () => expect(fleetSentence([])).toBe('There are no deckies.'))
})
