import type { BusLogger } from './logger.ts'
import type { Bus, BusEvent, BusHandle, Subscription } from './port.ts'

/** Messages that wait at a bridge for their turn; one that falls behind further loses the oldest, as every consumer does. */
const QUEUE = 8_192

export interface BridgeOptions {
  /** What crosses, in both directions; everything. Patterns that overlap are no harm. */
  readonly patterns?: readonly string[]
  /** Messages of one side may have been missed, so what is on the other side cannot know of them. */
  readonly onGap?: (side: 'local' | 'remote', reason: 'reconnected' | 'overflow') => void
  readonly logger?: BusLogger
}

export interface Bridge extends AsyncDisposable {
  /** Resolves when everything published on either side from then on crosses. */
  readonly ready: Promise<void>
  /** Messages taken across, repeats that the far side knew already included. */
  readonly crossed: { readonly toRemote: number; readonly toLocal: number }
  /** Ends both directions; the buses stay open. Idempotent. */
  close(): void
}

/**
 * Joins two buses, a host's own and one between hosts, so that local workers need no client of the other. Every message crosses as its
 * publisher made it: id, time, type, payload. Any number of bridges may join any buses, also in circles and in parallel: nobody gets a
 * message twice, because a process hands out and sends each id once. Order of one publisher is kept.
 */
export function bridgeBuses(local: Bus, remote: Bus, options: BridgeOptions = {}): Bridge {
  const { patterns = ['>'], onGap, logger } = options
  const sides = { local: local.as('bridge'), remote: remote.as('bridge') }
  const crossed = { toRemote: 0, toLocal: 0 }
  let refused = 0
  const cross = (to: BusHandle, count: 'toRemote' | 'toLocal', event: BusEvent & { kind: 'message' }) => {
    try {
      to.relay(event.message)
      crossed[count]++
    } catch (err) {
      logger?.[refused++ === 0 ? 'warn' : 'debug']({ err, topic: event.message.topic }, 'bridge could not pass a message on')
    }
  }
  const carry = async (subscription: Subscription, from: 'local' | 'remote') => {
    for await (const event of subscription) {
      if (event.kind === 'gap') onGap?.(from, event.reason)
      else if (from === 'local') cross(sides.remote, 'toRemote', event)
      else cross(sides.local, 'toLocal', event)
    }
  }
  const subscriptions = (['local', 'remote'] as const).flatMap((from) =>
    patterns.map((pattern) => {
      const subscription = sides[from].subscribe(pattern, { queueSize: QUEUE })
      void carry(subscription, from)
      return subscription
    }),
  )
  const close = () => {
    for (const subscription of subscriptions) subscription.close()
  }
  return {
    ready: Promise.all(subscriptions.map(({ ready }) => ready)).then(() => undefined),
    get crossed() {
      return { ...crossed }
    },
    close,
    [Symbol.asyncDispose]: async () => close(),
  }
}
