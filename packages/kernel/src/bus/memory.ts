import { Hub } from './hub.ts'
import type { Bus } from './port.ts'

/** A bus within one process: the rules of the real one (limits, payloads as JSON, no echo), without a socket. */
export function createMemoryBus(): Bus {
  const hub = new Hub({
    publish: () => undefined,
    subscribe: (subscription) => subscription.acknowledge(),
    unsubscribe: () => undefined,
  })
  const close = async () => hub.close()
  return {
    as: (name) => hub.as(name),
    get status() {
      return { adapter: 'memory' as const, connected: !hub.closed, reconnects: 0, dropped: hub.dropped }
    },
    connected: async () => !hub.closed,
    close,
    [Symbol.asyncDispose]: close,
  }
}
