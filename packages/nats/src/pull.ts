import { AckPolicy, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream'
import { createInbox, type Msg, type NatsConnection, nanos, type Subscription } from '@nats-io/transport-node'

/** Bytes that one request may bring. */
const REQUEST_BYTES = 8_388_608
/** A consumer that nobody asks for so long is forgotten by the server. */
const INACTIVE_MS = 300_000
/** The server answers a request at once; a consumer that it has forgotten does not answer at all. */
const SILENCE_MS = 1_500

export interface Pulled {
  readonly sequence: number
  readonly message: Msg
}

interface Delivery {
  readonly stream: number
  readonly consumer: number
  readonly pending: number
}

/** What a reply subject says of a delivery: `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>`, longer with a domain. */
function deliveryOf(reply: string | undefined): Delivery | null {
  const tokens = reply?.split('.') ?? []
  if (tokens[0] !== '$JS' || tokens.length < 9) return null
  const at = tokens.length === 9 ? 5 : 7
  const [stream, consumer, pending] = [Number(tokens[at]), Number(tokens[at + 1]), Number(tokens[at + 3])]
  return Number.isSafeInteger(stream) && Number.isSafeInteger(consumer) && Number.isSafeInteger(pending)
    ? { stream, consumer, pending }
    : null
}

/**
 * Reads one subject of a stream in order, from one sequence on, asking for what is there and never waiting for more. It is a consumer of
 * the server's that acknowledges nothing; when anything is out of order, it is broken for good and another one is made.
 */
export class Pull {
  broken = false
  /** Messages behind those that came, as the server last said. */
  pending = 0
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager
  readonly #stream: string
  readonly #name: string
  readonly #inbox: string
  readonly #subscription: Subscription
  #heard = false
  #ahead: Pulled[] = []
  #delivered = 0
  #answered: (() => void) | null = null
  #expected = 0

  private constructor(connection: NatsConnection, manager: JetStreamManager, stream: string, name: string) {
    this.#connection = connection
    this.#manager = manager
    this.#stream = stream
    this.#name = name
    this.#inbox = createInbox()
    this.#subscription = connection.subscribe(this.#inbox, {
      callback: (err, message) => {
        if (err) this.#break()
        else this.#receive(message)
      },
    })
    void connection.closed().then(() => this.#break())
  }

  static async open(connection: NatsConnection, manager: JetStreamManager, stream: string, subject: string, first: number): Promise<Pull> {
    const { name } = await manager.consumers.add(stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: first,
      filter_subject: subject,
      inactive_threshold: nanos(INACTIVE_MS),
      mem_storage: true,
      num_replicas: 1,
    })
    return new Pull(connection, manager, stream, name)
  }

  /** Up to `limit` messages that are there now. */
  async take(limit: number): Promise<Pulled[]> {
    const missing = limit - this.#ahead.length
    if (missing > 0 && !this.broken) await this.#ask(missing)
    return this.#ahead.splice(0, limit)
  }

  /** Messages that came and were not taken. */
  get ahead(): number {
    return this.#ahead.length
  }

  /** Gives messages back that were taken and are not wanted yet. */
  putBack(messages: readonly Pulled[]): void {
    this.#ahead.unshift(...messages)
  }

  async close(): Promise<void> {
    this.#break()
    if (this.#connection.isClosed()) return
    this.#subscription.unsubscribe()
    // it is gone already, or goes by itself
    await this.#manager.consumers.delete(this.#stream, this.#name).catch(() => false)
  }

  async #ask(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#expected = this.#ahead.length + count
    this.#answered = resolve
    this.#heard = false
    const silence = setInterval(() => {
      if (!this.#heard) this.#break()
      this.#heard = false
    }, SILENCE_MS)
    this.#connection.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${this.#stream}.${this.#name}`,
      JSON.stringify({ batch: count, no_wait: true, max_bytes: REQUEST_BYTES }),
      { reply: this.#inbox },
    )
    if (!this.broken) await promise
    clearInterval(silence)
    this.#answered = null
  }

  #receive(message: Msg): void {
    this.#heard = true
    const delivery = deliveryOf(message.reply)
    // a status: no more messages, too many bytes for one answer
    if (!delivery) {
      if (message.headers?.code === 404) this.pending = 0
      this.#answered?.()
      return
    }
    if (this.broken) return
    if (delivery.consumer !== ++this.#delivered) {
      this.#break()
      return
    }
    this.pending = delivery.pending
    this.#ahead.push({ sequence: delivery.stream, message })
    if (this.#ahead.length >= this.#expected) this.#answered?.()
  }

  #break(): void {
    this.broken = true
    this.#answered?.()
  }
}
