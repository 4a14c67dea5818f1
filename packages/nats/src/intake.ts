import { AppError } from '@decnet/kernel'
import type { Intake, IntakeBatch, IntakeLine } from '@decnet/kernel/intake'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { Arrivals, type Count, encodeReceipt } from './count.ts'
import { countOf, decodeLine } from './intake-message.ts'
import {
  allSubjects,
  birthOf,
  ensureStream,
  formatPlace,
  parsePlace,
  receiptSubjectOf,
  type StreamOptions,
  sourcesOf,
  streamName,
  subjectOf,
} from './intake-stream.ts'
import { NatsLink } from './link.ts'
import type { NatsOptions } from './options.ts'
import { Pull, type Pulled } from './pull.ts'
import { hasNoJetStream, isPassing, Trouble } from './trouble.ts'

/** A server without a leader does not answer; asking again soon finds the new one sooner. */
const API_MS = 2_000
/** Milliseconds after which a sensor is told again what it was told already, and at least between two tellings. */
const RECEIPT_MS = { again: 2_000, least: 500 }
/** A read that brings fewer bytes than this was not cut short by how much one may bring. */
const LITTLE = 1_048_576
/** Lines that may come before one that was sent earlier: several times what a sensor has under way together. */
const OUT_OF_ORDER = 8_192

export interface NatsIntakeOptions extends NatsOptions, StreamOptions {}

/** What sensors on other hosts sent, source by source. */
export interface NatsIntake extends AsyncDisposable {
  /** Sources with lines that are not acknowledged yet; none while NATS is away. */
  sources(): Promise<string[]>
  /**
   * One source's lines; one reading at a time. While NATS is away it reads nothing, and an acknowledgement is left to the next one.
   * @throws {AppError} `intake_source_invalid`
   */
  source(name: string): Intake
  readonly status: { readonly connected: boolean; readonly reconnects: number; readonly trouble: string | null }
  connected(timeoutMs?: number): Promise<boolean>
  close(): Promise<void>
}

/**
 * The intake over a JetStream stream, which it makes if there is none. An unreachable server is tried on in the background.
 * @throws {AppError} `nats_no_jetstream`, `nats_stream_refused` and those of connecting
 */
export async function connectNatsIntake(options: NatsIntakeOptions): Promise<NatsIntake> {
  const home = new StreamHome(options)
  await home.open()
  return {
    sources: () => home.sources(),
    source: (name) => new SourceIntake(home, name),
    get status() {
      return { connected: home.link.up, reconnects: home.link.reconnects, trouble: home.trouble.kind }
    },
    connected: (timeoutMs) => home.link.whenConnected(timeoutMs),
    close: () => home.link.close(),
    [Symbol.asyncDispose]: () => home.link.close(),
  }
}

/** The stream as it is on one connection. */
interface Attached {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly birth: string
}

class StreamHome {
  readonly options: NatsIntakeOptions
  readonly trouble: Trouble
  #link: NatsLink | undefined
  #attached: Promise<Attached> | undefined
  #of: NatsConnection | undefined

  constructor(options: NatsIntakeOptions) {
    this.options = options
    this.trouble = new Trouble(options.logger, { stream: streamName(options) })
  }

  get link(): NatsLink {
    if (!this.#link) throw new Error('opened first')
    return this.#link
  }

  async open(): Promise<void> {
    this.#link = await NatsLink.open(this.options, { what: 'intake' })
    try {
      await this.attach()
    } catch (error) {
      const noJetStream = hasNoJetStream(error)
      if (!noJetStream && isPassing(error)) return
      await this.#link.close()
      if (!noJetStream) throw error
      throw new AppError('the NATS server has no JetStream', {
        code: 'nats_no_jetstream',
        status: 502,
        hint: 'Start it with jetstream { store_dir: … } and enable it for the account of this user.',
        cause: error,
      })
    }
  }

  /** Null while NATS is away. @throws what the client says */
  async attach(): Promise<Attached | null> {
    const { connection } = this.link
    if (!connection) return null
    if (this.#of !== connection) {
      this.#of = connection
      this.#attached = this.#look(connection)
    }
    try {
      return (await this.#attached) ?? null
    } catch (error) {
      this.#of = undefined
      throw error
    }
  }

  /** The stream may have been made anew: look again. */
  forget(): void {
    this.#of = undefined
  }

  async #look(connection: NatsConnection): Promise<Attached> {
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: API_MS })
    return { connection, manager, birth: birthOf(await ensureStream(manager, this.options)) }
  }

  /** Runs it on the stream; `otherwise` while it cannot be reached. */
  async reach<T>(run: (attached: Attached) => Promise<T>, otherwise: T): Promise<T> {
    try {
      const attached = await this.attach()
      if (!attached) return otherwise
      const result = await run(attached)
      this.trouble.over('the intake stream answers again')
      return result
    } catch (error) {
      if (!isPassing(error) && !(error instanceof AppError)) throw error
      this.forget()
      this.trouble.met('the intake stream does not answer', { err: error })
      return otherwise
    }
  }

  sources(): Promise<string[]> {
    const filter = allSubjects(this.options)
    return this.reach(async ({ manager }) => {
      const { state } = await manager.streams.info(streamName(this.options), { subjects_filter: filter })
      return sourcesOf(this.options, Object.keys(state.subjects ?? {})).sort()
    }, [])
  }
}

class SourceIntake implements Intake {
  readonly #home: StreamHome
  readonly #source: string
  readonly #subject: string
  #pull: Pull | null = null
  #attached: Attached | null = null
  /** The sequence behind which the pull goes on. */
  #at = 0
  #acked = 0
  #arrivals = new Arrivals(null)
  /** The position that `#arrivals` belongs to. */
  #given: string | null = null
  readonly #receipts: string
  #told = { text: '', at: 0 }

  constructor(home: StreamHome, source: string) {
    this.#home = home
    this.#source = source
    this.#subject = subjectOf(home.options, source)
    this.#receipts = receiptSubjectOf(home.options, source)
  }

  read(position: string | null, limit: number): Promise<IntakeBatch> {
    return this.#home.reach((attached) => this.#read(attached, position, limit), this.#batch([], position ?? '', null, false))
  }

  async ack(position: string): Promise<void> {
    const place = parsePlace(position)
    if (!place || place.sequence === 0) return
    await this.#home.reach(async (attached) => {
      this.#note(attached)
      if (place.birth !== attached.birth || place.sequence <= this.#acked) return
      await attached.manager.streams.purge(streamName(this.#home.options), { filter: this.#subject, seq: place.sequence + 1 })
      this.#acked = place.sequence
    }, undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leave()
  }

  async #read(attached: Attached, position: string | null, limit: number): Promise<IntakeBatch> {
    this.#note(attached)
    const place = parsePlace(position)
    const after = place?.birth === attached.birth ? place.sequence : 0
    if (position !== this.#given) this.#arrivals = new Arrivals(place?.upTo ?? null)
    const pull = await this.#pullFrom(attached, after)
    const taken = await pull.take(limit)
    if (pull.broken) {
      // the consumer may have been forgotten, or its stream: what came is whole all the same
      await this.#leave()
      if (taken.length === 0) this.#home.forget()
    }
    // Whoever asks for what follows a position has everything before it on disk.
    // By what came: after purges, servers of the 2.9 series count messages as pending that are gone.
    const bytes = taken.reduce((sum, { message }) => sum + message.data.length, 0)
    const drained = !pull.broken && taken.length < limit && bytes < LITTLE
    if (place?.upTo) this.#tell(attached, place.upTo, drained ? this.#arrivals.gap : this.#arrivals.ahead > OUT_OF_ORDER)
    const batch = this.#compose(attached, pull, taken, after)
    this.#given = batch.position
    return batch
  }

  /** Tells the sensor what is in the log: until then its spool holds it. */
  #tell({ connection }: Attached, upTo: Count, gap: boolean): void {
    const text = encodeReceipt({ ...upTo, gap })
    if (performance.now() < this.#told.at + (text === this.#told.text ? RECEIPT_MS.again : RECEIPT_MS.least) || connection.isClosed())
      return
    this.#told = { text, at: performance.now() }
    connection.publish(this.#receipts, text)
  }

  #compose({ birth }: Attached, pull: Pull, taken: readonly Pulled[], after: number): IntakeBatch {
    const lines: IntakeLine[] = []
    let sequence = after
    let torn: Buffer | null = null
    for (const [index, pulled] of taken.entries()) {
      sequence = pulled.sequence
      const count = countOf(pulled.message.headers)
      if (count) this.#arrivals.note(count)
      const { upTo } = this.#arrivals
      const { data } = pulled.message
      const received = decodeLine(Buffer.from(data.buffer, data.byteOffset, data.byteLength), pulled.message.headers)
      if (received.kind === 'line') {
        const { kind: _, ...line } = received
        lines.push({ ...line, position: formatPlace({ birth, sequence, upTo }) })
      } else if (received.kind === 'torn') {
        torn = received.bytes
        pull.putBack(taken.slice(index + 1))
        break
      }
    }
    this.#at = sequence
    return this.#batch(
      lines,
      formatPlace({ birth, sequence, upTo: this.#arrivals.upTo }),
      torn,
      taken.length > 0 && (pull.ahead > 0 || pull.pending > 0),
    )
  }

  async #pullFrom(attached: Attached, after: number): Promise<Pull> {
    if (this.#pull && !this.#pull.broken && this.#at === after) return this.#pull
    await this.#leave()
    this.#pull = await Pull.open(attached.connection, attached.manager, streamName(this.#home.options), this.#subject, after + 1)
    this.#at = after
    return this.#pull
  }

  /** What belongs to another connection or another stream is of no use. */
  #note(attached: Attached): void {
    if (this.#attached === attached) return
    if (this.#attached?.birth !== attached.birth) this.#acked = 0
    if (this.#attached?.connection !== attached.connection) this.#pull = null
    this.#attached = attached
  }

  async #leave(): Promise<void> {
    const pull = this.#pull
    this.#pull = null
    await pull?.close()
  }

  #batch(lines: readonly IntakeLine[], position: string, torn: Buffer | null, more: boolean): IntakeBatch {
    return { source: this.#source, lines, torn, position, more }
  }
}
