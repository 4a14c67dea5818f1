import type { AnyTopic, PayloadOf } from '@decnet/contracts/topics'

/** One message as a subscriber sees it. `topic` comes from the frame's header, never from the body. */
export interface BusMessage<Payload = Record<string, unknown>> {
  readonly v: 1
  /** 32 lowercase hex digits; the publisher's own. */
  readonly id: string
  readonly topic: string
  /** Short discriminator; empty when the topic says it all. */
  readonly type: string
  /** Epoch seconds, the publisher's own clock. */
  readonly ts: number
  readonly payload: Payload
}

/** What a subscription yields: messages, and a local `gap` after every time that messages may have been missed. */
export type BusEvent =
  | { readonly kind: 'message'; readonly message: BusMessage }
  | { readonly kind: 'gap'; readonly reason: 'reconnected' | 'overflow' }

export interface Subscription extends AsyncIterable<BusEvent>, AsyncDisposable {
  readonly pattern: string
  /** Resolves when the broker has acknowledged it: what is published afterwards arrives. Resolves also on a null bus. */
  readonly ready: Promise<void>
  /** Messages dropped here because the consumer was slow (queue of 1,024, the oldest goes first). */
  readonly dropped: number
  /** Ends every iterator at once; idempotent. */
  close(): void
}

/**
 * A publisher's own view of the bus. Messages published through one handle are not echoed to its own subscriptions
 * (unless `echo`), but reach every other handle, also in the same process.
 */
export interface BusHandle {
  readonly name: string
  /**
   * Fire and forget, at most once: never throws for transport reasons, never waits for a consumer.
   * @throws {BusMessageError} at the caller for what can never be sent: a bad topic name, a body over 1 MiB.
   */
  publish(topic: string, payload: object, type?: string): void
  /** Typed form: `publishTo(topics.deckyState, ['web-01'], {…})`. */
  publishTo<T extends AnyTopic>(topic: T, segments: Parameters<T['name']>, payload: PayloadOf<T> & object, type?: string): void
  /**
   * Passes on a message that another publisher made, as it is: its id, time and type. Like {@link publish} it is not echoed to this handle;
   * a message whose id this process has already sent or received does nothing.
   * @throws {BusMessageError} as {@link publish}, and for an id or a time that no bus gives
   */
  relay(message: BusMessage): void
  /** @throws {BusMessageError} when `>` is not last or a token is empty; {BusClosedError} once the bus is closed. */
  subscribe(pattern: string, options?: { readonly echo?: boolean; readonly queueSize?: number }): Subscription
}

export interface BusStatus {
  readonly adapter: 'memory' | 'null' | 'unix' | 'nats'
  readonly connected: boolean
  readonly reconnects: number
  /** Messages that could not be sent or were dropped in a full queue. */
  readonly dropped: number
}

export interface Bus extends AsyncDisposable {
  /** The handle of one worker. Two calls with one name give two handles. */
  as(name: string): BusHandle
  readonly status: BusStatus
  /** Resolves once connected, or after `timeoutMs` anyway: workers run without a bus. */
  connected(timeoutMs?: number): Promise<boolean>
  /** Idempotent; ends every subscription. Publishing afterwards does nothing, subscribing throws {@link BusClosedError}. */
  close(): Promise<void>
}

export class BusClosedError extends Error {
  override readonly name = 'BusClosedError'
}
export class BusMessageError extends Error {
  override readonly name = 'BusMessageError'
}
