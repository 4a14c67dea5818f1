import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newId } from '@decnet/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { event } from '../workers/folds.fixture.ts'
import { type ApiRig, openApi } from './api.fixture.ts'

const CONTENT = Buffer.from([0, 255, 1, ...Buffer.from('<script>#!/bin/sh\r\n')])
const HASH = createHash('sha256').update(CONTENT).digest('hex')
const CAST = '{"version": 2, "width": 80, "height": 24}\n[0.1, "o", "\\u001b[2J<script>"]\n'
const name = (digit: string) => digit.repeat(64)

describe('what a sensor kept', () => {
  let api: ApiRig
  let admin: string
  let viewer: string
  const recorded = newId()
  beforeAll(async () => {
    api = await openApi()
    admin = await api.login('ana')
    viewer = await api.login('vic')
    const { artifacts, replays } = api.home
    writeFileSync(join(artifacts, HASH), CONTENT)
    writeFileSync(join(artifacts, name('e')), '')
    // The sensor is attacked software: its folder may hold anything.
    symlinkSync(api.home.database, join(artifacts, name('1')))
    symlinkSync('/etc/passwd', join(artifacts, name('2')))
    mkdirSync(join(artifacts, name('3')))
    execFileSync('mkfifo', [join(artifacts, name('4'))])
    writeFileSync(join(replays, `${recorded}.cast`), CAST)
    for (const [session, replay] of [
      [recorded, `replays/${recorded}.cast`],
      ['up', '../../decnet.db'],
      ['absolute', '/etc/passwd'],
      ['gone', `replays/${newId()}.cast`],
    ] as const) {
      await api.feed(
        { type: 'connect', sessionId: session },
        { type: 'session_recorded', sessionId: session, body: { duration_s: '1', bytes: '9', truncated: 'false', replay } },
      )
    }
    await api.feed({ type: 'connect', sessionId: 'silent' })
  })
  afterAll(() => api[Symbol.asyncDispose]())
  const artifact = (path: string, token = admin) => api.request('GET', `/artifacts/${path}`, { token })

  it('is downloaded byte for byte, as a file that no browser opens', async () => {
    const answer = await artifact(HASH)
    expect(answer.statusCode).toBe(200)
    expect(answer.rawPayload.equals(CONTENT)).toBe(true)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${HASH}.bin"`,
      'content-length': String(CONTENT.length),
      'x-content-type-options': 'nosniff',
    })
    expect([(await artifact(name('e'))).statusCode, (await artifact(name('e'))).body]).toEqual([200, ''])
  })

  it('is listed with the exact bytes of its path, where they are no text', async () => {
    const path_b64 = Buffer.from('/tmp/f\xff', 'latin1').toString('base64')
    const put = (body: Record<string, string>) => ({
      type: 'file_captured',
      ip: '203.0.113.66',
      body: { sha256: HASH, size: '1', ...body },
    })
    await api.feed(event(put({ path_b64 })), event(put({ path: '/tmp/x' })))
    const { data } = (await api.request('GET', '/attackers/203.0.113.66/artifacts', { token: viewer })).json()
    expect(data.map((row: { path_b64: string | null }) => row.path_b64)).toEqual([null, path_b64])
  })

  it('is for administrators', async () => {
    expect((await artifact(HASH, viewer)).statusCode).toBe(403)
    expect((await artifact(name('9'), viewer)).statusCode).toBe(403)
  })

  it.each([
    '..%2f..%2fdecnet.db',
    '%2e%2e/%2e%2e/decnet.db',
    '../../decnet.db',
    '%2fetc%2fpasswd',
    `${HASH}%00`,
    `${HASH}/`,
    HASH.toUpperCase(),
    `${HASH}.bin`,
    'x',
    '',
  ])('is found by its hash only, not by %s', async (path) => {
    const answer = await artifact(path)
    expect([404, 422]).toContain(answer.statusCode)
    expect(answer.body).not.toMatch(/SQLite|root:/u)
  })

  it.each([
    ['a link to our database', '1'],
    ['a link out of the home', '2'],
    ['a folder', '3'],
    ['a pipe', '4'],
    ['nothing', '5'],
  ])('is not there where %s stands in its place', async (_what, digit) => {
    const answer = await artifact(name(digit))
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'evidence_absent'])
  })

  it('plays as a recording, also for viewers', async () => {
    const answer = await api.request('GET', `/sessions/${recorded}/replay`, { token: viewer })
    expect([answer.statusCode, answer.body]).toEqual([200, CAST])
    expect(answer.headers).toMatchObject({ 'content-type': 'application/x-asciicast', 'x-content-type-options': 'nosniff' })
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="${recorded}.cast"`)
  })

  it.each(['up', 'absolute', 'gone', 'silent', 'unknown'])(
    'has no recording where its name is forged or nothing is kept (%s)',
    async (session) => {
      const answer = await api.request('GET', `/sessions/${session}/replay`, { token: viewer })
      expect(answer.statusCode).toBe(404)
      expect(answer.body).not.toMatch(/SQLite|root:/u)
    },
  )

  it('is not touched by reading it', () => {
    expect(readFileSync(join(api.home.artifacts, HASH)).equals(CONTENT)).toBe(true)
  })
})
