import type { BusEvent, BusMessage, Subscription } from './port.ts'

export const DEFAULT_QUEUE = 1_024

export interface SubscriptionHooks {
  closed(subscription: LocalSubscription): void
  dropped(): void
}

/**
 * A subscription of this process: a bounded queue, the oldest goes first. Gaps and the end are states, not items of the queue, so a
 * full one hides neither; a gap is told before what waits in the queue. Several iterators share one queue.
 */
export class LocalSubscription implements Subscription {
  readonly pattern: string
  readonly ready: Promise<void>
  /** Whose it is: a publisher does not hear itself, unless `echo`. */
  readonly owner: object
  readonly echo: boolean
  /** Messages may have been missed since it was last acknowledged. */
  interrupted = false
  readonly #hooks: SubscriptionHooks
  readonly #limit: number
  #ring: (BusMessage | undefined)[] = new Array(16)
  #head = 0
  #size = 0
  #dropped = 0
  #overflow = false
  #reconnected = false
  #closed = false
  #acknowledge: () => void
  #waiting: ((result: IteratorResult<BusEvent>) => void)[] = []

  constructor(pattern: string, owner: object, options: { readonly echo?: boolean; readonly queueSize?: number }, hooks: SubscriptionHooks) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.pattern = pattern
    this.owner = owner
    this.echo = options.echo ?? false
    this.#limit = Math.max(1, Math.floor(options.queueSize ?? DEFAULT_QUEUE))
    this.#hooks = hooks
    this.ready = promise
    this.#acknowledge = resolve
  }

  get dropped(): number {
    return this.#dropped
  }

  push(message: BusMessage): void {
    if (this.#closed) return
    const waiter = this.#waiting.shift()
    if (waiter) {
      waiter({ done: false, value: { kind: 'message', message } })
      return
    }
    if (this.#size === this.#limit) {
      this.#head = (this.#head + 1) % this.#ring.length
      this.#size--
      this.#dropped++
      this.#overflow = true
      this.#hooks.dropped()
    } else if (this.#size === this.#ring.length) this.#grow()
    this.#ring[(this.#head + this.#size++) % this.#ring.length] = message
  }

  /** The next event that an iterator takes is this gap. */
  gap(reason: 'reconnected' | 'overflow'): void {
    if (this.#closed) return
    const waiter = this.#waiting.shift()
    if (waiter) waiter({ done: false, value: { kind: 'gap', reason } })
    else if (reason === 'overflow') this.#overflow = true
    else this.#reconnected = true
  }

  /** From here on it misses nothing; after an interruption it says so by a gap. */
  acknowledge(): void {
    this.#acknowledge()
    if (this.interrupted) this.gap('reconnected')
    this.interrupted = false
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#ring = []
    this.#size = 0
    this.#acknowledge()
    for (const waiter of this.#waiting.splice(0)) waiter({ done: true, value: undefined })
    this.#hooks.closed(this)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<BusEvent> {
    const iterator: AsyncIterableIterator<BusEvent> = {
      next: () => this.#next(),
      return: () => Promise.resolve({ done: true, value: undefined }),
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  #next(): Promise<IteratorResult<BusEvent>> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined })
    if (this.#reconnected) {
      this.#reconnected = false
      return Promise.resolve({ done: false, value: { kind: 'gap', reason: 'reconnected' } })
    }
    if (this.#overflow) {
      this.#overflow = false
      return Promise.resolve({ done: false, value: { kind: 'gap', reason: 'overflow' } })
    }
    const message = this.#ring[this.#head]
    if (this.#size === 0 || !message) return new Promise((resolve) => this.#waiting.push(resolve))
    this.#ring[this.#head] = undefined
    this.#head = (this.#head + 1) % this.#ring.length
    this.#size--
    return Promise.resolve({ done: false, value: { kind: 'message', message } })
  }

  #grow(): void {
    const bigger: (BusMessage | undefined)[] = new Array(Math.min(this.#limit, this.#ring.length * 2))
    for (let index = 0; index < this.#size; index++) bigger[index] = this.#ring[(this.#head + index) % this.#ring.length]
    this.#ring = bigger
    this.#head = 0
  }
}
