import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { when } from '@decnet/kernel/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDatabase, TOOLS } from '../apps/server/src/store/fixtures/database-servers.ts'
import { PASSWORD, type ReadyLine, ROOT } from './rig/fleet.ts'
import { makeNetwork, NETWORK_NEEDS, type Network } from './rig/network.ts'
import type { TrafficDone } from './rig/numbered-traffic.ts'

/** `npm run soak` runs it for two minutes, everybody else for twenty seconds. */
const SECONDS = process.env.DECNET_SOAK === 'full' ? 120 : 20
const RATE = 500
const NODES = ['nats1', 'nats2', 'nats3'] as const
const NATS_PORT = 4222
const VICTIMS = ['sensor', 'server', 'nats2'] as const
const WAIT = { timeout: 90_000, interval: 500 }

const between = (low: number, high: number) => low + Math.random() * (high - low)
const text = async (child: ChildProcess): Promise<string> => {
  let said = ''
  child.stdout?.on('data', (data: Buffer) => {
    said += data.toString('utf8')
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`ended with ${code}: ${said}`)
  return said
}

/** The first line that a process says. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    let complaints = ''
    child.stderr?.on('data', (data: Buffer) => {
      complaints += data.toString('utf8')
    })
    child.stdout?.on('data', (data: Buffer) => {
      said += data.toString('utf8')
      const end = said.indexOf('\n')
      if (end >= 0) resolve(said.slice(0, end))
    })
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${complaints}`)))
  })
}

const needs = { root: NETWORK_NEEDS.root, tools: { ...NETWORK_NEEDS.tools, ...TOOLS.postgres, 'nats-server': 'nats-server' } }

when(needs).describe('a sensor, a cluster of three NATS nodes and a server, each on a host of its own', () => {
  let network: Network
  let database: Awaited<ReturnType<typeof startDatabase>>
  let folder: string
  let env: NodeJS.ProcessEnv
  const nodes = new Map<string, ChildProcess>()
  let replicas: ChildProcess[]
  let ready: ReadyLine
  let edge: ReadyLine
  let db: pg.Client

  const decnet = join(ROOT, 'bin', 'decnet')
  const startNode = (name: (typeof NODES)[number]) => {
    const host = network.host(name)
    const store = join(folder, name)
    mkdirSync(store, { recursive: true })
    const routes = NODES.map((other) => `"nats-route://${network.host(other).address}:6222"`).join(', ')
    const config = [
      `listen: "${host.address}:${NATS_PORT}"`,
      `server_name: ${name}`,
      `jetstream { store_dir: "${store}" }`,
      'write_deadline: "2s"',
      `cluster { name: decnet, listen: "${host.address}:6222", routes: [${routes}] }`,
    ].join('\n')
    writeFileSync(join(store, 'nats.conf'), config)
    nodes.set(name, host.spawn('nats-server', ['-c', join(store, 'nats.conf')], { stdio: 'ignore' }))
  }
  const startReplica = () =>
    network.host('server').spawn(decnet, ['worker', 'profiler', 'reuse-correlator', '--json', '--home', join(folder, 'server')], { env })
  const one = async (sql: string) => Number((await db.query(sql)).rows[0]?.n ?? 0)

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'partition-'))
    network = await makeNetwork(['sensor', ...NODES, 'server'])
    database = await startDatabase('postgres')
    const url = await database.createDatabase()
    db = new pg.Client({ connectionString: url })
    await db.connect()
    const natsUrl = NODES.map((name) => `nats://${network.host(name).address}:${NATS_PORT}`).join(',')
    env = {
      // The server's own database, reached as on its host: a socket, which no cable cuts.
      DECNET_DB_URL: `${url}?socket=${encodeURIComponent(database.folder)}`,
      DECNET_NATS_URL: natsUrl,
      DECNET_BUS_TYPE: 'nats',
      DECNET_INTAKE: 'nats',
      DECNET_INTAKE_REPLICAS: '3',
      // Cables are cut for longer: what makes it exactly once is the log.
      DECNET_INTAKE_DUPLICATE_WINDOW_MS: '1000',
      DECNET_WORKERS: 'ingester,credentials',
      DECNET_ADMIN_PASSWORD: PASSWORD,
    }
    for (const name of NODES) startNode(name)
    const up = network
      .host('server')
      .spawn(decnet, ['up', '--json', '--home', join(folder, 'server'), '--listen', '127.0.0.1:8080'], { env })
    const agent = network
      .host('sensor')
      .spawn(decnet, ['agent', '--json', '--name', 'edge-1', '--home', join(folder, 'edge')], { env: { DECNET_NATS_URL: natsUrl } })
    ready = JSON.parse(await firstLine(up)) as ReadyLine
    edge = JSON.parse(await firstLine(agent)) as ReadyLine
    replicas = [startReplica(), startReplica()]
    for (const replica of replicas) await firstLine(replica)
  }, 120_000)
  afterAll(async () => {
    await db?.end()
    await network?.[Symbol.asyncDispose]()
    await database?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  it(`every event arrives once and is counted once, while cables are cut, a node of the cluster and a replica of the folds are killed (${SECONDS} s)`, {
    timeout: (SECONDS + 240) * 1_000,
  }, async () => {
    expect(ready.deckies.length).toBeGreaterThan(0)
    const redis = edge.deckies.flatMap((decky) => decky.services).find(({ name }) => name === 'redis')
    if (!redis) throw new Error('the sensor plays no redis')
    const traffic = network
      .host('sensor')
      .spawn(process.execPath, [
        join(ROOT, 'test', 'rig', 'numbered-traffic.ts'),
        redis.address,
        String(redis.port),
        String(RATE),
        String(SECONDS),
      ])
    const done = text(traffic)

    const began = performance.now()
    const over = () => performance.now() - began > SECONDS * 1_000
    const owners = async () =>
      new Set(
        (await db.query("select distinct owner from cursors where name = 'profiler' and owner is not null")).rows.map(
          ({ owner }) => owner as string,
        ),
      )
    await expect.poll(async () => (await owners()).size, { timeout: 15_000, interval: 100 }).toBe(2)
    const worked = new Set(await owners())
    const first = Math.floor(Math.random() * VICTIMS.length)
    const cuts = { sensor: 0, server: 0, nats2: 0 }
    let killed = false
    while (!over()) {
      // Each in its turn, so that none is spared; when and for how long is left to chance.
      const victim = VICTIMS[(cuts.sensor + cuts.server + cuts.nats2 + first) % VICTIMS.length] ?? 'sensor'
      network.host(victim).cut()
      cuts[victim] += 1
      await pause(between(300, 2_500))
      network.host(victim).heal()
      await pause(between(500, 2_000))
      if (!killed && performance.now() - began > SECONDS * 400) {
        killed = true
        replicas[0]?.kill('SIGKILL')
        nodes.get('nats3')?.kill('SIGKILL')
      }
    }
    const { commands, attempts, sources } = JSON.parse(await done) as TrafficDone
    expect(commands.length + attempts).toBeGreaterThan(SECONDS * RATE * 0.9)
    startNode('nats3')

    const storedCommands = async () => {
      const { rows } = await db.query<{ body: string }>(
        "select body from log where topic = 'system.log' and type = 'command' and body like '%event-%'",
      )
      return rows.map(({ body }) => Number(/event-(\d+)-/u.exec(body)?.[1]))
    }
    await expect
      .poll(async () => {
        const there = new Set(await storedCommands())
        return commands.filter((number) => !there.has(number))
      }, WAIT)
      .toEqual([])
    const stored = await storedCommands()
    expect(stored.sort((a, b) => a - b)).toEqual([...commands].sort((a, b) => a - b))

    // Every fold has read everything, and counted each of it once.
    const behind = (fold: string, topics: string) =>
      one(`select (select max(seq) from log where topic in (${topics})) - (select min(seq) from cursors where name = '${fold}') as n`)
    for (const [fold, topics] of [
      ['credentials', "'system.log'"],
      ['profiler', "'system.log', 'credential.captured'"],
      ['reuse-correlator', "'credential.captured'"],
    ] as const)
      await expect.poll(() => behind(fold, topics), WAIT).toBeLessThanOrEqual(0)
    const logged = "from log where topic = 'system.log' and attacker_ip like '127.1.0.%'"
    expect(await one(`select count(*) as n from attackers where ip like '127.1.0.%'`)).toBe(sources)
    expect(await one("select sum(event_count) as n from attackers where ip like '127.1.0.%'")).toBe(
      await one(`select count(*) as n ${logged}`),
    )
    expect(await one("select sum(command_count) as n from sessions where attacker_ip like '127.1.0.%'")).toBe(
      await one(`select count(*) as n ${logged} and type = 'command'`),
    )
    expect(await one("select sum(attempt_count) as n from credentials where attacker_ip like '127.1.0.%'")).toBe(attempts)
    const wrong = await db.query(`
        select r.id from credential_reuse r join (
          select secret_sha256, secret_kind, coalesce(principal_b64, '') as p, sum(attempt_count) as attempts, count(distinct decky || ' ' || service) as targets
          from credentials group by secret_sha256, secret_kind, coalesce(principal_b64, '')
        ) c on c.secret_sha256 = r.secret_sha256 and c.secret_kind = r.secret_kind and c.p = coalesce(r.principal_b64, '')
        where r.attempt_count <> c.attempts or r.target_count <> c.targets`)
    expect(wrong.rows).toEqual([])
    expect(worked.size).toBe(2)
    // The one that is left has everything.
    expect((await owners()).size).toBe(1)
    expect(await one("select count(*) as n from cursors where name = 'profiler' and owner is not null")).toBe(16)
    process.stderr.write(
      `partition: ${commands.length + attempts} events in ${SECONDS} s, cables cut ${JSON.stringify(cuts)}, ${stored.length} commands stored once each, ${attempts} attempts counted once each\n`,
    )
  })
})
