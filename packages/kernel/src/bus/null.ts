import type { Bus, BusHandle, Subscription } from './port.ts'

const ended = (pattern: string): Subscription => ({
  pattern,
  ready: Promise.resolve(),
  dropped: 0,
  close: () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
})

/** The bus when it is switched off: publishing does nothing, a subscription ends at once, nothing ever raises; everything works by polling. */
export function createNullBus(): Bus {
  const handle = (name: string): BusHandle => ({
    name,
    publish: () => undefined,
    publishTo: () => undefined,
    relay: () => undefined,
    subscribe: ended,
  })
  return {
    as: handle,
    status: { adapter: 'null', connected: false, reconnects: 0, dropped: 0 },
    connected: async () => false,
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
}
