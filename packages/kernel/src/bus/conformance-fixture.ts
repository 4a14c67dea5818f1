import type { Bus, BusEvent, BusMessage, Subscription } from './port.ts'

/** One bus under test and what only its adapter knows how to do. */
export interface BusFixture {
  readonly bus: Bus
  /** The same bus as another process sees it; absent when it cannot leave its process. */
  readonly join?: () => Promise<Bus>
  /** Takes the middle away, runs `during`, brings it back. */
  readonly outage?: (during: () => Promise<void>) => Promise<void>
  close(): Promise<void>
}

/** The next event, or a failure after `ms`. */
export async function nextEvent(subscription: Subscription, ms = 5_000): Promise<BusEvent> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`nothing on ${subscription.pattern} within ${ms} ms`)), ms)
  try {
    const result = await Promise.race([subscription[Symbol.asyncIterator]().next(), late.promise])
    if (result.done) throw new Error(`${subscription.pattern} has ended`)
    return result.value
  } finally {
    clearTimeout(timer)
  }
}

/** The next message; gaps are passed over. */
export async function nextMessage(subscription: Subscription, ms = 5_000): Promise<BusMessage> {
  const event = await nextEvent(subscription, ms)
  return event.kind === 'message' ? event.message : nextMessage(subscription, ms)
}
