import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ClientResult, run } from './rig/client.ts'
import { type Fleet, ROOT, startFleet } from './rig/fleet.ts'
import { deploy, LAN_NEEDS, type Lan, lanNetwork, leftOf, makeLan } from './rig/lan.ts'

const HOSTS = 8
/** Connections at a time, again and again, for as long as the test lasts. */
const ATTACKERS = 4

for (const link of ['bridge', 'macvlan'] as const)
  when(LAN_NEEDS).describe(`kill -9 under attack on a real network (${link})`, () => {
    let lan: Lan
    let home: string
    let fleet: Fleet
    let targets: { readonly ip: string; readonly mac: string }[]
    const answers: { at: number; code: number | null }[] = []
    let attacking = true
    const attacks: Promise<void>[] = []

    const get = (ip: string): Promise<ClientResult> =>
      lan.run('attacker', 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '--max-time', '4', `http://${ip}/`)
    async function attack(nth: number): Promise<void> {
      for (let turn = nth; attacking; turn += 1) {
        const { code } = await get(targets[turn % targets.length]?.ip ?? '')
        answers.push({ at: Date.now(), code })
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
    /** Every host answers, with its own card. */
    async function whole(): Promise<void> {
      const missing = async () => {
        const all = await Promise.all(targets.map(async ({ ip }) => ((await get(ip)).code === 0 ? [] : [ip])))
        return all.flat()
      }
      await expect.poll(missing, { timeout: 60_000, interval: 250 }).toEqual([])
      const { stdout } = await lan.run('attacker', 'ip', '-4', 'neigh')
      for (const { ip, mac } of targets) expect(stdout).toMatch(new RegExp(`^${ip} dev eth0 lladdr ${mac}`, 'mu'))
    }
    const spaces = () => readdirSync('/run/netns').filter((name) => leftOf(home, lan).includes(name))
    const down = () =>
      run('nsenter', [`--net=/run/netns/${lan.space('fleet')}`, join(ROOT, 'bin', 'decnet'), 'down', '--json', '--home', home])
    const start = () => startFleet({ home, within: lan.space('fleet') })

    beforeAll(async () => {
      lan = makeLan()
      home = mkdtempSync(join(tmpdir(), 'heal-'))
      const deckies = [{ amount: HOSTS, archetype: 'web-server' }]
      targets = (await deploy(home, { network: lanNetwork(link), replace_fleet: true, deckies })).added.map(({ ip, mac }) => ({ ip, mac }))
      fleet = await start()
      for (let nth = 0; nth < ATTACKERS; nth += 1) attacks.push(attack(nth))
    })
    afterAll(async () => {
      attacking = false
      await Promise.all(attacks)
      await fleet?.stop()
      await lan?.[Symbol.asyncDispose]()
      rmSync(home, { recursive: true, force: true })
    })

    for (const name of ['root-helper', 'sensor', 'server'] as const)
      it(`heals when the ${name} is killed`, async () => {
        await whole()
        const before = fleet.child(name)
        const from = Date.now()
        process.kill(before, 'SIGKILL')
        await expect.poll(() => fleet.child(name), { timeout: 30_000 }).not.toBe(before)
        await whole()
        expect(spaces()).toHaveLength(HOSTS)
        // Neither helper nor server is in the way of whoever attacks.
        if (name !== 'sensor') expect(answers.filter(({ at, code }) => at > from && code !== 0)).toEqual([])
      })

    it('makes a host again that somebody removed', async () => {
      const [first] = spaces()
      spawnSync('ip', ['netns', 'del', first ?? ''])
      process.kill(fleet.child('root-helper'), 'SIGKILL')
      await expect.poll(() => spaces().length, { timeout: 30_000 }).toBe(HOSTS)
      await whole()
    })

    it('heals when the supervisor is killed: it starts again, once what it left has ended', async () => {
      const before = fleet.supervisor()
      process.kill(before, 'SIGKILL')
      await expect.poll(() => supervisorOf(fleet), { timeout: 60_000 }).toSatisfy((pid) => pid !== null && pid !== before)
      await whole()
      expect(spaces()).toHaveLength(HOSTS)
      expect(fleet.complaints()).toContain('was killed (signal 9); it starts again')
    })

    it('leaves nothing behind when it is stopped, though somebody still attacks', async () => {
      const { code, stdout } = await down()
      expect([code, JSON.parse(stdout)]).toMatchObject([0, { stopped: true }])
      expect([await fleet.stop(), leftOf(home, lan)]).toEqual([expect.objectContaining({ code: 0 }), []])
    })

    it('leaves nothing behind when everything was killed at once and decnet down is called', async () => {
      fleet = await start()
      await whole()
      const all = [fleet.process.pid ?? 0, fleet.supervisor(), fleet.child('server'), fleet.child('sensor'), fleet.child('root-helper')]
      // Stopped before, so that none has the time to see another one gone.
      for (const signal of ['SIGSTOP', 'SIGKILL'] as const) for (const pid of all) process.kill(pid, signal)
      expect(spaces()).toHaveLength(HOSTS)
      const { stdout: doctor } = await run('nsenter', [
        `--net=/run/netns/${lan.space('fleet')}`,
        join(ROOT, 'bin', 'decnet'),
        'doctor',
        '--json',
        '--home',
        home,
      ])
      expect(JSON.parse(doctor).findings).toContainEqual(
        expect.objectContaining({ check: 'strays', found: expect.stringContaining(`${HOSTS} hosts of this home`) }),
      )
      const { code, stdout, stderr } = await down()
      expect([code, stderr, leftOf(home, lan)]).toEqual([0, '', []])
      expect(JSON.parse(stdout)).toMatchObject({ stopped: false, removed: HOSTS })
    })
  })

function supervisorOf(fleet: Fleet): number | null {
  try {
    const { pid, ready } = JSON.parse(readFileSync(join(fleet.home, 'run', 'state.json'), 'utf8'))
    return ready === null ? null : pid
  } catch {
    return null
  }
}
