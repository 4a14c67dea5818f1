import { events } from '@decnet/contracts/events'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { defineService } from './define.ts'
import { examplePersona } from './example-persona.ts'
import { ofType, type ServiceHarness, startService } from './harness.ts'
import { wireClient } from './wire-client.ts'

const GREETING = 'welcome, whoever you are'
/** Greets, and echoes. */
const greeter = defineService({
  name: 'greeter',
  title: 'Greeter',
  ports: [{ port: 7, transport: 'tcp' }],
  config: z.object({}),
  emits: [events.command],
  limits: () => ({ connections: 0, perSource: 0, idleSeconds: 0, totalSeconds: 0 }),
  async serve(socket) {
    socket.write(GREETING.slice(0, 10))
    socket.write(GREETING.slice(10))
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) socket.write(chunk as Buffer)
  },
})

const running: ServiceHarness[] = []
afterEach(async () => {
  for (const harness of running.splice(0)) await harness.close()
})
async function start() {
  const harness = await startService(greeter, { persona: examplePersona() })
  running.push(harness)
  return harness
}
const whole = (text: string) => (heard: Buffer) => heard.toString() === text

test('whoever comes to a tarpit waits for the first word and then gets it byte by byte, and all of it in order', async () => {
  const service = await start()
  service.running.setTarpit({ acceptMs: 300, bytesPerSecond: 60 })
  const from = performance.now()
  const client = await wireClient(service.port)
  let pieces = 0
  let last = 0
  await client.until((heard) => {
    if (heard.length > last) pieces += 1
    last = heard.length
    return heard.toString() === GREETING
  })
  // 300 ms, then 24 bytes at 60 a second: never sooner, whatever else the machine does.
  expect(performance.now() - from).toBeGreaterThan(650)
  expect(pieces).toBeGreaterThan(1)
  const entered = await service.waitFor(ofType(events.tarpitEntered))
  expect(entered.fields).toMatchObject({ accept_ms: '300', bytes_per_second: '60' })
  client.end()
  const left = await service.waitFor(ofType(events.tarpitLeft))
  expect(Number(left.fields.duration_ms)).toBeGreaterThan(600)
  await service.waitFor(ofType(events.disconnect))
  expect(service.events.map(({ type }) => type)).toEqual(['connect', 'tarpit_enter', 'tarpit_exit', 'disconnect'])
})

test('the very first word is held up too where nobody waits for it', async () => {
  const service = await start()
  service.running.setTarpit({ acceptMs: 0, bytesPerSecond: 20 })
  const from = performance.now()
  const client = await wireClient(service.port)
  expect(await client.until(whole(GREETING))).toBe(true)
  expect(performance.now() - from).toBeGreaterThan(1_000)
  client.end()
})

test('connections that are there already are held up too, and set free again', async () => {
  const service = await start()
  const client = await wireClient(service.port)
  expect(await client.until(whole(GREETING))).toBe(true)
  service.running.setTarpit({ acceptMs: 0, bytesPerSecond: 1 })
  client.send('slow')
  await service.waitFor(ofType(events.tarpitEntered))
  service.running.setTarpit(null)
  await service.waitFor(ofType(events.tarpitLeft))
  client.send(' and fast again')
  expect(await client.until(whole(`${GREETING}slow and fast again`))).toBe(true)
  client.end()
})

test('who hangs up while waiting is never served, and a service that stops does not wait for those who do', async () => {
  const service = await start()
  service.running.setTarpit({ acceptMs: 60_000, bytesPerSecond: 0 })
  const client = await wireClient(service.port)
  await service.waitFor(ofType(events.tarpitEntered))
  const from = performance.now()
  await service.running.close()
  expect(performance.now() - from).toBeLessThan(5_000)
  client.end()
  expect(service.events.map(({ type }) => type)).toEqual(['connect', 'tarpit_enter', 'tarpit_exit', 'disconnect'])
})
