import { setTimeout as sleep } from 'node:timers/promises'
import type { AnyTopic } from '@decnet/contracts/topics'
import { onControl } from '../bus/control.ts'
import { heartbeat } from '../bus/heartbeat.ts'
import type { BusLogger } from '../bus/logger.ts'
import type { Bus, BusHandle, Subscription } from '../bus/port.ts'
import type { EventLog, LogRecord } from '../log/port.ts'
import { backoff } from './backoff.ts'
import type { AnyWorker, TickContext } from './define.ts'
import { Doorbell } from './doorbell.ts'
import { foldStep } from './fold-step.ts'
import { newOwner } from './owner.ts'

/** Announced whole up to this size; consumers of larger records read the log. */
const ANNOUNCED_BYTES = 64 * 1024
/** Before each step of a worker that gives way, in rests: what comes meanwhile is looked at together. */
const PAUSE_RESTS = 5
/** Between two looks at whether others are through, milliseconds. */
const WAIT_MS = 20
/** Of a worker that names none: a transaction for many records costs little more than one for a single one. */
const REST_MS = 100
/** Nothing came for so long: what came before is brought in order. */
const QUIET_MS = 5_000
/** Failures in a row, other than the machine's own, after which a worker is left alone for a while. */
const QUARANTINE_AFTER = 10
const QUARANTINE_MS = 5 * 60_000

export interface RunOptions<Tx> {
  readonly log: EventLog<Tx>
  /** While it is not connected, the log is polled. */
  readonly bus: Bus
  readonly logger: BusLogger
  readonly transient?: (error: unknown) => boolean
  /** Trouble of the worker itself, whatever the record: nothing is parked for it, and it ends in quarantine. */
  readonly structural?: (error: unknown) => boolean
  /** Milliseconds between two looks when nothing rings: with a bus (a safety net), and without. */
  readonly pollMs?: { readonly withBus: number; readonly withoutBus: number }
  readonly heartbeatMs?: number
  /** Between two steps, in place of what the worker asks for, milliseconds. */
  readonly restMs?: number
  /** After so long without a record a fold brings in order what it wrote, milliseconds; 5,000. */
  readonly quietMs?: number
  /** How long others wait for a replica of this fold that fell silent, milliseconds; 15,000. */
  readonly leaseMs?: number
  /** Batches of a fold that are one transaction: more save work where nobody waits for the database; 1. */
  readonly batches?: number
  /** After so many failures in a row it is tried only now and then (milliseconds), or when it is started again; 10 and 5 min. */
  readonly quarantine?: { readonly after?: number; readonly ms?: number }
  /** While it answers true the worker pauses before each step: somebody else's work is more urgent, and this one's can wait in the log. */
  readonly givesWay?: () => boolean
  /** While it answers true no step is taken: in a process that only catches up, one after the other with full batches is quickest. */
  readonly waits?: () => boolean
  /** More members of the heartbeat, such as sizes of queues. */
  readonly extra?: () => Record<string, unknown>
}

/** `quarantined`: it failed time and again; it is tried seldom, and at once when somebody starts it. */
export type WorkerState = 'running' | 'stopped' | 'quarantined'

export interface WorkerStatus {
  readonly state: WorkerState
  readonly failuresInARow: number
  readonly lastError: string | null
  readonly parked: number
  readonly lag: number | null
  /** Partitions held by this replica; null where there are none. */
  readonly partitions: number | null
}

/** A worker under way. It answers `stop` on its control topic, and can be started again by whoever supervises it. */
export interface RunningWorker extends AsyncDisposable {
  readonly name: string
  readonly summary: string
  readonly kind: 'fold' | 'tick'
  status(): Promise<WorkerStatus>
  /** Its last step left work to do at once. */
  readonly busy: boolean
  /** What it wrote is in order, as far as it has read. */
  readonly settled: boolean
  /** There may be work. */
  ring(): void
  start(): void
  /** Resolves when the step under way has finished. */
  stop(): Promise<void>
  /** Stops for good: heartbeat and control end as well. */
  close(): Promise<void>
}

/** Publishes derived records; a failing publish is the bus's own business. */
export function announcer(bus: BusHandle): (records: readonly LogRecord[]) => void {
  return (records) => {
    for (const record of records) {
      const whole = JSON.stringify(record.body).length <= ANNOUNCED_BYTES
      bus.publish(record.topic, whole ? { ...record.body } : { seq: record.seq, id: record.id, truncated: true }, record.type)
    }
  }
}

/** Runs a fold or a tick: wake, work, retry with backoff, heartbeat, control. Everything that all workers share is here and nowhere else. */
export function runWorker<Tx>(worker: AnyWorker<Tx>, options: RunOptions<Tx>): RunningWorker {
  const { logger, log } = options
  const bus = options.bus.as(worker.name)
  const poll = options.pollMs ?? { withBus: 60_000, withoutBus: 1_000 }
  const heartbeatMs = options.heartbeatMs ?? 30_000
  const rest = options.restMs ?? worker.rest ?? REST_MS
  const bell = new Doorbell()
  let state: WorkerState = 'stopped'
  let loop: Promise<void> = Promise.resolve()
  let failures = 0
  /** Those of them that the machine is not to blame for. */
  let faults = 0
  let lastError: string | null = null
  let release: (() => void) | undefined
  let busy = false
  const owner = newOwner()
  const transient = options.transient ?? (() => false)
  const quarantine = { after: QUARANTINE_AFTER, ms: QUARANTINE_MS, ...options.quarantine }
  const fold =
    worker.kind === 'fold'
      ? foldStep(worker, {
          log,
          owner,
          ...(options.leaseMs !== undefined && { leaseMs: options.leaseMs }),
          ...(options.batches !== undefined && { batches: options.batches }),
          announce: announcer(bus),
          ring: (topic, segments, payload, type) => bus.publishTo(topic, segments, payload, type),
          transient,
          ...(options.structural && { structural: options.structural }),
          parked: (letter) => logger.warn({ worker: worker.name, ...letter }, 'a record could not be handled and was parked'),
        })
      : undefined

  let abort = new AbortController()
  const context = (): TickContext<AnyTopic> => ({
    signal: abort.signal,
    publish: (topic, segments, payload, type) => bus.publishTo(topic, segments, payload, type),
  })

  const step = worker.kind === 'fold' ? () => fold?.run() ?? Promise.resolve('done' as const) : () => worker.run(context())

  /** Milliseconds until what the fold wrote is to be brought in order. */
  const quietIn = (): number => (fold?.unsettledSince ?? Number.POSITIVE_INFINITY) + (options.quietMs ?? QUIET_MS) - performance.now()

  const parkedNow = (): number => (worker.kind === 'fold' ? fold?.parkedCount : worker.parked?.()) ?? 0
  let parkedTold = 0
  /** What was put aside is said at once, once for all of a step. */
  function tellParked(): void {
    if (parkedNow() === parkedTold) return
    parkedTold = parkedNow()
    beat()
  }

  /** Nothing that rings reaches it here: it waits for its time, for its end, or for somebody who starts it. */
  async function isolate(mine: number): Promise<void> {
    if (life !== mine) return
    if (state !== 'quarantined') {
      logger.error({ worker: worker.name, failures, last_error: lastError }, 'a worker is in quarantine')
      state = 'quarantined'
      beat()
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, quarantine.ms)
      release = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    release = undefined
  }

  /** Another number with every start and stop: a loop that was told to end does so, also when the worker is started again meanwhile. */
  let life = 0
  async function work(mine: number): Promise<void> {
    while (life === mine) {
      while (life === mine && options.waits?.()) await new Promise<void>((resolve) => setTimeout(resolve, WAIT_MS))
      if (options.givesWay?.()) await new Promise<void>((resolve) => setTimeout(resolve, PAUSE_RESTS * rest))
      try {
        let answer = await step().finally(tellParked)
        if (answer === 'done' && quietIn() <= 0) answer = (await fold?.settle()) ?? 'done'
        busy = answer === 'again'
        failures = 0
        faults = 0
        lastError = null
        if (state === 'quarantined') {
          state = 'running'
          beat()
        }
        if (answer === 'again') {
          // Gives timers and sockets of this thread their turn between two batches.
          await new Promise<void>((resolve) => setImmediate(resolve))
          continue
        }
      } catch (error) {
        busy = false
        failures += 1
        lastError = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
        if (failures === 1 || failures % 20 === 0)
          logger.warn({ worker: worker.name, failures, err: error }, 'a step failed and is tried again')
        if (!transient(error)) faults += 1
        if (faults >= quarantine.after) await isolate(mine)
        else await bell.wait(backoff(failures))
        continue
      }
      const idle = options.bus.status.connected ? poll.withBus : poll.withoutBus
      const rested = performance.now() + rest
      await bell.wait(
        Math.min(
          idle,
          worker.kind === 'tick' ? Math.min(worker.every, worker.next?.() ?? worker.every) : (fold?.renewIn ?? idle),
          quietIn(),
        ),
      )
      await sleep(Math.max(0, rested - performance.now()), undefined, { signal: abort.signal }).catch(() => undefined)
    }
    // Reading some records of no interest again is harmless; a worker that cannot be started again is not.
    await fold?.release().catch((err: unknown) => logger.warn({ worker: worker.name, err }, 'a cursor could not be stored'))
  }

  const wakes = worker.kind === 'fold' ? worker.reads : worker.wakes
  const subscriptions: Subscription[] = []
  const listen = async (subscription: Subscription) => {
    for await (const event of subscription) {
      if (worker.kind === 'tick' && event.kind === 'message') worker.heard?.(event.message)
      bell.ring()
    }
  }
  for (const topic of wakes) subscriptions.push(bus.subscribe(topic.pattern))

  const listeners = Promise.all(subscriptions.map(listen))
  const control = onControl(options.bus, worker.name, {
    logger,
    reconnected() {
      if (state !== 'stopped') beat()
    },
    async stop(requestedBy) {
      logger.info({ worker: worker.name, requested_by: requestedBy }, 'stopping on request')
      await running.stop()
    },
  })

  let lag: number | null = null
  const vitals = () => {
    // Asked for now, told with the next beat: a heartbeat never waits for the database.
    void fold?.lag().then(
      (records) => {
        lag = records
      },
      () => undefined,
    )
    return {
      kind: worker.kind,
      instance: owner,
      state,
      lag,
      failures,
      last_error: lastError,
      parked: parkedNow(),
      dropped: subscriptions.reduce((sum, subscription) => sum + subscription.dropped, 0),
      ...(fold && { partitions: fold.held }),
      ...options.extra?.(),
    }
  }
  let pulse: Disposable | undefined
  /** Says how it is, now and from now on. */
  function beat(): void {
    pulse?.[Symbol.dispose]()
    pulse = heartbeat(options.bus, worker.name, { interval: heartbeatMs, extra: vitals, logger })
  }

  const running: RunningWorker = {
    name: worker.name,
    summary: worker.summary,
    kind: worker.kind,
    get busy() {
      return busy && state === 'running'
    },
    get settled() {
      return fold === undefined || fold.unsettledSince === null
    },
    ring: () => bell.ring(),
    start() {
      if (state === 'running') return
      if (state === 'quarantined') {
        state = 'running'
        faults = 0
        beat()
        return release?.()
      }
      state = 'running'
      abort = new AbortController()
      life += 1
      const mine = life
      loop = loop.then(() => work(mine))
      beat()
    },
    async stop() {
      const wasUp = state !== 'stopped'
      state = 'stopped'
      life += 1
      abort.abort()
      bell.ring()
      release?.()
      await loop
      // Its last word: whoever watches sees that it is so.
      if (wasUp && state === 'stopped') beat()
      if (state === 'stopped') pulse?.[Symbol.dispose]()
    },
    async status() {
      return {
        state,
        failuresInARow: failures,
        lastError,
        parked: parkedNow(),
        lag: fold ? await fold.lag() : null,
        partitions: fold ? fold.held : null,
      }
    },
    async close() {
      await running.stop()
      control[Symbol.dispose]()
      for (const subscription of subscriptions) subscription.close()
      await listeners
    },
    [Symbol.asyncDispose]: () => running.close(),
  }
  return running
}
