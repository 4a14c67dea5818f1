import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Fleet, startFleet } from './rig/fleet.ts'
import { deploy, LAN_NEEDS, type Lan, lanNetwork, leftOf, makeLan } from './rig/lan.ts'

const HOSTS = process.env.DECNET_SOAK === 'full' ? 200 : 80

const megabytesOf = (pid: number): number => Number(/^VmRSS:\s+(\d+) kB/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
const seconds = (ms: number): string => (ms / 1_000).toFixed(1)

when(LAN_NEEDS).describe(`${HOSTS} hosts on one network`, () => {
  let lan: Lan
  let home: string
  let fleet: Fleet | undefined
  let plans: Awaited<ReturnType<typeof deploy>>['added']
  beforeAll(async () => {
    lan = makeLan()
    home = mkdtempSync(join(tmpdir(), 'many-hosts-'))
    plans = (await deploy(home, { network: lanNetwork('bridge'), replace_fleet: true, deckies: [{ amount: HOSTS }] })).added
  })
  afterAll(async () => {
    await fleet?.stop()
    await lan?.[Symbol.asyncDispose]()
    rmSync(home, { recursive: true, force: true })
  })

  it('come up from one sensor, each with its own card and everything that it was given', async () => {
    const began = performance.now()
    fleet = await startFleet({ home, within: lan.space('fleet') })
    const took = performance.now() - began
    const { ready } = fleet
    expect([ready.deckies.length, ready.failed]).toEqual([HOSTS, []])
    const sizes = (['sensor', 'root-helper'] as const).map((name) => `${name} ${megabytesOf(fleet?.child(name) ?? 0).toFixed(0)} MB`)
    const services = plans.reduce((sum, plan) => sum + plan.services.length, 0)
    process.stdout.write(`${HOSTS} hosts with ${services} services: up in ${seconds(took)} s; ${sizes.join(', ')}\n`)
    expect(new Set(plans.map(({ ip }) => ip)).size).toBe(HOSTS)
  })

  it('all answer whoever scans the network, under as many hardware addresses', async () => {
    const { stdout } = await lan.run('attacker', 'nmap', '-n', '-sn', ...plans.map(({ ip }) => ip))
    expect(new Set(stdout.match(/(?<=MAC Address: )[0-9A-F:]{17}/gu)).size).toBe(HOSTS)
    const wanted = plans.flatMap(({ ip, services }) => services.flatMap(({ name, port }) => (name === 'ssh' ? [`${ip}:${port}`] : [])))
    const answers = await Promise.all(
      wanted.map(async (target) => {
        const [address = '', port = ''] = target.split(':')
        const script = `exec 3<>/dev/tcp/${address}/${port}; head -c 4 <&3`
        return (await lan.run('attacker', 'timeout', '25', 'bash', '-c', script)).stdout
      }),
    )
    expect(wanted.length).toBeGreaterThan(0)
    expect(answers).toEqual(wanted.map(() => 'SSH-'))
  })

  it('are gone without a trace when the fleet is stopped', async () => {
    const { code, ms } = (await fleet?.stop()) ?? { code: null, ms: Number.NaN }
    fleet = undefined
    process.stdout.write(`${HOSTS} hosts: down in ${seconds(ms)} s\n`)
    expect([code, leftOf(home, lan)]).toEqual([0, []])
  })
})
