import { rename, writeFile } from 'node:fs/promises'
import type { Worker } from '@decnet/contracts/api'
import { topics } from '@decnet/contracts/topics'
import type { Bus } from '@decnet/kernel/bus'
import type { Pipeline } from '../threads/pipeline.ts'
import type { Call } from '../threads/rpc.ts'

/** A worker is stale after three missed heartbeats of 30 s. */
const STALE_SECONDS = 90
const SAVE_MS = 5_000

interface Known {
  readonly name: string
  readonly summary: string
  readonly kind: Worker['kind']
  readonly stoppable: boolean
}
const PROCESSES: readonly Known[] = [
  { name: 'bus', summary: 'Carries announcements between workers and to the live stream.', kind: 'process', stoppable: false },
  { name: 'api', summary: 'Answers the console and scripts.', kind: 'process', stoppable: false },
  { name: 'sensor', summary: 'Plays the services of all deckies.', kind: 'process', stoppable: false },
]

export interface WorkerSnapshot {
  workers: Worker[]
  generated_at: string
  bus_connected: boolean
}
export interface WorkerBoard {
  snapshot(): Promise<WorkerSnapshot>
  close(): void
}

/** One ground truth about workers: their heartbeats, timed when they arrive here (a clock of theirs cannot keep a dead one alive). */
export function workerBoard(options: {
  readonly bus: Bus
  readonly write: Call<Pipeline>
  readonly file: string
  readonly now: () => number
}): WorkerBoard {
  const { bus, write, now } = options
  const seen = new Map<string, { at: number; extra: Record<string, unknown> }>()
  const subscription = bus.as('worker-board').subscribe(topics.workerHealth.pattern)
  void (async () => {
    for await (const event of subscription) {
      if (event.kind !== 'message') continue
      const name = event.message.topic.split('.')[1] ?? ''
      const { worker: _worker, ts: _ts, ...extra } = event.message.payload
      seen.set(name, { at: now(), extra })
    }
  })()

  async function snapshot(): Promise<WorkerSnapshot> {
    const supervised = await write('workers.list', undefined as never)
    const at = now()
    const row = (known: Known, desired: Worker['desired'], lag: number | null, more: Record<string, unknown>): Worker => {
      const heartbeat = seen.get(known.name)
      const since = heartbeat ? (at - heartbeat.at) / 1000 : null
      return {
        ...known,
        status: since === null ? 'unknown' : since < STALE_SECONDS ? 'ok' : 'stale',
        desired,
        last_heartbeat_ts: heartbeat ? heartbeat.at / 1000 : null,
        seconds_since: since,
        installed: true,
        lag,
        extra: { ...heartbeat?.extra, ...more },
      }
    }
    return {
      workers: [
        ...PROCESSES.map((known) => row(known, 'running', null, {})),
        ...supervised.map(({ name, summary, kind, state, lag, lastError, parked }) =>
          row({ name, summary, kind, stoppable: true }, state, lag, { last_error: lastError, parked }),
        ),
      ],
      generated_at: new Date(at).toISOString(),
      bus_connected: bus.status.connected,
    }
  }

  /** Whoever reads it finds the one or the other, never half of one, also on a full disk. */
  async function save(): Promise<void> {
    const fresh = `${options.file}.new`
    await writeFile(fresh, JSON.stringify(await snapshot()), { mode: 0o600 })
    await rename(fresh, options.file)
  }
  const timer = setInterval(() => void save().catch(() => undefined), SAVE_MS)
  timer.unref()
  void save().catch(() => undefined)
  return {
    snapshot,
    close() {
      clearInterval(timer)
      subscription.close()
    },
  }
}
