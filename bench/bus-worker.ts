import { setImmediate as turn } from 'node:timers/promises'
import { type Bus, connectUnixBus, decodeMessage, encodeMessage, makeMessage, openUnixBroker } from '@decnet/kernel/bus'

// one process of bench/bus.ts: broker | subscribe | publish, over unix (client), host (in the broker's process) or nats

// what each bus does best with: messages under way, messages per credit, messages per turn of the event loop
const PACE = { unix: { window: 2_048, credit: 256, burst: 128 }, nats: { window: 16_384, credit: 2_048, burst: 512 } }
const DATA = 'bench.data'
const BACK = 'bench.credit'

interface Line {
  send(topic: string, payload: object): void
  listen(topic: string, heard: (payload: Record<string, unknown>) => void): Promise<void>
}

const [role = '', kind = '', target = '', ...rest] = process.argv.slice(2)
const messages = Number(rest.at(-1))
const pace = PACE[kind === 'nats' ? 'nats' : 'unix']
const say = (message: object) => process.send?.(message)

function busLine(bus: Bus): Line {
  const handle = bus.as('bench')
  return {
    send: (topic, payload) => handle.publish(topic, payload),
    async listen(topic, heard) {
      const subscription = handle.subscribe(topic)
      await subscription.ready
      void (async () => {
        for await (const event of subscription) if (event.kind === 'message') heard(event.message.payload)
      })()
    },
  }
}

async function natsLine(server: string): Promise<Line> {
  const { connect } = await import('@nats-io/transport-node')
  const nats = await connect({ servers: server })
  return {
    send: (topic, payload) => nats.publish(topic, encodeMessage(makeMessage(topic, payload))),
    async listen(topic, heard) {
      const subscription = nats.subscribe(topic)
      await nats.flush()
      void (async () => {
        for await (const { subject, data } of subscription) {
          const decoded = decodeMessage(subject, Buffer.from(data.buffer, data.byteOffset, data.byteLength))
          if (decoded.ok) heard(decoded.message.payload)
        }
      })()
    },
  }
}

async function openLine(): Promise<Line> {
  if (kind === 'nats') return natsLine(target)
  return busLine(kind === 'host' ? await openUnixBroker({ path: target }) : connectUnixBus({ path: target, name: role }))
}

async function subscribe(): Promise<void> {
  const line = await openLine()
  let count = 0
  let began = 0n
  await line.listen(DATA, () => {
    if (count++ === 0) began = process.hrtime.bigint()
    if (count % pace.credit === 0) line.send(BACK, { count })
    if (count === messages) say({ rate: (messages - 1) / (Number(process.hrtime.bigint() - began) / 1e9) })
  })
  say({ ready: true })
}

async function publish(): Promise<void> {
  const line = await openLine()
  let credited = 0
  let wake = Promise.withResolvers<void>()
  await line.listen(BACK, ({ count }) => {
    credited = Number(count)
    wake.resolve()
  })
  say({ ready: true })
  const payload = { text: 'x'.repeat(200), ip: '192.0.2.7', service: 'ssh', n: 0 }
  payload.text = payload.text.slice(0, 200 + 256 - JSON.stringify(payload).length - 6)
  for (let sent = 0; sent < messages; ) {
    while (sent < messages && sent - credited < pace.window) {
      payload.n = 100_000 + (sent % 900_000)
      line.send(DATA, payload)
      if (++sent % pace.burst === 0) await turn()
    }
    if (sent - credited >= pace.window) {
      wake = Promise.withResolvers()
      if (sent - credited >= pace.window) await wake.promise
    }
  }
}

if (role === 'broker') {
  await openUnixBroker({ path: kind })
  say({ ready: true })
} else await (role === 'subscribe' ? subscribe() : publish())
