import { type AnyTopic, topics } from '@decnet/contracts/topics'
import { afterEach } from 'vitest'
import { type Bus, createMemoryBus } from '../bus/index.ts'
import { exampleRecord } from '../log/conformance.ts'
import { createMemoryLog, type LogRecord, type MemoryLog, type MemoryRows, type NewLogRecord } from '../log/index.ts'
import { defineFold, type Fold, type FoldContext } from './define.ts'
import { type RunningWorker, type RunOptions, runWorker } from './run.ts'

type Emits = typeof topics.credentialCaptured
type Handle = (batch: readonly LogRecord[], context: FoldContext<MemoryRows, Emits>) => Promise<void>

/** A fold that reads events and may derive credentials; what it does is the test's. */
export const foldOf = (handle: Handle, more: Partial<Pick<Fold<MemoryRows, AnyTopic, Emits>, 'name' | 'batchSize' | 'settle'>> = {}) =>
  defineFold({
    name: 'fold',
    summary: 'Does what a test says.',
    reads: [topics.systemLog],
    emits: [topics.credentialCaptured],
    handle,
    ...more,
  })

export const captured = (decky = 'web-01') => ({
  secret_sha256: 'a'.repeat(64),
  secret_kind: 'plaintext',
  attacker_ip: '203.0.113.7',
  decky,
  service: 'ssh',
})

/** A fold that keeps one row for each record and derives one record from each: what it did can be counted. */
export const countingFold = (before: Handle = async () => undefined) =>
  foldOf(async (batch, context) => {
    for (const record of batch) {
      context.tx.set(record.id, ((context.tx.get(record.id) as number | undefined) ?? 0) + 1)
      context.emit(topics.credentialCaptured, [], captured(), { source: record })
    }
    await before(batch, context)
  })

export const events = (count: number, more: Partial<NewLogRecord> = {}) => Array.from({ length: count }, () => exampleRecord(more))

export interface Warning {
  readonly fields: object
  readonly message: string
}

/** A log, a bus and the workers that a test started; all closed after it. */
export function workerRig() {
  const open: RunningWorker[] = []
  const buses: Bus[] = []
  afterEach(async () => {
    for (const worker of open.splice(0)) await worker.close()
    for (const bus of buses.splice(0)) await bus.close()
  })
  return function rig() {
    const log: MemoryLog = createMemoryLog()
    const bus = createMemoryBus()
    buses.push(bus)
    const warnings: Warning[] = []
    const note = (fields: object, message: string) => void warnings.push({ fields, message })
    const logger = { debug: () => undefined, info: () => undefined, warn: note, error: note }
    const append = (...records: NewLogRecord[]) => log.transaction((_tx, log) => log.append(records))
    return {
      log,
      bus,
      warnings,
      append,
      /** Runs a worker; it is not started yet. */
      run(worker: Parameters<typeof runWorker<MemoryRows>>[0], options: Partial<RunOptions<MemoryRows>> = {}): RunningWorker {
        const running = runWorker(worker, { log, bus, logger, ...options })
        open.push(running)
        return running
      },
      cursor: async (name = 'fold') => Math.min(...(await log.shares(name)).map(({ seq }) => seq)),
      derived: async () => (await log.read(0, 100_000, ['credential.>'])).records,
    }
  }
}
