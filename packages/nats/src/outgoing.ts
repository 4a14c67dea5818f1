import type { NatsConnection } from '@nats-io/transport-node'

/** Bytes on their way and not confirmed, above which messages wait here. */
const HIGH_WATER = 8_388_608
const CONFIRM_EVERY = 262_144
const MAX_WAITING = 1_024
const MAX_WAITING_BYTES = 4_194_304

interface Waiting {
  readonly subject: string
  readonly body: string
  readonly size: number
}

/**
 * What a publisher runs ahead of one connection's server: bounded by pings between the messages, because the client itself would keep any
 * amount for a server that does not read. Beyond the bound the oldest go.
 */
export class Outgoing {
  readonly #connection: NatsConnection
  readonly #dropped: (count: number) => void
  #onTheWay = 0
  #sincePing = 0
  #waiting: Waiting[] = []
  #waitingBytes = 0

  constructor(connection: NatsConnection, dropped: (count: number) => void) {
    this.#connection = connection
    this.#dropped = dropped
  }

  /** `size`: bytes of the body. */
  push(subject: string, body: string, size: number): void {
    if (this.#onTheWay < HIGH_WATER && this.#waiting.length === 0) {
      this.#send(subject, body, size)
      return
    }
    this.#waiting.push({ subject, body, size })
    this.#waitingBytes += size
    let surplus = 0
    while (this.#waiting.length - surplus > MAX_WAITING || (this.#waitingBytes > MAX_WAITING_BYTES && this.#waiting.length - surplus > 1)) {
      this.#waitingBytes -= this.#waiting[surplus++]?.size ?? 0
    }
    if (surplus === 0) return
    this.#waiting.splice(0, surplus)
    this.#dropped(surplus)
  }

  /** The connection is gone: what waits goes with it. */
  end(): void {
    this.#dropped(this.#waiting.length)
    this.#waiting = []
    this.#waitingBytes = 0
  }

  #send(subject: string, body: string, size: number): void {
    try {
      this.#connection.publish(subject, body)
    } catch {
      // it closed since: the link has not heard of it yet
      this.#dropped(1)
      return
    }
    const bytes = size + subject.length
    this.#onTheWay += bytes
    this.#sincePing += bytes
    if (this.#sincePing < CONFIRM_EVERY) return
    const confirmed = this.#sincePing
    this.#sincePing = 0
    this.#connection.flush().then(
      () => this.#confirm(confirmed),
      () => null,
    )
  }

  #confirm(bytes: number): void {
    this.#onTheWay -= bytes
    let sent = 0
    while (this.#onTheWay < HIGH_WATER) {
      const next = this.#waiting[sent]
      if (!next) break
      sent++
      this.#waitingBytes -= next.size
      this.#send(next.subject, next.body, next.size)
    }
    this.#waiting.splice(0, sent)
  }
}
