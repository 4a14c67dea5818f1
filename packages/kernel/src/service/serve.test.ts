import net from 'node:net'
import { events } from '@decnet/contracts/events'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type AnyService, defineService } from './define.ts'
import { examplePersona } from './example-persona.ts'
import { ofType, type ServiceHarness, startService } from './harness.ts'
import { wireClient } from './wire-client.ts'

const limits = z.object({
  idle: z.number().default(0),
  total: z.number().default(0),
  perSource: z.number().default(0),
  all: z.number().default(0),
})

/** Echoes what it hears and reports it as a command; `throw` makes it throw, `hang` stops it from ever coming back. */
const echo = defineService({
  name: 'echo',
  title: 'Echo',
  ports: [{ port: 7, transport: 'tcp' }],
  config: limits,
  emits: [events.command, events.fileCaptured],
  limits: (config) => ({ connections: config.all, perSource: config.perSource, idleSeconds: config.idle, totalSeconds: config.total }),
  refusal: (limit) => (limit === 'per_source' ? 'too many\r\n' : undefined),
  async serve(socket, { session, authenticated }) {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      session.emit(events.command, { command: new Uint8Array(chunk) })
      const word = String(chunk).trim()
      if (word === 'throw') throw new TypeError(`bad ${word} with secret bytes`)
      if (word === 'hang') await new Promise(() => undefined)
      if (word === 'bye') return
      if (word === 'login') authenticated()
      socket.write(chunk as Buffer)
    }
  },
})

const running: ServiceHarness[] = []
afterEach(async () => {
  for (const harness of running.splice(0)) await harness.close()
})
const persona = examplePersona()
async function start(service: AnyService, config: object = {}, options: Partial<Parameters<typeof startService>[1]> = {}) {
  const harness = await startService(service, { persona, config: { ...config }, ...options })
  running.push(harness)
  return harness
}
const reasonOf = async (harness: ServiceHarness) => (await harness.waitFor(ofType(events.disconnect))).fields.reason

test('a conversation is a connect, what the service saw, and a disconnect, all bound to one session', async () => {
  const service = await start(echo)
  const client = await wireClient(service.port)
  client.send('hello')
  expect(await client.until((heard) => heard.toString() === 'hello')).toBe(true)
  client.end()
  expect(await client.ended()).toBe(true)
  const last = await service.waitFor(ofType(events.disconnect))
  expect(service.events.map((event) => event.type)).toEqual(['connect', 'command', 'disconnect'])
  expect(new Set(service.events.map((event) => event.fields.session_id)).size).toBe(1)
  expect(new Set(service.events.map((event) => event.id)).size).toBe(3)
  for (const event of service.events) {
    expect(event).toMatchObject({ decky: 'web-01', service: 'echo', fields: { src_ip: '127.0.0.1' } })
    expect(Number(event.fields.src_port)).toBeGreaterThan(0)
  }
  expect(service.events[0]?.fields).toMatchObject({ local_ip: '127.0.0.1', local_port: String(service.port) })
  expect(last.fields).toMatchObject({ reason: 'client', bytes_in: '5', bytes_out: '5' })
})

describe('the reason of a disconnect', () => {
  test('is the server when the service has had enough', async () => {
    const service = await start(echo)
    const client = await wireClient(service.port)
    client.send('bye')
    expect(await client.ended()).toBe(true)
    client.end()
    expect(await reasonOf(service)).toBe('server')
  })

  test('is the client when it resets', async () => {
    const service = await start(echo)
    const client = await wireClient(service.port)
    client.send('x')
    await client.until((heard) => heard.length === 1)
    client.reset()
    expect(await reasonOf(service)).toBe('client')
    expect(service.running.stats.faults).toBe(0)
  })

  test('is an error when the service throws, and the others talk on', async () => {
    const service = await start(echo)
    const [bad, good] = [await wireClient(service.port), await wireClient(service.port)]
    bad.send('throw')
    expect(await bad.ended()).toBe(true)
    bad.end()
    expect(await reasonOf(service)).toBe('error')
    expect(service.ofType('protocol_error').map((event) => event.fields.detail)).toEqual(['service failed: TypeError'])
    good.send('still here')
    expect(await good.until((heard) => heard.toString() === 'still here')).toBe(true)
    expect(JSON.stringify(service.logged)).toContain('TypeError')
    expect(JSON.stringify(service.logged)).not.toContain('secret bytes')
    good.destroy()
  })

  test('is an error when a listener on its socket throws', async () => {
    const jumpy = defineService({
      ...echo,
      name: 'jumpy',
      serve: (socket) =>
        new Promise((resolve) => {
          socket.on('data', () => JSON.parse('secret bytes'))
          socket.on('close', () => resolve())
          socket.resume()
        }),
    })
    const service = await start(jumpy)
    const client = await wireClient(service.port)
    client.send('once')
    expect(await client.ended()).toBe(true)
    client.end()
    expect(await reasonOf(service)).toBe('error')
    expect(service.running.stats.faults).toBe(1)
    expect(JSON.stringify(service.logged)).toContain('SyntaxError')
    expect(JSON.stringify([service.logged, service.events])).not.toContain('secret bytes')
  })

  test('is idle after silence in both directions, not before', async () => {
    const service = await start(echo, { idle: 0.4 }, { graceMs: 50 })
    const client = await wireClient(service.port)
    const started = performance.now()
    for (let round = 0; round < 4; round++) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      client.send('.')
    }
    expect(service.ofType('disconnect')).toEqual([])
    await client.until((heard) => heard.length === 4)
    expect(await reasonOf(service)).toBe('idle')
    expect(performance.now() - started).toBeGreaterThan(1_100)
  })

  test('is a limit when it lasts too long, however busy it is', async () => {
    const service = await start(echo, { total: 0.3 }, { graceMs: 50 })
    const client = await wireClient(service.port)
    const busy = setInterval(() => client.send('.'), 50)
    expect(await reasonOf(service)).toBe('limit')
    clearInterval(busy)
    client.destroy()
  })

  test('is a shutdown at the end, also where the service hangs, within two seconds', async () => {
    const service = await start(echo)
    const clients = [await wireClient(service.port), await wireClient(service.port)]
    clients[0]?.send('hang')
    await service.waitFor(ofType(events.command))
    await service.waitFor(() => service.ofType('connect').length === 2)
    const started = performance.now()
    await service.close()
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(service.ofType('disconnect').map((event) => event.fields.reason)).toEqual(['shutdown', 'shutdown'])
    for (const client of clients) expect(await client.ended()).toBe(true)
  })
})

test('a service that listens to its signal says goodbye before it is parted', async () => {
  const polite = defineService({
    ...echo,
    name: 'polite',
    serve: (socket, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          socket.write('421 Timeout.\r\n')
          resolve()
        })
        socket.resume()
      }),
  })
  const service = await start(polite, { idle: 0.1 })
  const client = await wireClient(service.port)
  expect(await client.ended()).toBe(true)
  expect(client.heard().toString()).toBe('421 Timeout.\r\n')
  client.end()
  expect(await reasonOf(service)).toBe('idle')
})

test('a client that ends its side and a service that does not care are parted by the kernel', async () => {
  const deaf = defineService({
    ...echo,
    name: 'deaf',
    serve: (socket) => new Promise((resolve) => socket.resume().on('close', () => resolve())),
  })
  const service = await start(deaf, {}, { graceMs: 50, halfOpenMs: 100 })
  const client = await wireClient(service.port)
  client.end()
  expect(await client.ended(2_000)).toBe(true)
  expect(await reasonOf(service)).toBe('client')
})

test('connections over a limit are refused with the daemon’s own words, and let in again once there is room', async () => {
  const service = await start(echo, { perSource: 2 })
  const first = await wireClient(service.port)
  const second = await wireClient(service.port)
  await service.waitFor(() => service.ofType('connect').length === 2)
  const third = await wireClient(service.port)
  expect(await third.ended()).toBe(true)
  expect(third.heard().toString()).toBe('too many\r\n')
  const refused = await service.waitFor(ofType(events.connectionRefused))
  expect(refused.fields).toMatchObject({ limit: 'per_source', src_ip: '127.0.0.1', local_port: String(service.port) })
  expect(refused.fields.session_id).toBeUndefined()
  first.destroy()
  await service.waitFor(ofType(events.disconnect))
  const fourth = await wireClient(service.port)
  fourth.send('in')
  expect(await fourth.until((heard) => heard.toString() === 'in')).toBe(true)
  for (const client of [second, fourth]) client.destroy()
})

test('a limit over all sources counts all of them', async () => {
  const service = await start(echo, { all: 1 })
  const first = await wireClient(service.port)
  await service.waitFor(ofType(events.connect))
  const second = await wireClient(service.port)
  expect(await second.ended()).toBe(true)
  expect((await service.waitFor(ofType(events.connectionRefused))).fields.limit).toBe('connections')
  first.destroy()
})

test('admit sees those who have not authenticated; one that logs in makes room', async () => {
  const strict = defineService({ ...echo, name: 'strict', admit: ({ unauthenticated }) => unauthenticated <= 1 })
  const service = await start(strict)
  const first = await wireClient(service.port)
  await service.waitFor(ofType(events.connect))
  const second = await wireClient(service.port)
  expect(await second.ended()).toBe(true)
  expect((await service.waitFor(ofType(events.connectionRefused))).fields.limit).toBe('startups')
  first.send('login')
  await first.until((heard) => heard.toString() === 'login')
  const third = await wireClient(service.port)
  third.send('in')
  expect(await third.until((heard) => heard.toString() === 'in')).toBe(true)
  expect(service.running.stats).toMatchObject({ connections: 2, unauthenticated: 1, accepted: 2, refused: 1 })
  for (const client of [first, third]) client.destroy()
  await service.waitFor(() => service.ofType('disconnect').length === 2)
  expect(service.running.stats).toMatchObject({ connections: 0, unauthenticated: 0 })
})

test('recordings and captures that a service leaves open are closed before the disconnect', async () => {
  const careless = defineService({
    ...echo,
    name: 'careless',
    async serve(_socket, { session }) {
      session.record({ columns: 80, rows: 24 }).output('$ ')
      session.record({ columns: 80, rows: 24 }).output('# ')
      session.capture().write(Buffer.from('half a file'))
      const whole = session.capture()
      whole.write(Buffer.from('a file'))
      const { sha256, size, truncated } = await whole.finish()
      session.emit(events.fileCaptured, { sha256, size, truncated, path: '/tmp/x', via: 'ftp' })
    },
  })
  const service = await start(careless)
  const client = await wireClient(service.port)
  expect(await client.ended()).toBe(true)
  client.end()
  const last = await service.waitFor(ofType(events.disconnect))
  const id = last.fields.session_id ?? ''
  expect(service.events.map((event) => event.type)).toEqual([
    'connect',
    'file_captured',
    'session_recorded',
    'session_recorded',
    'disconnect',
  ])
  expect([...service.recordings.keys()]).toEqual([id, `${id}-2`])
  expect(service.captures(service.ofType('file_captured')[0]?.fields.sha256 ?? '')?.toString()).toBe('a file')
})

test('an event that was not declared, or breaks its schema, fails the test that runs the service', async () => {
  const liar = defineService({
    ...echo,
    name: 'liar',
    async serve(_socket, { session }) {
      session.emit(events.query as never, { query: 'select 1' } as never)
    },
  })
  const sloppy = defineService({
    ...echo,
    name: 'sloppy',
    async serve(_socket, { session }) {
      session.emit(events.command, { mode: 'loud' } as never)
    },
  })
  for (const service of [liar, sloppy]) {
    const harness = await startService(service, { persona })
    const client = await wireClient(harness.port)
    client.end()
    await harness.waitFor(ofType(events.disconnect))
    await expect(harness.close()).rejects.toThrow('broke its declaration')
  }
})

test('a bad configuration and a taken port are refused with a code', async () => {
  await expect(startService(echo, { persona, config: { idle: 'never' } })).rejects.toMatchObject({ code: 'config_invalid' })
  const service = await start(echo)
  const taken = startService(echo, { persona, port: service.port })
  await expect(taken).rejects.toMatchObject({ code: 'listen_failed', message: 'cannot listen: EADDRINUSE' })
})

test('IPv4 clients of a socket for both families appear under their IPv4 address', async () => {
  const service = await start(echo, {}, { host: '::' })
  const client = net.connect({ port: service.port, host: '127.0.0.1' })
  const connected = await service.waitFor(ofType(events.connect))
  expect(connected.fields).toMatchObject({ src_ip: '127.0.0.1', local_ip: '127.0.0.1' })
  client.destroy()
})

test('a thousand idle connections cost little and all end', async () => {
  const service = await start(echo)
  const before = process.memoryUsage().heapUsed
  const clients = await Promise.all(Array.from({ length: 1_000 }, () => wireClient(service.port)))
  await service.waitFor(() => service.running.stats.connections === 1_000)
  // both ends of each connection live in this process
  expect((process.memoryUsage().heapUsed - before) / 1_000).toBeLessThan(40_000)
  for (const client of clients) client.destroy()
  await service.waitFor(() => service.ofType('disconnect').length === 1_000)
  expect(service.running.stats.connections).toBe(0)
})
