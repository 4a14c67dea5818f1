import type { AnyEventType, FieldsOf } from '@decnet/contracts/events'
import type { Persona } from '@decnet/persona'
import type { AppError } from '../errors.ts'
import { createDeadlines } from './deadlines.ts'
import { deckyContext } from './decky-context.ts'
import type { AnyService, SensorEvent } from './define.ts'
import { createMemoryEvidence } from './memory-evidence.ts'
import { type RunningService, serve } from './serve.ts'

export interface HarnessOptions {
  readonly persona: Persona
  /** As an operator would give it; absent members take their defaults. */
  readonly config?: Readonly<Record<string, unknown>>
  /** What `decky.shared` already holds: `new Map([['host', host]])`. Give two harnesses one map for two services of one decky. */
  readonly deckyState?: Map<string, unknown>
  /** Ports of the decky's other services. */
  readonly ports?: Readonly<Record<string, number>>
  readonly now?: () => number
  readonly random?: () => number
  readonly host?: string
  /** 0 by default: any free one. */
  readonly port?: number
  readonly graceMs?: number
  readonly halfOpenMs?: number
  /** How often limits are looked at; 50 ms by default, so that tests need not wait. */
  readonly periodMs?: number
}

/** A service on a loopback port with its events and evidence in memory. */
export interface ServiceHarness extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** In the order of emission. */
  readonly events: readonly SensorEvent[]
  readonly running: RunningService
  /** asciicast v2 text by name: the session's id, `<id>-2`… */
  readonly recordings: ReadonlyMap<string, string>
  /** What the kernel logged: classes of errors and where they were thrown. */
  readonly logged: readonly object[]
  ofType(type: string): SensorEvent[]
  /** The content of a finished capture. */
  captures(sha256: string): Buffer | undefined
  /** The first event, past or future, that fits. @throws when none comes within `timeoutMs` (5,000), naming the types that did. */
  waitFor(predicate: (event: SensorEvent) => boolean, timeoutMs?: number): Promise<SensorEvent>
  /** Stops the service. @throws {AggregateError} when it emitted what it did not declare or what breaks an event's schema. */
  close(): Promise<void>
}

/** `waitFor(ofType(events.command))` reads well. */
export const ofType =
  <E extends AnyEventType>(event: E, having: Partial<Record<keyof FieldsOf<E> | string, string>> = {}) =>
  (candidate: SensorEvent): boolean =>
    candidate.type === event.type && Object.entries(having).every(([name, value]) => candidate.fields[name] === value)

/** Starts a service on an ephemeral loopback port, the real kernel around it. */
export async function startService(service: AnyService, options: HarnessOptions): Promise<ServiceHarness> {
  const seen: SensorEvent[] = []
  const waiting = new Set<(event: SensorEvent) => void>()
  const problems: AppError[] = []
  const logged: object[] = []
  const log = (fields: object, message: string): void => void logged.push({ ...fields, message })
  const evidence = createMemoryEvidence(options.now)
  const deadlines = createDeadlines({ periodMs: options.periodMs ?? 50 })
  const host = options.host ?? '127.0.0.1'
  const ports: Record<string, number> = { ...options.ports }
  const running = await serve(service, {
    decky: deckyContext(options.persona, options.deckyState, ports),
    config: options.config ?? {},
    listener: { host, port: options.port ?? 0 },
    sink(event) {
      seen.push(event)
      for (const hear of waiting) hear(event)
    },
    evidence,
    logger: { info: log, warn: log, error: log },
    deadlines,
    onBroken(problem) {
      problems.push(problem)
      throw problem
    },
    ...(options.now && { now: options.now }),
    ...(options.random && { random: options.random }),
    ...(options.graceMs !== undefined && { graceMs: options.graceMs }),
    ...(options.halfOpenMs !== undefined && { halfOpenMs: options.halfOpenMs }),
  })
  ports[service.name] ??= running.address.port

  async function close(): Promise<void> {
    await running.close()
    deadlines.close()
    if (problems.length > 0) throw new AggregateError(problems.splice(0), 'the service broke its declaration')
  }
  return {
    host,
    port: running.address.port,
    events: seen,
    running,
    recordings: evidence.recordings,
    logged,
    ofType: (type) => seen.filter((event) => event.type === type),
    captures: (sha256) => evidence.captures.get(sha256),
    waitFor(predicate, timeoutMs = 5_000) {
      const past = seen.find(predicate)
      if (past) return Promise.resolve(past)
      return new Promise((resolve, reject) => {
        const settle = (): void => {
          clearTimeout(timer)
          waiting.delete(hear)
        }
        const timer = setTimeout(() => {
          settle()
          reject(new Error(`no such event within ${timeoutMs} ms; seen: ${seen.map((event) => event.type).join(', ')}`))
        }, timeoutMs)
        const hear = (event: SensorEvent): void => {
          if (!predicate(event)) return
          settle()
          resolve(event)
        }
        waiting.add(hear)
      })
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
