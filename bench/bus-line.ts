import { type Bus, connectUnixBus, decodeMessage, encodeMessage, makeMessage, openUnixBroker } from '@decnet/kernel/bus'

/** How a process reaches others: our UNIX bus (as a client, or as the process that hosts it), nats-server's own client, or our adapter to it. */
export type Kind = 'unix' | 'host' | 'nats' | 'adapter'
export type Payload = Record<string, unknown>

/** One connection; both sides of each carry whole envelopes. */
export interface Line {
  send(topic: string, payload: object): void
  /** Resolves when whatever is sent from then on arrives. */
  listen(patterns: readonly string[], heard: (payload: Payload) => void): Promise<void>
}

function busLine(bus: Bus, name: string): Line {
  const handle = bus.as(name)
  return {
    send: (topic, payload) => handle.publish(topic, payload),
    async listen(patterns, heard) {
      const subscriptions = patterns.map((pattern) => handle.subscribe(pattern))
      for (const { ready } of subscriptions) await ready
      for (const subscription of subscriptions) {
        void (async () => {
          for await (const event of subscription) if (event.kind === 'message') heard(event.message.payload)
        })()
      }
    },
  }
}

async function natsLine(server: string): Promise<Line> {
  const { connect } = await import('@nats-io/transport-node')
  const nats = await connect({ servers: server })
  return {
    send: (topic, payload) => nats.publish(topic, encodeMessage(makeMessage(topic, payload))),
    async listen(patterns, heard) {
      const subscriptions = patterns.map((pattern) => nats.subscribe(pattern))
      await nats.flush()
      for (const subscription of subscriptions) {
        void (async () => {
          for await (const { subject, data } of subscription) {
            const decoded = decodeMessage(subject, Buffer.from(data.buffer, data.byteOffset, data.byteLength))
            if (decoded.ok) heard(decoded.message.payload)
          }
        })()
      }
    },
  }
}

/** `count` connections of their own; a host's are handles of the one bus that it serves. */
export async function openLines(kind: Kind, target: string, count: number): Promise<Line[]> {
  const names = Array.from({ length: count }, (_, n) => `line-${n}`)
  if (kind === 'host') {
    const broker = await openUnixBroker({ path: target })
    return names.map((name) => busLine(broker, name))
  }
  if (kind === 'nats') return Promise.all(names.map(() => natsLine(target)))
  const { connectNatsBus } = await import('../packages/nats/src/index.ts')
  return Promise.all(
    names.map(async (name) => {
      const bus =
        kind === 'unix' ? connectUnixBus({ path: target, name }) : await connectNatsBus({ servers: target, name, prefix: 'bench' })
      await bus.connected()
      return busLine(bus, name)
    }),
  )
}
