import { newId } from '@decnet/kernel'
import type { Intake, IntakeBatch } from '@decnet/kernel/intake'
import { jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { type Count, decodeReceipt } from './count.ts'
import { encodeLine, type IntakeMessage, MESSAGE_LIMIT, type Sent } from './intake-message.ts'
import { receiptSubjectOf, type StreamOptions, subjectOf } from './intake-stream.ts'
import { NatsLink } from './link.ts'
import type { NatsOptions } from './options.ts'
import { refusalOf } from './refusal.ts'
import { formatSending, type Mark, parseSending, type Sending, Unconfirmed } from './sending.ts'
import { Trouble } from './trouble.ts'

export interface PublishIntakeOptions extends NatsOptions, Pick<StreamOptions, 'prefix'> {
  /** What the sensor wrote. */
  readonly intake: Intake
  /** The sensor's name: the last token of the subject. */
  readonly source: string
  /** How far it was, as last given to `store`; null for the beginning. */
  readonly state: string | null
  /** Keeps how far it is, before the spool is told what it may delete. */
  readonly store: (state: string) => void | Promise<void>
  /** Lines on their way at once; 1,024. */
  readonly window?: number
  /** Milliseconds between two looks at a spool without new lines; 250. */
  readonly idleMs?: number
  /** Milliseconds that the server may take to acknowledge a line; 5,000. */
  readonly ackMs?: number
}

export interface IntakePublisher extends AsyncDisposable {
  /**
   * `position`: the stream has everything before it. `known`: lines that the stream had already; `unconfirmed`: those of which no server has said that
   * they are in the log; `resent`: those sent again because the stream had lost some. `trouble`: what it waits for; null while all is well.
   */
  readonly status: {
    readonly connected: boolean
    readonly position: string | null
    readonly published: number
    readonly known: number
    readonly unconfirmed: number
    readonly resent: number
    readonly trouble: string | null
  }
  /** The spool has grown: look at once. */
  wake(): void
  /** Gives up what is under way; it is sent again next time. Idempotent. */
  close(): Promise<void>
}

const PAUSE = { min: 50, max: 2_000 }

/**
 * Sends a sensor's spool to the intake stream, line by line under the event's id, in order while nothing fails, and counted. A server that is away, full
 * or unwilling is waited for; killed anywhere, it repeats at most a window. The spool keeps a line until the reading server says that it is in the log:
 * what the stream took and lost is sent again. A line of which no server says anything is kept for an hour.
 * @throws {AppError} `intake_source_invalid` and those of connecting; an unreachable server is no error
 */
export async function publishIntake(options: PublishIntakeOptions): Promise<IntakePublisher> {
  const subject = subjectOf(options, options.source)
  const publisher = new Publisher(options, subject)
  await publisher.open()
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

/** It answered that it knows a line, but not under which sequence: it was proposed and is not stored, and may never be (nats-server before 2.11). */
const NOT_STORED = 'the intake stream has not stored what it took; it is sent again'

class Publisher {
  readonly #options: PublishIntakeOptions
  readonly #subject: string
  #opened: NatsLink | undefined
  readonly #trouble: Trouble
  readonly #stopping = new AbortController()
  #sending: Sending
  readonly #unconfirmed: Unconfirmed
  /** Set when the stream must not take for known what it had once. */
  #anew: string | undefined
  #published = 0
  #known = 0
  #resent = 0
  /** What a receipt asks for, until it is done. */
  #back: Sending | null = null
  /** The spool grew since it was last looked at. */
  #woken = false
  #rouse: () => void = () => undefined

  constructor(options: PublishIntakeOptions, subject: string) {
    this.#options = options
    this.#subject = subject
    this.#sending = parseSending(options.state)
    this.#unconfirmed = new Unconfirmed(this.#sending)
    this.#trouble = new Trouble(options.logger, { source: options.source })
  }

  async open(): Promise<void> {
    const subject = receiptSubjectOf(this.#options, this.#options.source)
    this.#opened = await NatsLink.open(this.#options, {
      what: 'intake publisher',
      up: (connection) => {
        // a subscription that is refused is told by the link; without receipts the spool holds longer
        connection.subscribe(subject, { callback: (err, message) => (err ? undefined : this.#hear(message.string())) })
      },
    })
  }

  get #link(): NatsLink {
    if (!this.#opened) throw new Error('opened first')
    return this.#opened
  }

  status() {
    const { kind } = this.#trouble
    const trouble = kind ?? (this.#link.up ? null : 'nats is away')
    return {
      connected: this.#link.up,
      position: this.#sending.sent.position,
      published: this.#published,
      known: this.#known,
      unconfirmed: this.#unconfirmed.count(this.#sending),
      resent: this.#resent,
      trouble,
    }
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
    const { intake, source, window = 1_024, idleMs = 250 } = this.#options
    let failures = 0
    while (!this.#stopped) {
      try {
        this.#woken = false
        if (this.#back) await this.#keep(this.#back)
        this.#back = null
        const { sent } = this.#sending
        const batch = await intake.read(sent.position, window)
        const all = sentOf(batch)
        if (!(await this.#send(all, sent.number))) return
        // told meanwhile to go back: from there it comes by again
        if (this.#back) continue
        if (batch.position !== sent.position) {
          const mark: Mark = { number: sent.number + all.length, position: batch.position }
          await this.#keep({ ...this.#sending, sent: mark })
          this.#unconfirmed.sent(mark, sizeOf(batch), performance.now())
        }
        await this.#letGo()
        failures = 0
        if (!batch.more && all.length === 0 && !this.#back) await this.#idle(idleMs)
      } catch (err) {
        this.#options.logger?.[failures === 0 ? 'error' : 'debug']({ err, source }, 'the spool or its position cannot be used')
        await this.#pause(++failures)
      }
    }
  }

  async #keep(sending: Sending): Promise<void> {
    await this.#options.store(formatSending(sending))
    this.#sending = sending
  }

  /** Tells the spool what it need not keep any more. */
  async #letGo(): Promise<void> {
    const released = this.#unconfirmed.release(this.#sending, performance.now())
    const { position } = released.held
    if (position === null || position === this.#sending.held.position) return
    await this.#keep(released)
    await this.#options.intake.ack(position)
  }

  #hear(text: string): void {
    const receipt = decodeReceipt(text)
    if (!receipt || this.#back) return
    const { logger, source } = this.#options
    const { sent } = this.#sending
    const rewind = this.#unconfirmed.heard(receipt, this.#sending, performance.now())
    if (rewind) {
      this.#back = rewind.to
      this.#anew = newId()
      if (rewind.kind === 'again') {
        this.#resent += sent.number - receipt.number
        logger?.warn(
          { source, from: receipt.number, to: sent.number },
          'the intake stream lost lines that it had taken: they are sent again',
        )
      } else if (rewind.kind === 'over') {
        const hint = 'The server has a new or an older database, or the stream lost what the spool had let go of.'
        logger?.error({ source, from: receipt.number, hint }, 'the log lacks lines that the spool no longer has')
      } else {
        const hint =
          'Give each sensor a name of its own (--name). Said once, it may be this home itself, made anew on a clock that was behind.'
        logger?.warn({ source, hint }, 'another sensor has this name')
      }
    }
    this.#rouse()
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted
  }

  /** Resolves true when the stream has taken all of it, the first of which comes after line `before`; false when we were stopped before. */
  async #send(all: readonly Sent[], before: number): Promise<boolean> {
    const { life } = this.#sending
    let left = all.map((sent, index): Counted => ({ sent, count: { life, number: before + index + 1 } }))
    let failures = 0
    while (left.length > 0) {
      if (this.#stopped) return false
      const { connection } = this.#link
      if (!connection) {
        await this.#link.whenConnected(1_000)
        continue
      }
      const waiting = left.length
      left = await this.#attempt(connection, left)
      failures = left.length < waiting ? 0 : failures + 1
      if (left.length > 0 && !connection.isClosed()) await this.#pause(failures + 1)
    }
    if (all.length > 0) this.#trouble.over('the intake stream takes lines again')
    return true
  }

  /** Sends all of it at once; what was not acknowledged, in order. */
  async #attempt(connection: NatsConnection, all: readonly Counted[]): Promise<Counted[]> {
    const { source, ackMs = 5_000 } = this.#options
    const stream = jetstream(connection)
    const subject = this.#subject
    const limit = Math.min(connection.info?.max_payload ?? MESSAGE_LIMIT, MESSAGE_LIMIT)
    const refused: unknown[] = []
    const anew = this.#anew
    let notStored = 0
    const publish = async (message: IntakeMessage): Promise<boolean> => {
      try {
        const { duplicate, seq } = await stream.publish(subject, message.data, {
          headers: message.headers,
          timeout: ackMs,
        })
        if (duplicate && seq === 0) {
          notStored++
          return false
        }
        if (duplicate) this.#known++
        else this.#published++
        return true
      } catch (error) {
        refused.push(error)
        return false
      }
    }
    const done = await Promise.all(
      all.map(({ sent, count }) => publish(encodeLine(sent, { source, subject, limit, count, ...(anew !== undefined && { anew }) }))),
    )
    if (notStored > 0 && !this.#stopped) {
      this.#trouble.met(NOT_STORED, { waiting: notStored })
      this.#anew = newId()
    }
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

interface Counted {
  readonly sent: Sent
  readonly count: Count
}

const sizeOf = ({ lines, torn }: IntakeBatch): number => lines.reduce((sum, { line }) => sum + line.length + 1, torn?.length ?? 0)

function sentOf({ lines, torn, position }: IntakeBatch): Sent[] {
  const sent: Sent[] = lines.map((line) => ({ kind: 'line', ...line }))
  if (torn !== null) sent.push({ kind: 'torn', bytes: torn, position })
  return sent
}
