import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Fleet, startFleet } from '../test/rig/fleet.ts'
import { type Benchmark, type Figure, percentile } from './figure.ts'
import { linkSpool, makeHome } from './home.ts'
import { fillDatabase, MEASURED_FROM } from './ingest.ts'
import { listen } from './live.ts'
import { scratch } from './scratch.ts'
import { traffic, writeSpool } from './traffic.ts'

/** Words that stand in every third row, in few, in none. */
const WORDS = ['Passw0rd', 'cpuinfo', '203.0.7.9', 'nowhere-to-be-found'] as const
const BEAT_MS = 35_000

interface Observed {
  readonly delayP99: number
  readonly delayMax: number
  /** Events a second that were committed while it was watched. */
  readonly ingest: number
  readonly searches: number[]
  readonly requests: number[]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

const searched = (fleet: Fleet, n: number): Promise<number> =>
  timed(() => fleet.get(`/logs?limit=50&search=${encodeURIComponent(WORDS[n % WORDS.length] ?? '')}`))

/** Searches over the same log with nothing else going on. */
async function searchAtRest(template: string): Promise<number[]> {
  using home = makeHome()
  copyFileSync(template, home.database)
  await using fleet = await startFleet({ home: home.path })
  await searched(fleet, 0)
  const found: number[] = []
  for (let n = 0; n < WORDS.length * 5; n += 1) found.push(await searched(fleet, n))
  return found
}

/** From the server's first heartbeat to its second, 30 s later, with everything going on at once. */
async function watch(fleet: Fleet): Promise<Observed> {
  const searches: number[] = []
  const requests: number[] = []
  const beats: Record<string, unknown>[] = []
  const stats: { at: number; seq: number }[] = []
  const beat = Promise.withResolvers<void>()
  const client = await listen(fleet, (item) => {
    if (item.includes('"system.api.health"')) {
      const text = item.toString('utf8')
      beats.push((JSON.parse(text.slice(text.indexOf('data: ') + 6)) as { payload: Record<string, unknown> }).payload)
      beat.resolve()
    }
  })
  let over = false
  const head = async () => {
    const { total_logs: seq } = await fleet.get<{ total_logs: number }>(`/stats?start_time=${new Date().toISOString()}`)
    stats.push({ at: performance.now(), seq })
  }
  const search = async () => {
    for (let n = 0; !over; n += 1) searches.push(await searched(fleet, n))
  }
  const ask = async () => {
    for (; !over; await pause(100)) requests.push(await timed(() => fleet.get('/attackers?limit=10')))
  }
  const busy = [search(), ask()]
  await head()
  await Promise.race([beat.promise, pause(BEAT_MS)])
  over = true
  await Promise.all(busy)
  await head()
  client.close()
  const [first, last] = [stats[0], stats.at(-1)]
  const health = beats.at(-1)
  if (!health || !first || !last) throw new Error('the server said nothing of itself')
  return {
    delayP99: Number(health.loop_delay_p99_ms),
    delayMax: Number(health.loop_delay_max_ms),
    ingest: ((last.seq - first.seq) * 1_000) / (last.at - first.at),
    searches,
    requests,
  }
}

async function run({ quick, progress }: Parameters<Benchmark['run']>[0]): Promise<Figure[]> {
  const rows = quick ? 50_000 : 1_000_000
  const backlog = quick ? 200_000 : 1_800_000
  const rounds = quick ? 1 : 3
  const observed: Observed[] = []
  using folder = scratch('loop')
  const template = join(folder.path, 'template.db')
  const spool = join(folder.path, 'spool')
  await fillDatabase(template, rows, progress)
  const rest = await searchAtRest(template)
  writeSpool(spool, traffic(backlog, MEASURED_FROM))
  for (let round = 1; round <= rounds; round += 1) {
    using home = makeHome()
    copyFileSync(template, home.database)
    linkSpool(spool, home)
    await using fleet = await startFleet({ home: home.path })
    observed.push(await watch(fleet))
    progress(`round ${round} of ${rounds}: p99 ${observed.at(-1)?.delayP99} ms`)
  }
  const size = rows.toLocaleString('en')
  return [
    {
      name: `main-loop delay, p99: ingest at full speed, searches over ${size} rows, a live stream`,
      unit: 'ms',
      runs: observed.map(({ delayP99 }) => delayP99),
      goal: { kind: 'at most', value: 20 },
    },
    { name: 'main-loop delay, longest', unit: 'ms', runs: observed.map(({ delayMax }) => delayMax) },
    { name: 'log growth meanwhile (events and what is derived)', unit: 'records/s', runs: observed.map(({ ingest }) => ingest) },
    {
      name: `bare-word search over ${size} rows and what floods in, p95`,
      unit: 'ms',
      runs: observed.map(({ searches }) => percentile(searches, 95)),
    },
    { name: `bare-word search over ${size} rows, at rest`, unit: 'ms', runs: rest, goal: { kind: 'at most', value: 1_000 } },
    { name: 'a small request meanwhile, p95', unit: 'ms', runs: observed.map(({ requests }) => percentile(requests, 95)) },
  ]
}

export const loop: Benchmark = {
  name: 'loop',
  summary: "How late the server's main thread is while events flood in, somebody searches a large log and somebody watches live.",
  run,
}
