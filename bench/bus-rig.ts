import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../test/rig/fleet.ts'
import type { Kind } from './bus-line.ts'
import { SCENARIOS } from './bus-scenario.ts'
import type { Heard, Order } from './bus-worker.ts'
import { percentile } from './figure.ts'

const WORKER = join(import.meta.dirname, 'bus-worker.ts')
/** A run in which nothing is lost is over long before. */
const LOST_MS = 120_000
/** Messages a second at which delays are taken: far below what any of them carries. */
export const RATE = 2_000

export interface Delays {
  readonly p50: number
  readonly p99: number
}

/** Runs processes over one kind of bus. */
export interface BusRig {
  readonly kind: Kind
  /** Messages a second at full speed, each delivered to all that it is for. */
  speed(scenario: number, messages: number): Promise<number>
  /** Microseconds from publishing to the decoded envelope, at an even {@link RATE}. */
  delays(scenario: number, messages: number): Promise<Delays>
}

export function busRig(kind: Kind, target: string): BusRig {
  const run = async (scenario: number, messages: number, rate: number): Promise<Heard[]> => {
    const order = { kind, target, scenario, messages, rate, process: 0 }
    const children: ChildProcess[] = []
    const begin = async (order: Order) => {
      const child = startWorker(order)
      children.push(child)
      await reply(child)
      return child
    }
    try {
      const listening: ChildProcess[] = []
      for (let process = 0; process < (SCENARIOS[scenario]?.processes ?? 0); process += 1)
        listening.push(await begin({ ...order, role: 'subscribe', process }))
      const heard = listening.map((child) => reply<Heard>(child))
      const sending = await begin({ ...order, role: 'publish', kind: kind === 'host' ? 'unix' : kind })
      const late = AbortSignal.timeout(LOST_MS)
      const lost = once(late, 'abort').then(() => {
        throw new Error(`${kind}, ${SCENARIOS[scenario]?.name}: messages were lost`)
      })
      sending.send({ go: true })
      return await Promise.race([Promise.all(heard), lost])
    } finally {
      for (const child of children) child.kill('SIGKILL')
    }
  }
  return {
    kind,
    async speed(scenario, messages) {
      const heard = await run(scenario, messages, 0)
      const seconds = (Math.max(...heard.map(({ ended }) => ended)) - Math.min(...heard.map(({ began }) => began))) / 1e9
      return (messages - Math.floor(messages / 10)) / seconds
    },
    async delays(scenario, messages) {
      const delays = (await run(scenario, messages, RATE)).flatMap((heard) => [...heard.delays])
      return { p50: percentile(delays, 50) / 1_000, p99: percentile(delays, 99) / 1_000 }
    },
  }
}

const startWorker = (order: Order): ChildProcess => fork(WORKER, [JSON.stringify(order)], { serialization: 'advanced' })

function reply<T>(child: ChildProcess): Promise<T> {
  const said = new Promise<T>((resolve, reject) => {
    child.once('message', (message) => resolve(message as T))
    child.once('exit', (code) => reject(new Error(`bench worker ended with ${code}`)))
  })
  // Told to whoever waits for it; a process that is ended at the end is no trouble.
  said.catch(() => undefined)
  return said
}

export interface Running extends Disposable {
  readonly target: string
}

/** The bus in a process of its own, as `decnet bus` runs it. */
export async function startBroker(path: string): Promise<Running> {
  const child = startWorker({ role: 'broker', kind: 'unix', target: path, scenario: 0, process: 0, messages: 0, rate: 0 })
  await reply(child)
  return { target: path, [Symbol.dispose]: () => void child.kill('SIGKILL') }
}

export async function startNats(): Promise<Running> {
  const port = await freePort()
  const child = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  let failure: Error | undefined
  child.once('error', (error) => {
    failure = error
  })
  for (let attempt = 0; attempt < 100 && !failure; attempt += 1) {
    if (await answers(port)) return { target: `127.0.0.1:${port}`, [Symbol.dispose]: () => void child.kill('SIGKILL') }
    await pause(50)
  }
  child.kill('SIGKILL')
  throw new Error('nats-server did not start', { cause: failure })
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
