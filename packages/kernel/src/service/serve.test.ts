import net from 'node:net'
import { events } from '@decnet/contracts/events'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { defineService } from './define.ts'
import { examplePersona } from './example-persona.ts'
import { ofType, type ServiceHarness, startService } from './harness.ts'

/** Echoes what it hears; reports each chunk as a command. */
const echo = defineService({
  name: 'echo',
  title: 'Echo',
  ports: [{ port: 7, transport: 'tcp' }],
  config: z.object({
    idle: z.number().default(0),
    total: z.number().default(0),
    perSource: z.number().default(0),
    all: z.number().default(0),
  }),
  emits: [events.command],
  limits: (config) => ({ connections: config.all, perSource: config.perSource, idleSeconds: config.idle, totalSeconds: config.total }),
  serve(socket, { session }) {
    return new Promise((resolve) => {
      socket.on('data', (chunk) => {
        session.emit(events.command, { command: chunk })
        socket.write(chunk)
      })
      socket.on('end', resolve)
      socket.on('close', resolve)
      socket.resume()
    })
  },
})

const running: ServiceHarness[] = []
afterEach(async () => {
  for (const harness of running.splice(0)) await harness.close()
})
async function start(...args: Parameters<typeof startService>): Promise<ServiceHarness> {
  const harness = await startService(...args)
  running.push(harness)
  return harness
}
const persona = examplePersona()

/** Sends, then collects until the other side ends. */
function talk(port: number, send: string | Uint8Array, options: { end?: boolean } = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
    })
    socket.on('error', () => resolve(heard))
    socket.on('end', () => {
      socket.end()
      resolve(heard)
    })
    if (options.end === false) socket.write(send)
    else socket.end(send)
  })
}

test('a conversation is a connect, what the service saw, and a disconnect, all bound to one session', async () => {
  const service = await start(echo, { persona })
  expect(await talk(service.port, 'hello')).toBe('hello')
  const last = await service.waitFor(ofType(events.disconnect))
  expect(service.events.map((event) => event.type)).toEqual(['connect', 'command', 'disconnect'])
  expect(new Set(service.events.map((event) => event.fields.session_id)).size).toBe(1)
  expect(new Set(service.events.map((event) => event.id)).size).toBe(3)
  for (const event of service.events) {
    expect(event).toMatchObject({ decky: 'web-01', service: 'echo', fields: { src_ip: '127.0.0.1' } })
    expect(Number(event.fields.src_port)).toBeGreaterThan(0)
  }
  expect(last.fields).toMatchObject({ reason: 'client', bytes_in: '5', bytes_out: '5' })
})
