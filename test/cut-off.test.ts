import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { topics } from '@decnet/contracts/topics'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { homeAt } from '../apps/server/src/home.ts'
import { openStore } from '../apps/server/src/store/open.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'
import { deploy, LAN_NEEDS, type Lan, lanNetwork, leftOf, makeLan, serveLeases } from './rig/lan.ts'

interface Life {
  readonly states: Record<string, string>
  /** Why a service of each does not listen. */
  readonly reasons: Record<string, string>
  /** What was repaired, and with how many services before and after. */
  readonly healed: { readonly decky: string; readonly sets: [number, number]; readonly reason: string | null | undefined }[]
}

/** What its database says of a fleet. */
async function lifeOf(home: string): Promise<Life> {
  const store = await openStore(homeAt(home).database, { readonly: true })
  try {
    const deckies = await store.db.selectFrom('deckies').select(['name', 'state']).execute()
    const services = await store.db.selectFrom('decky_services').select(['decky', 'detail']).where('state', '=', 'failed').execute()
    const records = await store.db.selectFrom('log').select('body').where('topic', 'like', 'decky.%.mutation').orderBy('seq').execute()
    const mutations = records.map(({ body }) => topics.deckyMutation.payload.parse(JSON.parse(body)))
    return {
      states: Object.fromEntries(deckies.map(({ name, state }) => [name, state])),
      reasons: Object.fromEntries(services.map(({ decky, detail }) => [decky, detail ?? ''])),
      healed: mutations.flatMap(({ decky, trigger, old_services, new_services, reason }) =>
        trigger === 'healer' ? [{ decky, sets: [old_services.length, new_services.length], reason }] : [],
      ),
    }
  } finally {
    await store.close()
  }
}

const NAMES = ['h-1', 'h-2', 'h-3', 'h-4']
const all = <T>(value: T): Record<string, T> => Object.fromEntries(NAMES.map((name) => [name, value]))
/** Longer than from one look at the fleet to the next. */
const SOON = { timeout: 30_000, interval: 250 }

for (const link of ['bridge', 'macvlan'] as const)
  when(LAN_NEEDS).describe(`hosts that are cut off from their network (${link})`, () => {
    let lan: Lan
    let home: string
    let fleet: Fleet
    let ips: Record<string, string>
    const on = async (...words: readonly string[]) => {
      const { code, stderr } = await lan.run('fleet', 'ip', ...words)
      expect([code, stderr]).toEqual([0, ''])
    }
    const inside = (name: string, ...words: readonly string[]) =>
      on('-n', leftOf(home, lan).find((space) => space.endsWith(`-${name}`)) ?? name, ...words)
    /** Hosts whose SSH does not answer. */
    async function silent(): Promise<string[]> {
      const ask = (ip: string) => lan.run('attacker', 'nmap', '-n', '-Pn', '-sT', '--max-retries', '1', '-p', '22', '-oG', '-', ip)
      const answers = await Promise.all(NAMES.map(async (name) => [name, (await ask(ips[name] ?? '')).stdout] as const))
      return answers.flatMap(([name, said]) => (said.includes('22/open') ? [] : [name]))
    }
    /** What happened is seen, told while it lasts, mended, and written down as a repair of these. */
    async function mended(names: readonly string[], from: Life): Promise<void> {
      await expect.poll(async () => (await lifeOf(home)).healed.length, SOON).toBe(from.healed.length + names.length)
      const { states, healed } = await lifeOf(home)
      expect(states).toEqual(all('running'))
      expect(healed.slice(from.healed.length).toSorted((a, b) => (a.decky < b.decky ? -1 : 1))).toEqual(
        names.map((decky) => ({ decky, sets: [2, 2], reason: 'It was gone or cut off from its network.' })),
      )
      expect(await silent()).toEqual([])
    }
    /** All of them are known not to run, and why. */
    const down = (reason: string) =>
      expect
        .poll(async () => {
          const { states, reasons } = await lifeOf(home)
          return [states, reasons]
        }, SOON)
        .toEqual([all('stopped'), all(expect.stringContaining(reason))])

    beforeAll(async () => {
      lan = makeLan()
      home = mkdtempSync(join(tmpdir(), 'heal-'))
      const deckies = NAMES.map((name) => ({ name, services: ['ssh', 'http'] }))
      const { added } = await deploy(home, { network: lanNetwork(link), replace_fleet: true, deckies })
      ips = Object.fromEntries(added.map(({ name, ip }) => [name, ip]))
      fleet = await startFleet({ home, within: lan.space('fleet') })
    })
    afterAll(async () => {
      await fleet?.stop()
      expect(leftOf(home, lan)).toEqual([])
      await lan?.[Symbol.asyncDispose]()
      rmSync(home, { recursive: true, force: true })
    })

    it('are made again: one whose card is down, without address, without way out, without card', async () => {
      await expect.poll(async () => (await lifeOf(home)).states, SOON).toEqual(all('running'))
      expect(await silent()).toEqual([])
      const before = await lifeOf(home)
      await inside('h-1', 'link', 'set', 'eth0', 'down')
      await inside('h-2', 'addr', 'flush', 'dev', 'eth0')
      await inside('h-3', 'route', 'del', 'default')
      await inside('h-4', 'link', 'del', 'eth0')
      await mended(NAMES, before)
    })

    const away = { bridge: 'br0', macvlan: 'lan0' }[link]
    it(`are said to be down while ${away} is, and come back with it`, async () => {
      const before = await lifeOf(home)
      await on('link', 'set', away, 'down')
      await down(`The network interface ${away} is down. Take it up: ip link set ${away} up.`)
      await on('link', 'set', away, 'up')
      await mended(NAMES, before)
    })

    it(`are said to be away while ${away} is, though their keeper starts again, and come back with it`, async () => {
      const before = await lifeOf(home)
      await on('link', 'del', away)
      await down(`This machine has no network interface ${away} any more.`)
      const helper = fleet.child('root-helper')
      process.kill(helper, 'SIGKILL')
      await expect.poll(() => fleet.child('root-helper'), SOON).not.toBe(helper)
      await down(`This machine has no network interface ${away}.`)
      await lay()
      await mended(NAMES, before)
    })

    /** What was there is made anew, as a restart of the machine's network does it. */
    async function lay(): Promise<void> {
      if (link === 'bridge') {
        await on('link', 'add', 'br0', 'type', 'bridge')
        await on('link', 'set', 'br0', 'up')
        for (const port of ['lan0p', 'p250', 'p1']) await on('link', 'set', port, 'master', 'br0')
      } else {
        await on('link', 'add', 'lan0', 'type', 'veth', 'peer', 'name', 'lan0p')
        await on('link', 'set', 'lan0p', 'master', 'br0', 'up')
        await on('link', 'set', 'lan0', 'up')
      }
    }

    it(`are made again when ${away} was made anew between two looks at them`, async () => {
      const before = await lifeOf(home)
      await on('link', 'del', away)
      await lay()
      await mended(NAMES, before)
    })

    if (link === 'bridge')
      it('are made again when their cables were pulled, or are down', async () => {
        const before = await lifeOf(home)
        const { stdout } = await lan.run('fleet', 'ip', '-br', 'link', 'show', 'master', 'br0')
        const [first = '', second = ''] = [...stdout.matchAll(/^(dn\w+)@/gmu)].map(([, cable = '']) => cable)
        await on('link', 'set', first, 'nomaster')
        await on('link', 'set', second, 'down')
        await expect.poll(async () => (await lifeOf(home)).healed.length, SOON).toBe(before.healed.length + 2)
        expect([(await lifeOf(home)).states, await silent()]).toEqual([all('running'), []])
      })
  })

when({ ...LAN_NEEDS, tools: { ...LAN_NEEDS.tools, udhcpd: 'udhcpd' } }).describe('a host with an address by DHCP that is cut off', () => {
  it('has the same address when it is back', async () => {
    await using lan = makeLan()
    const home = mkdtempSync(join(tmpdir(), 'heal-'))
    await serveLeases(lan, home)
    const deckies = NAMES.map((name) => ({ name, services: ['ssh', 'http'] }))
    await deploy(home, { network: lanNetwork('bridge', { dhcp: true }), replace_fleet: true, deckies })
    const fleet = await startFleet({ home, within: lan.space('fleet') })
    try {
      const addresses = async () => {
        const spaces = leftOf(home, lan).filter((name) => /-h-\d$/u.test(name))
        const said = await Promise.all(spaces.map((name) => lan.run('fleet', 'ip', '-n', name, '-4', '-br', 'addr', 'show', 'dev', 'eth0')))
        return said.flatMap(({ stdout }) => /10\.9\.0\.1\d\d/u.exec(stdout)?.[0] ?? [])
      }
      const before = await addresses()
      expect(new Set(before).size).toBe(NAMES.length)
      for (const name of leftOf(home, lan).filter((name) => /-h-[12]$/u.test(name)))
        await lan.run('fleet', 'ip', '-n', name, 'addr', 'flush', 'dev', 'eth0')
      expect(await addresses()).toHaveLength(NAMES.length - 2)
      await expect.poll(async () => (await lifeOf(home)).healed.map(({ decky }) => decky).sort(), SOON).toEqual(['h-1', 'h-2'])
      expect([await addresses(), (await lifeOf(home)).states]).toEqual([before, all('running')])
    } finally {
      await fleet.stop()
    }
    expect(leftOf(home, lan)).toEqual([])
    rmSync(home, { recursive: true, force: true })
  })
})
