import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type BusHandle, openUnixBroker } from '@decnet/kernel/bus'
import { type EventLog, type LogRecord, partitionOf } from '@decnet/kernel/log'
import credentials from '../apps/server/src/workers/credentials/worker.ts'
import profiler from '../apps/server/src/workers/profiler/worker.ts'
import reuseCorrelator from '../apps/server/src/workers/reuse-correlator/worker.ts'
import { makeHome } from './home.ts'

/** Every fold; each has a key, so that replicas share its partitions. */
export const FOLDS = [credentials, profiler, reuseCorrelator]
const DECNET = join(import.meta.dirname, '..', 'bin', 'decnet')
const SHARED_MS = 60_000
/** Records that are looked through for the first that is not handled yet. */
const LOOK = 500

export interface Replicas extends AsyncDisposable {
  /** Tells them, as the ingester does, that there is more in the log. */
  ring(flushed: number): void
}

/** Whether so many processes hold partitions of every fold, each its part. */
async function shared<Tx>(log: EventLog<Tx>, count: number): Promise<boolean> {
  for (const { name } of FOLDS) {
    const shares = await log.shares(name)
    const held = new Map<string | null, number>()
    for (const { owner } of shares) held.set(owner, (held.get(owner) ?? 0) + 1)
    if (held.has(null) || held.size !== count || new Set(held.values()).size !== 1) return false
  }
  return true
}

async function ready(child: ChildProcess): Promise<void> {
  let complaints = ''
  child.stderr?.on('data', (data: Buffer) => {
    complaints = (complaints + data.toString('utf8')).slice(-4_000)
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error(`a replica ended: ${complaints}`)
  })
  ended.catch(() => undefined)
  if (child.stdout) await Promise.race([once(child.stdout, 'data'), ended])
}

/** So many processes `decnet worker` with all folds in each, as on as many hosts; resolves when they share the partitions evenly. */
export async function startReplicas<Tx>(count: number, url: string, log: EventLog<Tx>): Promise<Replicas> {
  const home = makeHome()
  const bus = await openUnixBroker({ path: home.busSocket })
  const handle: BusHandle = bus.as('ingester')
  const env = { ...process.env, DECNET_DB_URL: url, DECNET_BUS_SOCKET: home.busSocket }
  const children: ChildProcess[] = []
  const stop = async () => {
    const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
    for (const child of running) child.kill('SIGTERM')
    await Promise.all(running.map((child) => once(child, 'exit')))
    await bus.close()
    home[Symbol.dispose]()
  }
  try {
    for (let n = 0; n < count; n += 1)
      children.push(spawn(DECNET, ['worker', ...FOLDS.map(({ name }) => name), '--json', '--home', home.path], { env }))
    for (const child of children) await ready(child)
    const late = performance.now() + SHARED_MS
    while (!(await shared(log, count))) {
      if (performance.now() > late) throw new Error(`${count} replicas did not share the partitions evenly`)
      await pause(50)
    }
  } catch (error) {
    await stop()
    throw error
  }
  return {
    ring: (flushed) => handle.publish('system.log', { component: 'ingester', flushed, position: 0 }, 'batch_committed'),
    [Symbol.asyncDispose]: stop,
  }
}

/** The first record that its fold has yet to handle, of the fold that is furthest behind; null when all have handled everything. */
export async function firstUnhandled<Tx>(log: EventLog<Tx>): Promise<number | null> {
  const places = await Promise.all(FOLDS.map((fold) => unhandled(log, fold)))
  const waiting = places.filter((seq) => seq !== null)
  return waiting.length === 0 ? null : Math.min(...waiting)
}

// A stored cursor may stand before records that are not for its partition: they count as handled.
async function unhandled<Tx>(log: EventLog<Tx>, { name, reads, key }: (typeof FOLDS)[number]): Promise<number | null> {
  const cursors = new Map((await log.shares(name)).map(({ part, seq }) => [part, seq]))
  const behind = ({ seq, ...record }: LogRecord) => {
    const about = key ? key({ seq, ...record }) : null
    return about === null ? [...cursors.values()].some((cursor) => cursor < seq) : (cursors.get(partitionOf(about)) ?? 0) < seq
  }
  const patterns = reads.map(({ pattern }) => pattern)
  for (let after = Math.min(...cursors.values()); ; ) {
    const { records, scanned } = await log.read(after, LOOK, patterns)
    const first = records.find(behind)
    if (first) return first.seq
    if (records.length < LOOK) return null
    after = scanned
  }
}
