import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchContext, Benchmark, Figure } from './figure.ts'

/** Messages a second of each run, from one process to another, each delivered as a decoded envelope with a payload of 256 bytes. */
interface BusRuns {
  /** Publisher → the process that hosts the broker, as `decnet up` runs. */
  readonly host: number[]
  /** Publisher → broker → subscriber: three processes, as NATS runs. */
  readonly broker: number[]
  /** Publisher → nats-server → subscriber; empty where nats-server or its client is missing. */
  readonly nats: number[]
}

const WORKER = fileURLToPath(new URL('./bus-worker.ts', import.meta.url))
const ROUNDS = 3

async function measureAll({ quick, progress }: BenchContext): Promise<BusRuns> {
  const messages = quick ? 20_000 : 400_000
  const folder = await mkdtemp(join(tmpdir(), 'bus-'))
  const nats = await startNats()
  const path = join(folder, 'b')
  const results: BusRuns = { host: [], broker: [], nats: [] }
  const rounds = quick ? 1 : ROUNDS
  try {
    for (let round = 1; round <= rounds; round++) {
      results.host.push(await measure(['host', path], ['unix', path], messages))
      const broker = await start(['broker', path])
      results.broker.push(await measure(['unix', path], ['unix', path], messages))
      broker.kill('SIGKILL')
      const target = nats && `127.0.0.1:${nats.port}`
      const rate = target && (await measure(['nats', target], ['nats', target], messages).catch(() => null))
      if (rate) results.nats.push(rate)
      progress(`round ${round} of ${rounds}`)
    }
  } finally {
    nats?.child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
  return results
}

async function run(context: BenchContext): Promise<Figure[]> {
  const { host, broker, nats } = await measureAll(context)
  const peer = nats.length === 0 ? {} : { peer: { name: 'nats-server, three processes', runs: nats } }
  const ratioGoal = { kind: 'at least', value: 1 } as const
  return [
    { name: 'UNIX bus, two processes (the subscriber hosts the broker)', unit: 'messages/s', runs: host, ...peer, ratioGoal },
    { name: 'UNIX bus, three processes', unit: 'messages/s', runs: broker, ...peer, ratioGoal },
  ]
}

export const bus: Benchmark = {
  name: 'bus',
  summary: 'Decoded envelopes with a payload of 256 bytes between processes, beside nats-server with its own client.',
  needs: { 'nats-server': 'nats-server' },
  run,
}

/** Subscriber first; the publisher keeps a window of messages under way, so that neither bus drops any. */
async function measure(subscriber: string[], publisher: string[], messages: number): Promise<number> {
  const receiving = await start(['subscribe', ...subscriber, String(messages)])
  const done = reply<{ rate: number }>(receiving)
  const sending = await start(['publish', ...publisher, String(messages)])
  try {
    return (await done).rate
  } finally {
    receiving.kill('SIGKILL')
    sending.kill('SIGKILL')
  }
}

async function start(args: string[]): Promise<ChildProcess> {
  const child = fork(WORKER, args)
  await reply(child)
  return child
}

function reply<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T))
    child.once('exit', (code) => reject(new Error(`bench worker ended with ${code}`)))
  })
}

async function startNats(): Promise<{ child: ChildProcess; port: number } | null> {
  const port = await freePort()
  const child = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  const missing = new Promise<true>((resolve) => child.once('error', () => resolve(true)))
  for (let attempt = 0; attempt < 50; attempt++) {
    if (await Promise.race([missing, new Promise<false>((resolve) => setTimeout(() => resolve(false), 100))])) return null
    if (await answers(port)) return { child, port }
  }
  child.kill('SIGKILL')
  return null
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
