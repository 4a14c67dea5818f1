import type { AnyTopic, PayloadOf } from '@decnet/contracts/topics'
import { draftedMessage, draftMessage, encodeDraft, encodeMessage } from './envelope.ts'
import { isPattern, isTopicName } from './matching.ts'
import { BusClosedError, type BusHandle, type BusMessage, BusMessageError, type Subscription } from './port.ts'
import { RecentIds } from './recent-ids.ts'
import { LocalSubscription } from './subscription.ts'
import { TopicTrie } from './topic-trie.ts'

/** How a hub reaches other processes. No method may throw or wait. */
export interface Wire {
  publish(topic: string, body: string): void
  /** `first`: this process had no subscription to that pattern. The wire acknowledges the subscription when it is in force. */
  subscribe(subscription: LocalSubscription, first: boolean): void
  /** The last subscription to a pattern is gone. */
  unsubscribe(pattern: string): void
}

const ROUTES = 4_096
/** Ids remembered; copies of a message that come along different bridges lie far fewer messages apart. 256 KiB. */
const REMEMBERED = 32_768

/** What all handles of one process share: who subscribed to what, and delivery between them without a wire. */
export class Hub {
  /** Messages that this process's own queues dropped. */
  dropped = 0
  closed = false
  readonly #wire: Wire
  readonly #trie = new TopicTrie<LocalSubscription>()
  readonly #byPattern = new Map<string, Set<LocalSubscription>>()
  readonly #recent = new RecentIds(REMEMBERED)
  #routes = new Map<string, readonly LocalSubscription[]>()

  constructor(wire: Wire) {
    this.#wire = wire
  }

  as(name: string): BusHandle {
    const owner = {}
    const publish = (topic: string, payload: object, type?: string) => this.#publish(owner, topic, payload, type)
    return {
      name,
      publish,
      publishTo: <T extends AnyTopic>(topic: T, segments: Parameters<T['name']>, payload: PayloadOf<T> & object, type?: string) =>
        publish(nameOf(topic, segments), payload, type),
      relay: (message) => this.#relay(owner, message),
      subscribe: (pattern, options = {}) => this.#subscribe(owner, pattern, options),
    }
  }

  /** Subscriptions that a topic reaches; none when it is no topic's name. */
  route(topic: string): readonly LocalSubscription[] {
    let route = this.#routes.get(topic)
    if (!route) {
      if (!isTopicName(topic)) return []
      route = [...this.#trie.match(topic)]
      if (this.#routes.size >= ROUTES) this.#routes.clear()
      this.#routes.set(topic, route)
    }
    return route
  }

  /** Hands what came over the wire to every subscription on its route; once, however many copies come. */
  deliver(message: BusMessage): void {
    const route = this.route(message.topic)
    if (route.length > 0 && this.#recent.add(message.id)) for (const subscription of route) subscription.push(message)
  }

  #hand(message: BusMessage, publisher: object): void {
    for (const subscription of this.route(message.topic)) {
      if (subscription.owner !== publisher || subscription.echo) subscription.push(message)
    }
  }

  patterns(): string[] {
    return [...this.#byPattern.keys()]
  }

  subscriptions(pattern: string): Iterable<LocalSubscription> {
    return this.#byPattern.get(pattern) ?? []
  }

  *allSubscriptions(): Iterable<LocalSubscription> {
    for (const set of this.#byPattern.values()) yield* set
  }

  /** Ends every subscription; idempotent. */
  close(): void {
    this.closed = true
    for (const subscription of [...this.allSubscriptions()]) subscription.close()
  }

  #publish(owner: object, topic: string, payload: object, type?: string): void {
    if (this.closed) return
    this.#checkTopic(topic)
    const draft = draftMessage(payload, type)
    const body = encodeDraft(draft)
    this.#recent.add(draft.id)
    if (this.route(topic).some((subscription) => subscription.owner !== owner || subscription.echo)) {
      this.#hand(draftedMessage(topic, draft), owner)
    }
    this.#wire.publish(topic, body)
  }

  #relay(owner: object, message: BusMessage): void {
    if (this.closed) return
    this.#checkTopic(message.topic)
    const body = encodeMessage(message)
    if (!this.#recent.add(message.id)) return
    this.#hand(message, owner)
    this.#wire.publish(message.topic, body)
  }

  #checkTopic(topic: string): void {
    if (!this.#routes.has(topic) && !isTopicName(topic)) {
      throw new BusMessageError('a topic is dot-separated tokens of visible ASCII without wildcards, at most 4,089 bytes')
    }
  }

  #subscribe(owner: object, pattern: string, options: { readonly echo?: boolean; readonly queueSize?: number }): Subscription {
    if (this.closed) throw new BusClosedError('the bus is closed')
    if (!isPattern(pattern)) {
      throw new BusMessageError('a pattern is dot-separated tokens of visible ASCII, `*` stands alone, `>` stands alone and last')
    }
    const subscription = new LocalSubscription(pattern, owner, options, {
      closed: (ended) => this.#remove(ended),
      dropped: () => this.dropped++,
    })
    const same = this.#byPattern.get(pattern)
    if (same) same.add(subscription)
    else this.#byPattern.set(pattern, new Set([subscription]))
    this.#trie.add(pattern, subscription)
    this.#routes = new Map()
    this.#wire.subscribe(subscription, same === undefined)
    return subscription
  }

  #remove(subscription: LocalSubscription): void {
    const same = this.#byPattern.get(subscription.pattern)
    if (!same?.delete(subscription)) return
    this.#trie.remove(subscription.pattern, subscription)
    this.#routes = new Map()
    if (same.size > 0) return
    this.#byPattern.delete(subscription.pattern)
    this.#wire.unsubscribe(subscription.pattern)
  }
}

function nameOf(topic: AnyTopic, segments: readonly string[]): string {
  try {
    return topic.name(...(segments as Parameters<AnyTopic['name']>))
  } catch (cause) {
    throw new BusMessageError('a topic segment is refused', { cause })
  }
}
