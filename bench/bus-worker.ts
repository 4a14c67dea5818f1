import { once } from 'node:events'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { openUnixBroker } from '@decnet/kernel/bus'
import { type Kind, type Line, openLines } from './bus-line.ts'
import { SCENARIOS } from './bus-scenario.ts'

// one process of bench/bus.ts; its order is its argument, as JSON

export interface Order {
  readonly role: 'broker' | 'subscribe' | 'publish'
  readonly kind: Kind
  /** A socket's path, or host and port of nats-server. */
  readonly target: string
  /** Index into SCENARIOS. */
  readonly scenario: number
  /** Which of the listening processes. */
  readonly process: number
  readonly messages: number
  /** Messages a second; 0 = as many as arrive. */
  readonly rate: number
}
/** What a listening process says at the end; nanoseconds of the machine's monotonic clock. */
export interface Heard {
  readonly began: number
  readonly ended: number
  /** From publishing to the decoded envelope, after the first tenth; with a rate only. */
  readonly delays: Float64Array
}

// what each bus does best with: messages under way, messages per credit, messages per turn of the event loop
const UNIX = { window: 2_048, credit: 256, burst: 128 }
const PACE = { unix: UNIX, host: UNIX, adapter: UNIX, nats: { window: 16_384, credit: 2_048, burst: 512 } }
const CREDIT = 'credit.bench'
const PAYLOAD_BYTES = 256

const order = JSON.parse(process.argv[2] ?? '{}') as Order
const { role, kind, target, messages, rate } = order
const scenario = SCENARIOS[order.scenario]
const pace = PACE[kind]
const say = (message: object) => process.send?.(message)
const now = () => Number(process.hrtime.bigint())
const warm = Math.floor(messages / 10)

async function subscribe(): Promise<void> {
  if (!scenario) return
  const lines = await openLines(kind, target, scenario.connections)
  let open = scenario.receivers / scenario.processes
  let began = Number.POSITIVE_INFINITY
  const delays = new Float64Array(rate === 0 ? 0 : open * (messages - warm))
  let delayed = 0
  const listen = (line: Line, index: number) => {
    const connection = order.process * lines.length + index
    let count = 0
    return line.listen(scenario.patterns(connection), ({ at }) => {
      if (rate > 0 && count >= warm) delays[delayed++] = now() - Number(at)
      if (++count === warm) began = Math.min(began, now())
      if (rate === 0 && count % pace.credit === 0) line.send(CREDIT, { connection, count })
      if (count === messages && --open === 0) say({ began, ended: now(), delays } satisfies Heard)
    })
  }
  await Promise.all(lines.map(listen))
  say({ ready: true })
}

/** 256 bytes as JSON. */
function makePayload(): { at: number; text: string } {
  const payload = { ip: '192.0.2.7', service: 'ssh', at: now(), text: '' }
  payload.text = 'x'.repeat(PAYLOAD_BYTES - JSON.stringify(payload).length)
  return payload
}

async function atFullSpeed(send: (n: number) => void, line: Line): Promise<void> {
  const credits = new Map<unknown, number>()
  let credited = 0
  let wake = Promise.withResolvers<void>()
  await line.listen([CREDIT], ({ connection, count }) => {
    credits.set(connection, Number(count))
    if (credits.size === scenario?.receivers) credited = Math.min(...credits.values())
    wake.resolve()
  })
  say({ ready: true })
  await once(process, 'message')
  for (let sent = 0; sent < messages; ) {
    while (sent < messages && sent - credited < pace.window) {
      send(sent)
      if (++sent % pace.burst === 0) await turn()
    }
    if (sent < messages && sent - credited >= pace.window) {
      wake = Promise.withResolvers()
      await wake.promise
    }
  }
}

async function atRate(send: (n: number) => void): Promise<void> {
  say({ ready: true })
  await once(process, 'message')
  const began = performance.now()
  for (let sent = 0; sent < messages; await pause(1)) {
    const due = Math.min(messages, Math.floor(((performance.now() - began) * rate) / 1_000))
    while (sent < due) send(sent++)
  }
}

async function publish(): Promise<void> {
  const [line] = await openLines(kind, target, 1)
  if (!line || !scenario) return
  const payload = makePayload()
  const send = (n: number) => {
    payload.at = now()
    line.send(scenario.topic(n), payload)
  }
  await (rate > 0 ? atRate(send) : atFullSpeed(send, line))
}

if (role === 'broker') {
  await openUnixBroker({ path: target })
  say({ ready: true })
} else await (role === 'subscribe' ? subscribe() : publish())
