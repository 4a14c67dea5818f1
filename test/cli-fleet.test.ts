import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DECNET, decnet, errorOf, follow } from './rig/cli.ts'
import { run } from './rig/client.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'
import { ftpLogin, httpGet, talk } from './rig/wire.ts'

/** Moves a cursor, rings, colours, turns writing around. */
const HOSTILE = '\u001b[2J\u001b]0;owned\u0007\u202eroot\u009b31m\u2028'
/** What a terminal would obey. */
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/u

describe('the command line beside a fleet', () => {
  let fleet: Fleet
  const secret = `pä"ss]\\${HOSTILE}`
  const cli = (...args: string[]) => decnet([...args, '--home', fleet.home])
  const json = async <T>(...args: string[]) => {
    const answer = await cli(...args, '--json')
    expect(answer.stderr).toBe('')
    return JSON.parse(answer.stdout) as T
  }
  beforeAll(async () => {
    fleet = await startFleet()
    const ftp = [fleet.target('ftp', 0), fleet.target('ftp', 1)]
    for (const target of ftp) await ftpLogin(target, `mallory${HOSTILE}`, secret)
    await talk(fleet.target('ftp'), ['USER ana\r\n', Buffer.from('PASS grün\xff\xfe\r\n', 'latin1'), 'QUIT\r\n'])
    await httpGet(fleet.target('http'), '/hidden?<script>', [`User-Agent: curl${HOSTILE}`])
    await vi.waitFor(
      async () => {
        expect((await fleet.get<{ total: number }>('/credential-reuse')).total).toBeGreaterThan(0)
        expect((await fleet.get<{ total: number }>('/logs?search=hidden')).total).toBeGreaterThan(0)
      },
      { timeout: 30_000, interval: 100 },
    )
  })
  afterAll(() => fleet[Symbol.asyncDispose]())

  it('status shows where everything is', async () => {
    const answer = await json<{ running: boolean; pid: number; console: string; deckies: unknown[] }>('status')
    expect(answer).toMatchObject({ running: true, pid: fleet.supervisor(), console: fleet.ready.console, deckies: fleet.ready.deckies })
    expect(JSON.stringify(answer)).not.toContain('adminPassword')
    const text = await cli('status')
    expect([text.code, text.stdout]).toEqual([0, expect.stringContaining(fleet.ready.console)])
    for (const decky of fleet.ready.deckies) expect(text.stdout).toContain(decky.ip)
  })

  it('attackers and attacker tell who came and what happened', async () => {
    const page = await json<{ total: number; data: { ip: string; uuid: string }[] }>('attackers')
    expect(page.data.map((row) => row.ip)).toEqual(['127.0.0.1'])
    expect((await cli('attackers', '--sort', 'score', '--limit', '5')).stdout).toContain('127.0.0.1')
    expect((await json<{ total: number }>('attackers', '--service', 'nothing')).total).toBe(0)
    for (const key of ['127.0.0.1', page.data[0]?.uuid ?? '']) {
      const whole = await json<{ ip: string; sessions: unknown[]; credentials: { secret_b64: string }[] }>('attacker', key)
      expect(whole.ip).toBe('127.0.0.1')
      expect(whole.sessions.length).toBeGreaterThanOrEqual(3)
      expect(whole.credentials.map((row) => row.secret_b64)).toContain(Buffer.from(secret).toString('base64'))
      expect((await cli('attacker', key)).stdout).toContain('Sessions')
    }
    const known = () => json<{ total: number; data: { code_name: string; addresses: string[] }[] }>('identities', '--search', '127.0.0')
    await expect.poll(async () => (await known()).data.map(({ addresses }) => addresses), { timeout: 20_000 }).toEqual([['127.0.0.1']])
    expect((await cli('identities')).stdout).toContain((await known()).data[0]?.code_name)
    expect([(await json<{ total: number }>('campaigns')).total, (await cli('campaigns')).stdout]).toEqual([
      0,
      'Nobody works together, as far as is known.\n',
    ])
    const { stdout } = await cli('attacker', '127.0.0.1')
    expect(stdout).not.toMatch(/\b1 (?:commands|log-in attempts)\b/u)
    const unknown = await cli('attacker', '203.0.113.99', '--json')
    expect([unknown.code, errorOf(unknown).code]).toEqual([1, 'attacker_unknown'])
  })

  it('the verbs of a protocol are requests, and no commands: everywhere', async () => {
    interface Whole {
      command_count: number
      commands: unknown[]
      requests: { kind: string; command: string }[]
      sessions: { command_count: number }[]
    }
    const whole = await json<Whole>('attacker', '127.0.0.1')
    const { stdout } = await cli('attacker', '127.0.0.1')
    expect([whole.command_count, whole.commands, whole.sessions.filter((row) => row.command_count > 0)]).toEqual([0, [], []])
    expect(whole.requests.map((row) => row.kind)).toEqual(whole.requests.map(() => 'request'))
    expect(whole.requests.map((row) => row.command)).toContain('QUIT')
    expect(stdout).toMatch(/^Commands 0$/mu)
    expect(stdout).toMatch(new RegExp(`^Requests ${whole.requests.length}\\b`, 'mu'))
    const listed = { commands: 0, requests: whole.requests.length }
    expect(await fleet.get<unknown>('/attackers/127.0.0.1/commands')).toMatchObject({ total: 0, data: [], ...listed })
    expect(await fleet.get<unknown>('/attackers/127.0.0.1/commands?kind=request')).toMatchObject({ total: listed.requests, ...listed })
    expect((await fleet.get<{ commands: { value: number } }>('/stats')).commands.value).toBe(0)
  })

  it('credentials are listed, and with --reuse those on several targets', async () => {
    const reuse = await json<{ data: { secret_b64: string; target_count: number }[] }>('credentials', '--reuse')
    expect(reuse.data).toMatchObject([{ secret_b64: Buffer.from(secret).toString('base64'), target_count: 2 }])
    const tried = await json<{ data: { secret_b64: string }[] }>('credentials', '--search', 'mallory')
    expect(tried.data).toHaveLength(2)
    expect((await cli('credentials', '--reuse')).stdout).toContain('mallory')
    // Exact: UTF-8 as text, every other byte for itself.
    const bytes = 'gr\\xfcn\\xff\\xfe'
    for (const args of [['credentials'], ['attacker', '127.0.0.1']]) {
      const { stdout } = await cli(...args)
      expect(stdout).toContain(bytes)
      expect(stdout).toContain('pä"ss]\\')
    }
  })

  it('events are printed oldest first, and a query narrows them', async () => {
    const { stdout } = await cli('events', '--json', '--limit', '1000', '--query', 'event:auth_attempt service:ftp')
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number; event_type: string })
    expect(rows.map((row) => row.event_type)).toEqual(['auth_attempt', 'auth_attempt', 'auth_attempt'])
    const all = (await cli('events', '--json', '--limit', '10')).stdout.trim().split('\n')
    expect(all).toHaveLength(10)
    const seqs = all.map((line) => (JSON.parse(line) as { seq: number }).seq)
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
  })

  it('workers are shown as the server sees them', async () => {
    await expect.poll(async () => (await cli('workers')).code, { timeout: 20_000 }).toBe(0)
    const { workers } = await json<{ workers: { name: string }[] }>('workers')
    expect(workers.map((worker) => worker.name)).toEqual(
      expect.arrayContaining(['ingester', 'profiler', 'credentials', 'reuse-correlator']),
    )
    expect((await cli('workers')).stdout).toMatch(/^profiler\s+running/mu)
  })

  it('workers stop and start are obeyed, by several at once, and say who asked', async () => {
    const state = async (name: string) => {
      const rows = await fleet.get<{ workers: { name: string; state: string; desired: string; desired_by: string | null }[] }>('/workers')
      const found = rows.workers.find((worker) => worker.name === name)
      return [found?.state, found?.desired, found?.desired_by]
    }
    const by = expect.stringMatching(/^\S+ \(command line\)$/u)
    const stopped = await json<unknown>('workers', 'stop', 'profiler', 'credentials')
    expect(stopped).toEqual({ workers: ['profiler', 'credentials'], action: 'stop', desired: 'stopped', running: true })
    for (const name of ['profiler', 'credentials'])
      await expect.poll(() => state(name), { timeout: 20_000 }).toEqual(['stopped', 'stopped', by])
    await expect.poll(async () => (await cli('workers')).stdout, { timeout: 20_000 }).toMatch(/^profiler\s+stopped by \S+/mu)
    expect((await cli('workers', 'start', 'profiler')).stdout).toContain('profiler starts')
    await cli('workers', 'start', 'credentials')
    for (const name of ['profiler', 'credentials'])
      await expect.poll(() => state(name), { timeout: 20_000 }).toEqual(['running', 'running', by])
  })

  it('a decky that there is not is refused wherever one is named', async () => {
    for (const args of [
      ['tarpit', 'nosuch'],
      ['tarpit', 'nosuch', '--off'],
      ['mutate', 'nosuch'],
      ['service', 'add', 'nosuch', 'ftp'],
      ['teardown', '--id', 'nosuch', '--yes'],
    ]) {
      const answer = await cli(...args, '--json')
      expect([args, answer.code, errorOf(answer).code]).toEqual([args, 1, 'decky_unknown'])
    }
  })

  it('doctor knows that the fleet runs', async () => {
    const { findings } = await json<{ findings: { check: string; verdict: string; found: string }[] }>('doctor')
    expect(findings.find((finding) => finding.check === 'fleet')?.found).toContain(String(fleet.supervisor()))
    expect(findings.find((finding) => finding.check === 'console')).toMatchObject({
      verdict: 'ok',
      found: `${fleet.ready.console} in use by this fleet`,
    })
    expect((await cli('doctor')).stdout).toContain('The fleet of this home runs')
  })

  it.each([
    ['attackers'],
    ['attacker', '127.0.0.1'],
    ['identities'],
    ['campaigns'],
    ['credentials'],
    ['credentials', '--reuse'],
    ['events', '--limit', '1000'],
    ['status'],
    ['workers'],
  ])('nothing that an attacker chose reaches the terminal as a command: %s', async (...args) => {
    const { stdout, code } = await cli(...args)
    expect(code).toBe(0)
    expect(stdout).not.toMatch(OBEYED)
    if (args[0] === 'events' || args[0] === 'credentials') expect(stdout).toContain('\\x1b[2J')
  })

  it('events --follow prints a new event within two seconds', async () => {
    const { child, said } = follow(['events', '--follow', '--limit', '0', '--json', '--query', 'service:http', '--home', fleet.home])
    try {
      // It follows once it prints: the marker is sent again until then.
      let marker = ''
      for (let n = 0; !said().includes('follow-me'); n += 1) {
        marker = `/follow-me-${n}`
        await httpGet(fleet.target('http'), marker)
        await new Promise((resolve) => setTimeout(resolve, 250))
        if (n > 100) throw new Error('nothing was printed')
      }
      const sent = performance.now()
      await httpGet(fleet.target('http'), '/the-one-that-counts')
      await expect.poll(() => said().includes('/the-one-that-counts'), { timeout: 10_000, interval: 10 }).toBe(true)
      expect(performance.now() - sent).toBeLessThan(2_000)
    } finally {
      child.kill('SIGINT')
      await once(child, 'exit')
    }
  })

  it('a reader who has enough may go: events | head ends quietly, and --follow with the next event', async () => {
    const head = (rest: string) =>
      run('sh', ['-c', `'${DECNET}' events --home '${fleet.home}' --limit 1000${rest} | head -1`], { timeoutMs: 90_000 })
    const pages = head('')
    let over = false
    const following = head(' --follow').finally(() => {
      over = true
    })
    while (!over) {
      await httpGet(fleet.target('http'), '/anything')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    for (const { code, stdout, stderr } of [await pages, await following])
      expect([code, stdout.trim().split('\n').length, stderr]).toEqual([0, 1, ''])
  })

  it.each([
    [['attackers', '--limit', '0'], 'bad_number'],
    [['attackers', '--limit', 'many'], 'bad_number'],
    [['events', '--limit', '-1'], 'bad_number'],
    [['attackers', '--sort', 'size'], 'bad_option'],
    [['identities', '--addresses', '0'], 'bad_number'],
    [['campaigns', '--sort', 'addresses'], 'bad_option'],
  ])('%j is refused with %s', async (args, code) => {
    const answer = await cli(...args, '--json')
    expect([answer.code, errorOf(answer).code]).toEqual([1, code])
  })

  it('passwd takes a password from a pipe, refuses a poor one, and ends the logins of that user', async () => {
    const set = (input: string, user = 'admin') => decnet(['passwd', user, '--home', fleet.home, '--json'], { input })
    for (const poor of ['short\n', '', '\n', `${'x'.repeat(129)}\n`]) expect(errorOf(await set(poor)).code).toBe('bad_password')
    expect(errorOf(await set('a long enough password\n', 'nobody')).code).toBe('user_unknown')
    const chosen = 'chosen at the terminal ünï'
    const answer = await set(`${chosen}\nsecond line\n`)
    expect([answer.code, JSON.parse(answer.stdout)]).toEqual([0, { username: 'admin', changed: true }])
    await expect(fleet.get('/attackers')).rejects.toThrow('401')
    const login = await fetch(`${fleet.api}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: chosen }),
    })
    expect([login.status, await login.json()]).toEqual([200, expect.objectContaining({ must_change_password: false })])
  })
})
