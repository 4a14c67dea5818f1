import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DECNET, decnet, errorOf, follow } from './rig/cli.ts'
import { run } from './rig/client.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'
import { ftpLogin, httpGet, talk } from './rig/wire.ts'

const COMMANDS = [
  'up',
  'status',
  'services',
  'attackers',
  'attacker',
  'credentials',
  'events',
  'workers',
  'doctor',
  'passwd',
  'version',
  'bus',
  'systemd',
]
/** Moves a cursor, rings, colours, turns writing around. */
const HOSTILE = '\u001b[2J\u001b]0;owned\u0007\u202eroot\u009b31m\u2028'
/** What a terminal would obey. */
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/u

describe('the command line without a fleet', () => {
  const work = mkdtempSync(join(tmpdir(), 'cli-'))
  const empty = join(work, 'empty')
  beforeAll(() => mkdirSync(empty, { mode: 0o700 }))
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  it('lists its commands, each with a line about it', async () => {
    const { code, stdout } = await decnet(['--help'])
    expect(code).toBe(0)
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command}\\b.*\\S{3}`, 'mu'))
  })

  it.each(COMMANDS)('%s --help explains itself with examples that begin with its name', async (command) => {
    const { code, stdout } = await decnet([command, '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain(`Usage: decnet ${command}`)
    const examples = stdout.split('Examples:\n')[1]?.trim().split('\n') ?? []
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) expect(example).toMatch(new RegExp(`^\\s*\\$ (?:.*\\| |\\S+=\\S+ )?decnet ${command}\\b`, 'u'))
  })

  it.each([
    ['nothing', []],
    ['a command that is none', ['atackers']],
    ['an option that is none', ['attackers', '--nothing']],
    ['too many arguments', ['version', 'extra']],
    ['a missing argument', ['attacker']],
  ])('%s is refused in a sentence', async (_what, args) => {
    const { code, stdout, stderr } = await decnet(args)
    expect(code).not.toBe(0)
    expect(stdout).toBe('')
    expect(stderr).not.toMatch(/^\s+at /mu)
    expect(stderr.length).toBeGreaterThan(10)
  })

  it('version says what runs', async () => {
    expect((await decnet(['version'])).stdout).toMatch(/^decnet \d+\.\d+\.\d+ \(Node 2[4-9]\.\d+\.\d+, \w+-\w+\)\n$/u)
    expect(JSON.parse((await decnet(['version', '--json'])).stdout)).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/u),
      node: expect.any(String),
      platform: expect.any(String),
    })
  })

  it('services are listed with their ports', async () => {
    const services = JSON.parse((await decnet(['services', '--json'])).stdout) as { name: string; ports: string[]; events: string[] }[]
    expect(services.length).toBeGreaterThan(0)
    const text = (await decnet(['services'])).stdout
    for (const { name, ports, events } of services) {
      expect(text).toContain(name)
      expect(ports.every((port) => /^\d+\/(?:tcp|udp)$/u.test(port))).toBe(true)
      expect(events.length).toBeGreaterThan(0)
    }
  })

  it('systemd prints its units with --dry-run, writes them where it is told to, and knows no other action', async () => {
    const dry = await decnet(['systemd', 'install', '--dry-run'])
    expect(dry.code).toBe(0)
    const { units, written } = JSON.parse((await decnet(['systemd', 'install', '--dry-run', '--json'])).stdout) as {
      units: { name: string; content: string }[]
      written: string[]
    }
    expect(written).toEqual([])
    for (const { name, content } of units) expect(dry.stdout).toContain(`### ${name}\n${content}`)
    const folder = join(work, 'new', 'units')
    expect((await decnet(['systemd', 'install', '--prefix', folder])).code).toBe(0)
    expect(readdirSync(folder).toSorted()).toEqual(units.map(({ name }) => name).toSorted())
    for (const { name, content } of units) expect(readFileSync(join(folder, name), 'utf8')).toBe(content)
    const other = await decnet(['systemd', 'remove', '--json'])
    expect([other.code, errorOf(other).code]).toEqual([1, 'bad_action'])
    const nowhere = await decnet(['systemd', 'install', '--prefix', join(folder, 'decnet.target'), '--json'])
    expect([nowhere.code, errorOf(nowhere).code]).toEqual([1, 'unit_not_written'])
    const nobody = await decnet(['systemd', 'install', '--prefix', folder, '--user', 'nosuchuser', '--group', 'root', '--json'])
    expect([nobody.code, errorOf(nobody).code]).toEqual([1, 'user_unknown'])
  })

  it('status says that nothing runs, with 3', async () => {
    const text = await decnet(['status', '--home', empty])
    expect([text.code, text.stdout]).toEqual([3, expect.stringContaining('No fleet is running')])
    const json = await decnet(['status', '--home', empty, '--json'])
    expect([json.code, JSON.parse(json.stdout)]).toEqual([
      3,
      { running: false, home: empty, pid: null, started_at: null, console: null, deckies: [] },
    ])
  })

  it('status is not fooled by the state that a killed fleet left, whose number another process has now', async () => {
    const stale = join(work, 'stale')
    mkdirSync(join(stale, 'run'), { recursive: true, mode: 0o700 })
    for (const state of [{ pid: process.pid, born: '1', startedAt: 1, ready: null }, { pid: 2 ** 22 + 1, born: '1' }, 'nonsense', null]) {
      writeFileSync(join(stale, 'run', 'state.json'), typeof state === 'string' ? state : JSON.stringify(state))
      expect((await decnet(['status', '--home', stale])).code).toBe(3)
    }
  })

  it.each([
    ['attackers', []],
    ['attacker', ['127.0.0.1']],
    ['credentials', []],
    ['events', []],
    ['events', ['--follow']],
    ['passwd', []],
  ])('%s on a home that is empty or missing says what to do', async (command, args) => {
    const input = 'a long enough password\n'
    const missing = join(work, 'missing')
    const [text, json] = await Promise.all([
      decnet([command, ...args, '--home', empty], { input }),
      decnet([command, ...args, '--home', missing, '--json'], { input }),
    ])
    expect([text.code, text.stdout, text.stderr]).toEqual([1, '', expect.stringContaining(`There is nothing in ${empty} yet.`)])
    expect(text.stderr).toContain('decnet up')
    expect(text.stderr).not.toMatch(/^\s+at /mu)
    expect([json.code, errorOf(json)]).toEqual([
      1,
      { code: 'home_empty', message: `There is nothing in ${missing} yet.`, hint: expect.stringContaining('decnet up') },
    ])
  })

  it('workers says that none runs', async () => {
    const json = await decnet(['workers', '--home', empty, '--json'])
    expect([json.code, errorOf(json).code]).toEqual([1, 'not_running'])
  })

  it('workers stop and start refuse what cannot be, before anything is written', async () => {
    for (const [args, code] of [
      [['pause', 'profiler'], 'bad_action'],
      [['stop'], 'worker_missing'],
      [['stop', 'nobody'], 'worker_unknown'],
      [['start', 'profiler', 'sensor'], 'worker_not_stoppable'],
      [['stop', 'profiler'], 'home_empty'],
    ] as const) {
      const json = await decnet(['workers', ...args, '--home', empty, '--json'])
      expect([json.code, errorOf(json).code]).toEqual([1, code])
    }
    expect((await decnet(['workers', 'stop', 'sensor', '--home', empty])).stderr).toContain('decnet down')
  })

  it('doctor checks this machine and says what to do about what it finds', async () => {
    const { code, stdout } = await decnet(['doctor', '--home', empty, '--json'])
    const { healthy, findings } = JSON.parse(stdout) as {
      healthy: boolean
      findings: { check: string; verdict: string; found: string; advice: string | null }[]
    }
    expect(findings.map((finding) => finding.check)).toEqual(
      expect.arrayContaining(['node', 'machine', 'home', 'disk', 'database', 'fleet', 'loopback', 'ports', 'console']),
    )
    expect([code, healthy]).toEqual(findings.some((finding) => finding.verdict === 'bad') ? [1, false] : [0, true])
    for (const { verdict, advice } of findings) expect(verdict === 'ok' ? advice === null : (advice?.length ?? 0) > 10).toBe(true)
    expect((await decnet(['doctor', '--home', empty])).stdout).toMatch(/node\s+Node 2\d/u)
  })

  it.each([
    ['DECNET_ADMIN_PASSWORD', 'tooshort'],
    ['DECNET_ADMIN_PASSWORD', 'x'.repeat(129)],
    ['DECNET_LOG_LEVEL', 'loud'],
    ['DECNET_BUS_ENABLED', 'perhaps'],
  ])('%s is checked before anything is made, and its value never shown', async (name, value) => {
    const home = join(work, 'never')
    const answer = await decnet(['up', '--json', '--home', home], { env: { [name]: value } })
    expect([answer.code, errorOf(answer).code]).toEqual([1, 'bad_environment'])
    expect(errorOf(answer).message).toContain(name)
    expect(answer.stderr).not.toContain(value)
    expect((await decnet(['status', '--home', home])).code).toBe(3)
  })

  it.each(['nonsense', '127.0.0.1', '127.0.0.1:99999', '1.2.3:80', 'example.org:80', '[::1]', '', ':', '127.0.0.1:80:80', '-1'])(
    '--listen %j is refused',
    async (listen) => {
      const answer = await decnet(['up', '--json', '--home', join(work, 'never'), `--listen=${listen}`])
      expect([answer.code, errorOf(answer).code]).toEqual([1, 'bad_listen'])
      expect(errorOf(answer).hint).toContain('127.0.0.1:8080')
    },
  )
})

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
    expect(answer).toMatchObject({ running: true, pid: fleet.process.pid, console: fleet.ready.console, deckies: fleet.ready.deckies })
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

  it('doctor knows that the fleet runs', async () => {
    const { findings } = await json<{ findings: { check: string; verdict: string; found: string }[] }>('doctor')
    expect(findings.find((finding) => finding.check === 'fleet')?.found).toContain(String(fleet.process.pid))
    expect(findings.find((finding) => finding.check === 'console')).toMatchObject({
      verdict: 'ok',
      found: `${fleet.ready.console} in use by this fleet`,
    })
    expect((await cli('doctor')).stdout).toContain('The fleet of this home runs')
  })

  it.each([
    ['attackers'],
    ['attacker', '127.0.0.1'],
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
