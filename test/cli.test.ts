import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decnet, errorOf } from './rig/cli.ts'

const COMMANDS = [
  'up',
  'status',
  'services',
  'deploy',
  'teardown',
  'redeploy',
  'archetypes',
  'distros',
  'service',
  'mutate',
  'tarpit',
  'probe',
  'attackers',
  'attacker',
  'identities',
  'campaigns',
  'credentials',
  'events',
  'workers',
  'import',
  'lab',
  'fingerprint',
  'attack',
  'ttp',
  'doctor',
  'passwd',
  'version',
  'bus',
  'systemd',
  'down',
  'agent',
  'worker',
  'db',
]

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
    for (const example of examples) expect(example).toMatch(new RegExp(`^\\s*\\$ (?:.*\\| |\\S+=\\S+ |sudo )?decnet ${command}\\b`, 'u'))
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
    for (const asked of ['version', '--version', '-V'])
      expect((await decnet([asked])).stdout).toMatch(/^decnet \d+\.\d+\.\d+ \(Node 2[4-9]\.\d+\.\d+, \w+-\w+\)\n$/u)
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
      { running: false, home: empty, pid: null, started_at: null, console: null, deckies: [], network: null, fleet: [], operations: [] },
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
