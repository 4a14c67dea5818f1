import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run } from './rig/client.ts'
import { ROOT, startFleet } from './rig/fleet.ts'
import {
  deploy,
  LAN_NEEDS,
  type Lan,
  lanNetwork,
  leftOf,
  makeLan,
  openPorts,
  operations,
  serveLeases,
  settled,
  underWay,
} from './rig/lan.ts'

const up = (lan: Lan, home: string, env: NodeJS.ProcessEnv = {}) => startFleet({ home, within: lan.space('fleet'), env })
const newHome = () => mkdtempSync(join(tmpdir(), 'addresses-'))

when({ ...LAN_NEEDS, tools: { ...LAN_NEEDS.tools, udhcpd: 'udhcpd', tcpdump: 'tcpdump' } }).describe('addresses by DHCP', () => {
  const leased = (link: 'bridge' | 'macvlan') => ({ network: lanNetwork(link, { dhcp: true }), replace_fleet: true })

  for (const link of ['bridge', 'macvlan'] as const)
    it(`are asked for as a system of that kind does, kept for longer than they last, and given back (${link})`, async () => {
      await using lan = makeLan()
      const home = newHome()
      await serveLeases(lan, home)
      const packets: string[] = []
      const watch = lan.spawn('gateway', 'tcpdump', '-l', '-n', '-v', '-i', 'eth0', 'udp port 67')
      watch.stdout?.on('data', (data: Buffer) => void packets.push(data.toString('latin1')))
      const deckies = [
        { name: 'win-01', archetype: 'file-server', os_family: 'windows' },
        { name: 'lin-01', archetype: 'linux-server', services: ['ssh'] },
      ]
      await deploy(home, { ...leased(link), deckies })
      const fleet = await up(lan, home)
      try {
        const ip = (name: string) => fleet.ready.deckies.find((decky) => decky.name === name)?.ip ?? ''
        for (const name of ['win-01', 'lin-01']) expect(ip(name)).toMatch(/^10\.9\.0\.1(?:0\d|10)$/u)
        await new Promise((resolve) => setTimeout(resolve, 13_000))
        expect((await openPorts(lan, [ip('lin-01')], [22])).get(ip('lin-01'))).toEqual([22])
      } finally {
        await fleet.stop()
      }
      await expect.poll(() => packets.join('').match(/Release/gu)?.length ?? 0).toBe(2)
      const said = packets.join('')
      expect(said).toContain('MSFT 5.0')
      // Once for each in the beginning, and again before half of the time was over.
      expect(said.match(/DHCP-Message \(53\), length 1: Request/gu)?.length).toBeGreaterThanOrEqual(4)
      expect(leftOf(home, lan)).toEqual([])
      rmSync(home, { recursive: true, force: true })
    })

  it('that nobody gives: it says so within seconds, and the deckies stay wanted and stand once somebody does', async () => {
    await using lan = makeLan()
    const home = newHome()
    const { ids } = await deploy(home, { ...leased('bridge'), deckies: [{ name: 'lost-01' }, { name: 'lost-02' }] })
    const fleet = await up(lan, home)
    try {
      const reason = expect.stringContaining('No DHCP server answers on this network.')
      expect([fleet.ready.deckies, fleet.ready.failed]).toEqual([
        [],
        ['lost-01', 'lost-02'].map((decky) => ({ decky, service: null, reason })),
      ])
      const known = async () => (await operations(home, ids)).map(({ status, error }) => [status, error])
      await expect.poll(known, { timeout: 10_000 }).toEqual(Array(2).fill(['running', reason]))
      await serveLeases(lan, home)
      await expect.poll(() => underWay(home), { timeout: 75_000, interval: 500 }).toBe(0)
      expect((await operations(home, ids)).map(({ status, error }) => [status, error])).toEqual(Array(2).fill(['succeeded', null]))
    } finally {
      await fleet.stop()
    }
    expect(leftOf(home, lan)).toEqual([])
    rmSync(home, { recursive: true, force: true })
  })
})

when(LAN_NEEDS).describe('an address that somebody takes before the fleet starts', () => {
  it('keeps one decky away, which is said with the reason; it comes when the address is free', async () => {
    await using lan = makeLan()
    const home = newHome()
    const at = (name: string, last: number) => ({ name, ip: `10.9.0.${last}`, services: ['http'] })
    const { ids } = await deploy(home, {
      network: lanNetwork('bridge'),
      replace_fleet: true,
      deckies: [at('bak-01', 80), at('mon-01', 81)],
    })
    await lan.run('attacker', 'ip', 'addr', 'add', '10.9.0.80/24', 'dev', 'eth0')
    const fleet = await up(lan, home)
    try {
      const reason = expect.stringContaining(`10.9.0.80 is taken: ${lan.attacker.mac} answers there.`)
      expect(fleet.ready.deckies.map(({ name }) => name)).toEqual(['mon-01'])
      expect(fleet.ready.failed).toEqual([{ decky: 'bak-01', service: null, reason }])
      await expect
        .poll(async () => (await operations(home, ids)).map(({ status, error }) => [status, error]))
        .toEqual([
          ['running', reason],
          ['succeeded', null],
        ])
      const { stdout } = await run(join(ROOT, 'bin', 'decnet'), ['status', '--json', '--home', home])
      const [bak] = (JSON.parse(stdout) as { fleet: { name: string; state: string; services: { state: string; detail: string }[] }[] })
        .fleet
      expect(bak).toMatchObject({ name: 'bak-01', state: 'stopped', services: [{ state: 'failed', detail: reason }] })
      await lan.run('attacker', 'ip', 'addr', 'del', '10.9.0.80/24', 'dev', 'eth0')
      await expect.poll(() => underWay(home), { timeout: 75_000, interval: 500 }).toBe(0)
      expect(await openPorts(lan, ['10.9.0.80'], [80])).toEqual(new Map([['10.9.0.80', [80]]]))
    } finally {
      await fleet.stop()
    }
    expect(leftOf(home, lan)).toEqual([])
    rmSync(home, { recursive: true, force: true })
  })
})

when(LAN_NEEDS).describe('a network that cannot be had', () => {
  let lan: Lan
  beforeAll(() => {
    lan = makeLan()
  })
  afterAll(() => lan[Symbol.asyncDispose]())

  /** A fleet that stands on the loopback is to move there; what it says, and whether everything is as it was. */
  async function refusal(network: object, env: NodeJS.ProcessEnv = {}): Promise<(string | null)[]> {
    const home = newHome()
    const fleet = await up(lan, home, env)
    try {
      await expect.poll(() => underWay(home), { timeout: 30_000 }).toBe(0)
      const order = await deploy(home, { network, replace_fleet: true, deckies: [{ name: 'moved-01' }] })
      const failed = await settled(home, order)
      const back = await deploy(home, { replace_fleet: false, deckies: [{ name: 'here-01' }] })
      expect(back.network).toEqual({ substrate: 'loopback' })
      expect(await settled(home, back)).toEqual([])
      return [...new Set(failed.map(({ error }) => error))]
    } finally {
      await fleet.stop()
      expect(leftOf(home, lan)).toEqual([])
      rmSync(home, { recursive: true, force: true })
    }
  }

  it('has no such interface: the others are named, and the fleet is back where it was', async () => {
    const [said, ...more] = await refusal({ ...lanNetwork('macvlan'), interface: 'eth77' })
    expect([said, more]).toEqual([expect.stringMatching(/no network interface eth77\. It has .*br0/u), []])
  })

  it('has no bridge where one is named', async () => {
    expect(await refusal({ ...lanNetwork('bridge'), interface: 'lan0' })).toEqual([
      expect.stringContaining('lan0 is no bridge. Name a bridge'),
    ])
  })

  it('has a kernel without macvlan', async () => {
    const folder = newHome()
    const real = (await run('sh', ['-c', 'command -v ip'], { env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` } })).stdout.trim()
    const fake = [
      '#!/bin/sh',
      'input=$(cat)',
      'case $input in',
      '*macvlan*) echo "Error: Unknown device type." >&2; echo "Command failed -:2" >&2; exit 1;;',
      'esac',
    ]
    writeFileSync(join(folder, 'ip'), `${[...fake, `printf '%s\\n' "$input" | ${real} "$@"`].join('\n')}\n`, { mode: 0o755 })
    const said = await refusal(lanNetwork('macvlan'), { PATH: `${folder}:${process.env.PATH}` })
    expect(said).toEqual([expect.stringContaining('The kernel of this machine has no macvlan. Load it (modprobe macvlan)')])
    rmSync(folder, { recursive: true, force: true })
  })
})
