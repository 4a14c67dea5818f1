import type { Intake, IntakeBatch } from '@decnet/kernel/intake'
import { jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { encodeLine, type IntakeMessage, MESSAGE_LIMIT, type Sent } from './intake-message.ts'
import { type StreamOptions, subjectOf } from './intake-stream.ts'
import { NatsLink } from './link.ts'
import type { NatsOptions } from './options.ts'
import { refusalOf } from './refusal.ts'
import { Trouble } from './trouble.ts'

export interface PublishIntakeOptions extends NatsOptions, Pick<StreamOptions, 'prefix'> {
  /** What the sensor wrote. */
  readonly intake: Intake
  /** The sensor's name: the last token of the subject. */
  readonly source: string
  /** Where it stopped, as last given to `store`; null for the beginning. */
  readonly position: string | null
  /** Keeps a position: everything before it is on the server's disk. Only then is the spool told that it may delete it. */
  readonly store: (position: string) => void | Promise<void>
  /** Lines on their way at once; 1,024. */
  readonly window?: number
  /** Milliseconds between two looks at a spool without new lines; 250. */
  readonly idleMs?: number
  /** Milliseconds that the server may take to acknowledge a line; 5,000. */
  readonly ackMs?: number
}

export interface IntakePublisher extends AsyncDisposable {
  /** `trouble`: what it waits for; null while all is well. `known`: lines that the server had already. */
  readonly status: {
    readonly connected: boolean
    readonly position: string | null
    readonly published: number
    readonly known: number
    readonly trouble: string | null
  }
  /** The spool has grown: look at once. */
  wake(): void
  /** Gives up what is under way; it is sent again next time. Idempotent. */
  close(): Promise<void>
}

const PAUSE = { min: 50, max: 2_000 }

/**
 * Sends a sensor's spool to the intake stream, line by line under the event's id, in order while nothing fails. A position is stored when
 * every line before it is acknowledged; a server that is away, full or unwilling is waited for. Killed anywhere, it repeats at most a window.
 * @throws {AppError} `intake_source_invalid` and those of connecting; an unreachable server is no error
 */
export async function publishIntake(options: PublishIntakeOptions): Promise<IntakePublisher> {
  const subject = subjectOf(options, options.source)
  const publisher = new Publisher(options, subject, await NatsLink.open(options, { what: 'intake publisher' }))
  const running = publisher.run()
  const close = async () => {
    await publisher.stop()
    await running
  }
  return {
    get status() {
      return publisher.status()
    },
    wake: () => publisher.wake(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

class Publisher {
  readonly #options: PublishIntakeOptions
  readonly #subject: string
  readonly #link: NatsLink
  readonly #trouble: Trouble
  readonly #stopping = new AbortController()
  #position: string | null
  #published = 0
  #known = 0
  /** The spool grew since it was last looked at. */
  #woken = false
  #rouse: () => void = () => undefined

  constructor(options: PublishIntakeOptions, subject: string, link: NatsLink) {
    this.#options = options
    this.#subject = subject
    this.#link = link
    this.#position = options.position
    this.#trouble = new Trouble(options.logger, { source: options.source })
  }

  status() {
    const { kind } = this.#trouble
    const trouble = kind ?? (this.#link.up ? null : 'nats is away')
    return { connected: this.#link.up, position: this.#position, published: this.#published, known: this.#known, trouble }
  }

  wake(): void {
    this.#woken = true
    this.#rouse()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#link.close()
  }

  async run(): Promise<void> {
    const { intake, source, store, window = 1_024, idleMs = 250 } = this.#options
    let failures = 0
    while (!this.#stopped) {
      try {
        this.#woken = false
        const batch = await intake.read(this.#position, window)
        if (!(await this.#send(sentOf(batch)))) return
        if (batch.position !== this.#position) {
          await store(batch.position)
          this.#position = batch.position
          await intake.ack(batch.position)
        }
        failures = 0
        if (!batch.more && batch.lines.length === 0 && batch.torn === null) await this.#idle(idleMs)
      } catch (err) {
        this.#options.logger?.[failures === 0 ? 'error' : 'debug']({ err, source }, 'the spool or its position cannot be used')
        await this.#pause(++failures)
      }
    }
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted
  }

  /** Resolves true when all of it is on the server's disk, false when we were stopped before. */
  async #send(all: readonly Sent[]): Promise<boolean> {
    let left = all
    let failures = 0
    while (left.length > 0) {
      if (this.#stopped) return false
      const { connection } = this.#link
      if (!connection) {
        await this.#link.whenConnected(1_000)
        continue
      }
      const before = left.length
      left = await this.#attempt(connection, left)
      failures = left.length < before ? 0 : failures + 1
      if (left.length > 0 && !connection.isClosed()) await this.#pause(failures + 1)
    }
    if (all.length > 0) this.#trouble.over('the intake stream takes lines again')
    return true
  }

  /** Sends all of it at once; what was not acknowledged, in order. */
  async #attempt(connection: NatsConnection, all: readonly Sent[]): Promise<readonly Sent[]> {
    const { source, ackMs = 5_000 } = this.#options
    const stream = jetstream(connection)
    const subject = this.#subject
    const limit = Math.min(connection.info?.max_payload ?? MESSAGE_LIMIT, MESSAGE_LIMIT)
    const refused: unknown[] = []
    const publish = async (message: IntakeMessage): Promise<boolean> => {
      try {
        const { duplicate } = await stream.publish(subject, message.data, {
          headers: message.headers,
          timeout: ackMs,
        })
        if (duplicate) this.#known++
        else this.#published++
        return true
      } catch (error) {
        refused.push(error)
        return false
      }
    }
    const done = await Promise.all(all.map((sent) => publish(encodeLine(sent, { source, subject, limit }))))
    const [first] = refused
    if (first !== undefined && !this.#stopped) {
      const { kind, ...fields } = refusalOf(first)
      this.#trouble.met(kind, { ...fields, waiting: refused.length })
    }
    return all.filter((_, index) => !done[index])
  }

  /** Until somebody wakes us, at most so long. */
  #idle(ms: number): Promise<void> {
    return this.#woken ? Promise.resolve() : this.#wait(ms, true)
  }

  /** Grows with the failures; only stopping cuts it short. */
  #pause(failures: number): Promise<void> {
    return this.#wait(Math.min(PAUSE.max, PAUSE.min * 2 ** Math.min(failures, 20)) * (0.5 + Math.random() / 2), false)
  }

  async #wait(ms: number, wakeable: boolean): Promise<void> {
    const { signal } = this.#stopping
    if (signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const done = () => resolve()
    if (wakeable) this.#rouse = done
    signal.addEventListener('abort', done, { once: true })
    const timer = setTimeout(done, ms)
    await promise
    clearTimeout(timer)
    signal.removeEventListener('abort', done)
  }
}

function sentOf({ lines, torn, position }: IntakeBatch): Sent[] {
  const sent: Sent[] = lines.map((line) => ({ kind: 'line', ...line }))
  if (torn !== null) sent.push({ kind: 'torn', bytes: torn, position })
  return sent
}
