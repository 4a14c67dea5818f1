import { once } from 'node:events'
import net, { type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Fleet, startFleet } from '../test/rig/fleet.ts'
import { type BenchContext, type Benchmark, type Figure, percentile } from './figure.ts'
import { makeHome } from './home.ts'
import { listen } from './live.ts'

const BUSY_PER_SECOND = 1_000
const BURST_MS = 10
const GOAL = { kind: 'at most', value: 300 } as const
const ACT_MS = 60
const LOST_MS = 10_000

async function redis(fleet: Fleet): Promise<Socket> {
  const { address, port } = fleet.target('redis')
  const socket = net.connect({ host: address, port, noDelay: true })
  socket.on('error', () => socket.destroy())
  socket.resume()
  await once(socket, 'connect')
  return socket
}

/** Commands of other clients, one event each, at an even rate. */
async function busy(fleet: Fleet): Promise<Disposable> {
  const socket = await redis(fleet)
  const began = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) * BUSY_PER_SECOND) / 1_000)
    let lines = ''
    for (; sent < due; sent += 1) lines += `GET other:${sent}\r\n`
    socket.write(lines)
  }, BURST_MS)
  return {
    [Symbol.dispose]() {
      clearInterval(timer)
      socket.destroy()
    },
  }
}

/** From the moment a command leaves the client to the moment its event has come over the live stream, milliseconds each. */
async function delays(fleet: Fleet, acts: number, name: string): Promise<number[]> {
  const waiting = new Map<string, (at: number) => void>()
  const mark = new RegExp(`${name}:\\d+:`, 'u')
  const client = await listen(fleet, (item) => {
    const found = item.includes(`${name}:`) ? mark.exec(item.toString('latin1'))?.[0] : undefined
    if (found) waiting.get(found)?.(performance.now())
  })
  const socket = await redis(fleet)
  const found: number[] = []
  try {
    for (let n = 0; n < acts; n += 1) {
      const key = `${name}:${n}:`
      const { promise, resolve } = Promise.withResolvers<number>()
      waiting.set(key, resolve)
      const acted = performance.now()
      socket.write(`GET ${key}\r\n`)
      found.push((await Promise.race([promise, pause(LOST_MS, Number.POSITIVE_INFINITY)])) - acted)
      waiting.delete(key)
      await pause(ACT_MS * Math.random())
    }
  } finally {
    socket.destroy()
    client.close()
  }
  return found
}

async function run({ quick, progress }: BenchContext): Promise<Figure[]> {
  const acts = quick ? 20 : 200
  const rounds = quick ? 1 : 3
  const rest: number[][] = []
  const load: number[][] = []
  using home = makeHome()
  await using fleet = await startFleet({ home: home.path })
  await delays(fleet, 20, 'warm')
  for (let round = 1; round <= rounds; round += 1) {
    rest.push(await delays(fleet, acts, `rest${round}`))
    using _others = await busy(fleet)
    await pause(1_000)
    load.push(await delays(fleet, acts, `load${round}`))
    progress(`round ${round} of ${rounds}`)
  }
  const figure = (what: string, runs: number[][], p: number): Figure => ({
    name: `client act → live stream, ${what}, p${p}`,
    unit: 'ms',
    runs: runs.map((run) => percentile(run, p)),
    ...(p === 95 ? { goal: GOAL } : {}),
  })
  const under = `${BUSY_PER_SECOND.toLocaleString('en')} events/s beside it`
  return [figure('at rest', rest, 50), figure('at rest', rest, 95), figure(under, load, 50), figure(under, load, 95)]
}

export const latency: Benchmark = {
  name: 'latency',
  summary: "From a client's act on a decky to its event on the live stream of a logged-in user.",
  run,
}
