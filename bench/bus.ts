import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Messages per second, from one process to another, each delivered as a decoded envelope with a payload of 256 bytes. */
export interface BusFigures {
  /** Publisher → the process that hosts the broker, as `decnet up` runs. */
  readonly unixToHost: number
  /** Publisher → broker → subscriber: three processes, as NATS runs. */
  readonly unixThroughBroker: number
  /** Publisher → nats-server → subscriber; null where nats-server or its client is missing. */
  readonly nats: number | null
}
export interface BusBenchOptions {
  readonly messages?: number
  /** Module name or file URL of the NATS client. */
  readonly natsClient?: string
}

const WORKER = fileURLToPath(new URL('./bus-worker.ts', import.meta.url))
const NATS_CLIENT = '@nats-io/transport-node'
const ROUNDS = 3

/** Measures the bus; each way runs three times, in turns, and its median counts. Prints a table. */
export async function benchBus({ messages = 400_000, natsClient = NATS_CLIENT }: BusBenchOptions = {}): Promise<BusFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'bus-'))
  const nats = await startNats()
  const path = join(folder, 'b')
  const results = { host: [] as number[], broker: [] as number[], nats: [] as number[] }
  try {
    for (let round = 0; round < ROUNDS; round++) {
      results.host.push(await measure(['host', path], ['unix', path], messages))
      const broker = await start(['broker', path])
      results.broker.push(await measure(['unix', path], ['unix', path], messages))
      broker.kill('SIGKILL')
      const target = nats && `127.0.0.1:${nats.port}`
      const rate = target && (await measure(['nats', target, natsClient], ['nats', target, natsClient], messages).catch(() => null))
      if (rate) results.nats.push(rate)
    }
  } finally {
    nats?.child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
  const figures: BusFigures = {
    unixToHost: median(results.host) ?? 0,
    unixThroughBroker: median(results.broker) ?? 0,
    nats: median(results.nats) ?? null,
  }
  const perSecond = (rate: number | null) => (rate === null ? 'not measured' : Math.round(rate).toLocaleString('en'))
  console.table({
    'UNIX bus, 2 processes (subscriber hosts the broker)': { 'messages/s': perSecond(figures.unixToHost) },
    'UNIX bus, 3 processes': { 'messages/s': perSecond(figures.unixThroughBroker) },
    'nats-server, 3 processes': { 'messages/s': perSecond(figures.nats) },
  })
  return figures
}

const median = (values: readonly number[]): number | undefined => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

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
