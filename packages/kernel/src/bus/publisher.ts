import type { MessagePort } from 'node:worker_threads'
import type { BusLogger } from './logger.ts'
import type { BusHandle } from './port.ts'

/** Publishes and never raises; once its bus is closed it does nothing. */
export type SafePublish = (topic: string, payload: object, type?: string) => void

/** Wraps a handle for code that must not fail because of a bus; without a handle it does nothing. What cannot be sent is logged: the first time as a warning. */
export function safePublisher(handle: BusHandle | null, logger?: BusLogger): SafePublish {
  let failures = 0
  return (topic, payload, type) => {
    try {
      handle?.publish(topic, payload, type)
    } catch (err) {
      logger?.[failures++ === 0 ? 'warn' : 'debug']({ err, publisher: handle?.name }, 'bus publish failed')
    }
  }
}

/**
 * The publisher of another thread: hands messages over a port whose other end is given to {@link relayPublishes}.
 * Does nothing once either end is closed.
 */
export function threadPublisher(port: MessagePort, logger?: BusLogger): SafePublish {
  let open = true
  port.once('close', () => {
    open = false
  })
  port.unref()
  return (topic, payload, type) => {
    if (!open) return
    try {
      port.postMessage({ topic, payload, type })
    } catch (err) {
      logger?.warn({ err }, 'bus publish failed')
    }
  }
}

/** Publishes what a thread hands over, on the thread that has the bus. Disposing it ends the thread's publisher too. */
export function relayPublishes(port: MessagePort, publish: SafePublish): Disposable {
  const relay = ({ topic, payload, type }: { topic: string; payload: object; type?: string }) => publish(topic, payload, type)
  port.on('message', relay)
  port.unref()
  return { [Symbol.dispose]: () => port.close() }
}
