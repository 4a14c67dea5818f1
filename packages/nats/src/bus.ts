import { AppError } from '@decnet/kernel'
import { type Bus, decodeMessage, Hub, isTopicName, type LocalSubscription } from '@decnet/kernel/bus'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import { NatsLink } from './link.ts'
import type { NatsOptions } from './options.ts'
import { Outgoing } from './outgoing.ts'

/** Longest subject that a server takes in a control line of 4,096 bytes beside verb, number and length. */
const MAX_SUBJECT = 4_000

export interface NatsBusOptions extends NatsOptions {
  /** First token of every subject: `decnet.system.log`. */
  readonly prefix?: string
}

/**
 * A bus over NATS, for parts on several hosts. One connection, made again whenever it is lost; subscriptions are renewed and told of the gap.
 * What is published while it is away is gone for other processes; handles of this one still hear each other. In a cluster `ready` speaks for
 * the node that we are connected to; the others follow within milliseconds.
 * @throws {AppError} `nats_prefix_invalid` and those of {@link NatsLink.open}; an unreachable server is no error
 */
export async function connectNatsBus(options: NatsBusOptions): Promise<Bus> {
  const client = new NatsBus(options)
  await client.open()
  return {
    as: (name) => client.hub.as(name),
    get status() {
      return client.status()
    },
    connected: (timeoutMs) => client.whenConnected(timeoutMs),
    close: () => client.close(),
    [Symbol.asyncDispose]: () => client.close(),
  }
}

class NatsBus {
  readonly hub: Hub
  readonly #options: NatsBusOptions
  readonly #prefix: string
  readonly #subscriptions = new Map<string, Subscription>()
  /** Patterns that the server has not confirmed yet. */
  readonly #unconfirmed = new Set<string>()
  #link: NatsLink | undefined
  #connection: NatsConnection | undefined
  #outgoing: Outgoing | undefined
  #lost = 0
  readonly #told = new Set<string>()

  constructor(options: NatsBusOptions) {
    const { prefix = 'decnet' } = options
    if (!isTopicName(prefix) || prefix.includes('$') || prefix.length > 64) {
      throw new AppError(`${JSON.stringify(prefix)} is no prefix of NATS subjects`, {
        code: 'nats_prefix_invalid',
        status: 400,
        hint: 'Use dot-separated words of letters, digits, - and _, at most 64 characters.',
      })
    }
    this.#options = options
    this.#prefix = `${prefix}.`
    this.hub = new Hub({
      publish: (topic, body) => this.#publish(topic, body),
      subscribe: (subscription, first) => this.#subscribe(subscription, first),
      unsubscribe: (pattern) => this.#unsubscribe(pattern),
    })
  }

  async open(): Promise<void> {
    this.#link = await NatsLink.open(this.#options, {
      what: 'bus',
      noEcho: true,
      up: (connection) => this.#up(connection),
      down: () => this.#down(),
    })
  }

  status() {
    const dropped = this.#lost + this.hub.dropped
    return { adapter: 'nats' as const, connected: this.#connection !== undefined, reconnects: this.#link?.reconnects ?? 0, dropped }
  }

  async whenConnected(timeoutMs?: number): Promise<boolean> {
    return (await this.#link?.whenConnected(timeoutMs)) ?? false
  }

  async close(): Promise<void> {
    this.hub.close()
    await this.#link?.close()
  }

  #up(connection: NatsConnection): void {
    this.#connection = connection
    this.#outgoing = new Outgoing(connection, (count) => {
      this.#lost += count
    })
    for (const pattern of this.hub.patterns()) this.#request(connection, pattern)
  }

  #down(): void {
    this.#outgoing?.end()
    this.#connection = undefined
    this.#outgoing = undefined
    this.#subscriptions.clear()
    this.#unconfirmed.clear()
    for (const subscription of this.hub.allSubscriptions()) subscription.interrupted = true
  }

  #publish(topic: string, body: string): void {
    const subject = this.#prefix + topic
    const limit = this.#connection?.info?.max_payload
    if (!this.#outgoing || limit === undefined) {
      this.#lost++
      return
    }
    const size = Buffer.byteLength(body)
    if (size <= limit && subject.length <= MAX_SUBJECT) this.#outgoing.push(subject, body, size)
    else if (size > limit)
      this.#refuse('nats takes no message of this size', { topic, size, limit, hint: 'Raise max_payload of the server to 1MB.' })
    else this.#refuse('nats takes no subject of this length', { length: subject.length, limit: MAX_SUBJECT })
  }

  /** Counted each time, logged once. */
  #refuse(message: string, fields: Record<string, unknown>): void {
    this.#lost++
    if (!this.#told.has(message)) this.#options.logger?.warn(fields, message)
    this.#told.add(message)
  }

  #subscribe(subscription: LocalSubscription, first: boolean): void {
    // nobody to ask: others may publish before somebody is there
    if (!this.#connection) subscription.interrupted = true
    else if (first) this.#request(this.#connection, subscription.pattern)
    else if (!this.#unconfirmed.has(subscription.pattern)) subscription.acknowledge()
  }

  #request(connection: NatsConnection, pattern: string): void {
    const subject = this.#prefix + pattern
    if (subject.length > MAX_SUBJECT) {
      this.#refuse('nats takes no subject of this length', { length: subject.length, limit: MAX_SUBJECT })
      for (const subscription of this.hub.subscriptions(pattern)) subscription.acknowledge()
      return
    }
    const subscription = connection.subscribe(subject, {
      // a refused subscription comes as an error, which the link logs
      callback: (err, message) => {
        if (!err) this.#deliver(pattern, message)
      },
    })
    this.#subscriptions.set(pattern, subscription)
    this.#unconfirmed.add(pattern)
    const confirmed = () => {
      if (this.#subscriptions.get(pattern) !== subscription) return
      this.#unconfirmed.delete(pattern)
      for (const local of this.hub.subscriptions(pattern)) local.acknowledge()
    }
    connection.flush().then(confirmed, () => null)
  }

  #unsubscribe(pattern: string): void {
    this.#subscriptions.get(pattern)?.unsubscribe()
    this.#subscriptions.delete(pattern)
    this.#unconfirmed.delete(pattern)
  }

  #deliver(pattern: string, { subject, data }: Msg): void {
    const topic = subject.slice(this.#prefix.length)
    if (this.hub.route(topic).length === 0) return
    const decoded = decodeMessage(topic, Buffer.from(data.buffer, data.byteOffset, data.byteLength))
    if (!decoded.ok) this.#lost++
    else if (!decoded.minted) this.hub.deliver(decoded.message)
    // each pattern gets a copy of its own of what came without an id
    else for (const local of this.hub.subscriptions(pattern)) local.push(decoded.message)
  }
}
