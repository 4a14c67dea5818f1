import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { when } from '@decnet/kernel/testing'
import { cardMaker } from '@decnet/persona'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run } from './rig/client.ts'
import { type Fleet, ROOT, startFleet } from './rig/fleet.ts'
import { type Deployed, deploy, LAN_NEEDS, type Lan, lanNetwork, leftOf, makeLan, openPorts, settled } from './rig/lan.ts'

const HOSTS = 50
const FIRST = 4

const memory = (pid: number): number => Number(/^VmRSS:\s+(\d+) kB/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
const megabytes = (fleet: Fleet): number =>
  [fleet.supervisor(), fleet.child('sensor'), fleet.child('root-helper')].reduce((sum, pid) => sum + memory(pid), 0)

const isUp = async (lan: Lan, ip: string) => (await lan.run('attacker', 'nmap', '-n', '-sn', ip)).stdout.includes('Host is up')
const up = (lan: Lan, home: string) => startFleet({ home, within: lan.space('fleet') })
const newHome = () => mkdtempSync(join(tmpdir(), 'netns-'))

for (const link of ['bridge', 'macvlan'] as const)
  when(LAN_NEEDS).describe(`a fleet on a real network (${link})`, () => {
    let lan: Lan
    let home: string
    let fleet: Fleet
    let plans: Deployed['added']
    beforeAll(async () => {
      lan = makeLan()
      home = newHome()
      const network = lanNetwork(link, { subnet6: 'fd09::/64', gateway6: 'fd09::1' })
      const six = { archetype: 'linux-server', ip6: 'fd09::0:10', services: ['ssh', 'http'] }
      plans = (await deploy(home, { network, replace_fleet: true, deckies: [six, { amount: FIRST - 1 }] })).added
      fleet = await up(lan, home)
    })
    afterAll(async () => {
      await fleet?.stop()
      await lan?.[Symbol.asyncDispose]()
      rmSync(home, { recursive: true, force: true })
    })

    it('grows to fifty hosts while it runs, at less than 3 MB each', async () => {
      const before = megabytes(fleet)
      const started = performance.now()
      const more = await deploy(home, { replace_fleet: false, deckies: [{ amount: HOSTS - FIRST }] })
      expect(await settled(home, more)).toEqual([])
      const ms = performance.now() - started
      plans = [...plans, ...more.added]
      const each = (megabytes(fleet) - before) / more.added.length
      process.stdout.write(`${link}: ${more.added.length} hosts more after ${Math.round(ms)} ms, ${each.toFixed(2)} MB each\n`)
      expect(ms).toBeLessThan(15_000)
      expect(each).toBeLessThan(3)
    })

    it('is up with fifty hosts within 15 s, and gone within 5 s', async () => {
      const { code, ms: stopped } = await fleet.stop()
      expect([code, leftOf(home, lan)]).toEqual([0, []])
      const started = performance.now()
      fleet = await up(lan, home)
      const ms = performance.now() - started
      process.stdout.write(`${link}: up with ${HOSTS} hosts in ${Math.round(ms)} ms, down in ${Math.round(stopped)} ms\n`)
      expect(fleet.ready.deckies).toHaveLength(HOSTS)
      expect(ms).toBeLessThan(15_000)
      expect(stopped).toBeLessThan(5_000)
    })

    it('shows each host under its own address, with the card of its maker', async () => {
      // By connections of its own system: raw packets leave its table as it was.
      await lan.run('attacker', 'nmap', '-n', '-Pn', '-sT', '-p', '22', ...plans.map(({ ip }) => ip))
      const { stdout } = await lan.run('attacker', 'ip', '-4', 'neigh')
      const seen = new Map([...stdout.matchAll(/^(\S+) dev eth0 lladdr (\S+)/gmu)].map(([, ip = '', mac = '']) => [ip, mac]))
      expect(plans).toHaveLength(HOSTS)
      for (const { ip, mac } of plans) expect([ip, seen.get(ip)]).toEqual([ip, mac])
      expect(new Set(plans.map(({ mac }) => mac)).size).toBe(HOSTS)
      // As nmap knows their makers, QEMU's virtual card among them.
      for (const { mac } of plans) expect([mac, cardMaker(mac)]).not.toContain(null)
      expect(plans.map(({ ip }) => ip)).not.toContain('10.9.0.1')
    })

    it('answers with each service on its own address, and with no other', async () => {
      const wanted = new Map(plans.map(({ ip, services }) => [ip, services.map(({ port }) => port).toSorted((a, b) => a - b)]))
      const ports = [...new Set([...wanted.values()].flat())].toSorted((a, b) => a - b)
      const seen = await openPorts(lan, [...wanted.keys()], ports)
      for (const [ip, open] of wanted) expect([ip, seen.get(ip)]).toEqual([ip, open])
      const web = plans.find(({ services }) => services.some(({ name }) => name === 'http'))
      const page = await lan.run(
        'attacker',
        'curl',
        '-s',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        '--max-time',
        '10',
        `http://${web?.ip}/`,
      )
      expect(page.stdout).toMatch(/^[2345]\d\d$/u)
    })

    it('answers over IPv6 as well where a host has such an address', async () => {
      const { stdout } = await lan.run('attacker', 'nmap', '-6', '-n', '-Pn', '-p', '22,80', 'fd09::10')
      expect([...stdout.matchAll(/^(\d+)\/tcp +open/gmu)].map(([, port]) => Number(port))).toEqual([22, 80])
      const { stdout: neighbours } = await lan.run('attacker', 'ip', '-6', 'neigh')
      expect(neighbours).toContain(`fd09::10 dev eth0 lladdr ${plans[0]?.mac}`)
    })

    it('serves all of it from one process without rights and without a database', () => {
      const pid = fleet.child('sensor')
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      const of = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'mu').exec(status)?.[1] ?? ''
      for (const ids of ['Uid', 'Gid']) expect(of(ids).split('\t')).not.toContain('0')
      for (const set of ['CapEff', 'CapPrm', 'CapInh', 'CapAmb']) expect([set, BigInt(`0x${of(set)}`)]).toEqual([set, 0n])
      const open = readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
        try {
          return [readlinkSync(`/proc/${pid}/fd/${descriptor}`)]
        } catch {
          return [] // closed meanwhile
        }
      })
      expect(open.filter((path) => /decnet\.db|vectors\.sqlite|bus\.sock/u.test(path))).toEqual([])
    })

    it('is many machines to whoever scans the network', async () => {
      const { stdout } = await lan.run(
        'attacker',
        'nmap',
        '-n',
        '-Pn',
        '-sV',
        '--version-intensity',
        '2',
        '-p',
        '22,80',
        ...plans.slice(0, 10).map(({ ip }) => ip),
      )
      const versions = [...stdout.matchAll(/^\d+\/tcp +open +\S+ +(.+)$/gmu)].map(([, version]) => version)
      expect(versions.length).toBeGreaterThan(8)
      expect(new Set(versions).size).toBeGreaterThan(3)
    })

    it('refuses an address that somebody has, and names who; the fleet stays as it was', async () => {
      const taken = await deploy(home, {
        replace_fleet: false,
        deckies: [
          { name: 'late-01', ip: lan.attacker.ip },
          { name: 'late-02', ip: '10.9.0.240' },
        ],
      })
      expect(await settled(home, taken)).toEqual([
        { decky: 'late-01', error: expect.stringContaining(`${lan.attacker.ip} is taken: ${lan.attacker.mac} answers there.`) },
      ])
      expect(readdirSync('/run/netns').filter((name) => name.endsWith('-late-01'))).toEqual([])
      expect(await isUp(lan, '10.9.0.240')).toBe(true)
    })

    it('is the only fleet of its home: a second start is refused and does no harm', async () => {
      const second = await run('nsenter', [
        `--net=/run/netns/${lan.space('fleet')}`,
        join(ROOT, 'bin', 'decnet'),
        'up',
        '--json',
        '--home',
        home,
      ])
      expect([second.code, JSON.parse(second.stderr.trim().split('\n').at(-1) ?? '')]).toEqual([
        1,
        { error: expect.objectContaining({ code: 'already_running', message: expect.stringContaining(String(fleet.supervisor())) }) },
      ])
      expect(await isUp(lan, plans[0]?.ip ?? '')).toBe(true)
    })

    it('does not touch another fleet on the same machine, nor does that one touch it', async () => {
      const other = newHome()
      const deckies = [{ name: 'other-01', ip: '10.9.0.200', services: ['ssh'] }]
      await deploy(other, { network: lanNetwork(link), replace_fleet: true, deckies })
      const second = await up(lan, other)
      try {
        expect(await openPorts(lan, ['10.9.0.200'], [22])).toEqual(new Map([['10.9.0.200', [22]]]))
        const clash = await deploy(other, { replace_fleet: false, deckies: [{ name: 'other-02', ip: plans[1]?.ip }] })
        expect(await settled(other, clash)).toEqual([
          { decky: 'other-02', error: expect.stringContaining(`${plans[1]?.mac} answers there`) },
        ])
      } finally {
        await second.stop()
      }
      expect(leftOf(other, lan)).toEqual([])
      rmSync(other, { recursive: true, force: true })
      expect((await openPorts(lan, [plans[0]?.ip ?? ''], [22])).get(plans[0]?.ip ?? '')).toEqual([22])
    })
  })
