import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Persona } from '@decnet/persona'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AnyService } from './define.ts'
import { type ServiceHarness, startService } from './harness.ts'
import { type WireClient, wireClient } from './wire-client.ts'

export { examplePersona } from './example-persona.ts'
export * from './harness.ts'
export * from './wire-client.ts'

export interface ConformanceOptions {
  readonly service: AnyService
  readonly persona: Persona
  readonly config?: Readonly<Record<string, unknown>>
  /** Does the server speak before the client has said anything? Absent = not looked at. */
  readonly greetsFirst?: boolean
  /** The beginning of a real client's conversation, which the server answers. */
  readonly hello?: string | Uint8Array
  /** Milliseconds that the server may take to end a conversation once the client has ended its side. */
  readonly endsWithinMs?: number
}

const KERNEL_EVENTS: ReadonlySet<string> = new Set(['connect', 'disconnect', 'connection_refused', 'protocol_error', 'session_recorded'])
const NAMES_US = /decnet|honey/iu
const MIB = 1024 * 1024
/** What every JavaScript object answers to: where a table of names is a plain object, these are found in it. */
const INHERITED = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf', '__defineGetter__']

/** The daemon's own limits would refuse what the suite does; they are tested apart. */
function unlimited(service: AnyService): AnyService {
  const { admit, ...rest } = service
  return { ...rest, limits: () => ({ connections: 0, perSource: 0, idleSeconds: 0, totalSeconds: 0 }) }
}

/** Seeded, so that a failure comes again. */
function noise(seed: number, length: number): Buffer {
  let state = seed * 2654435761 + 1
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return state >>> 24
    }),
  )
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
}

async function eventually(holds: () => boolean, timeoutMs: number): Promise<boolean> {
  const until = Date.now() + timeoutMs
  while (!holds() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10))
  return holds()
}

function expectWholeSessions(harness: ServiceHarness, service: AnyService): void {
  const declared = new Set(service.emits.map((event) => event.type))
  const sessions = new Map<string, string[]>()
  for (const event of harness.events) {
    expect(declared.has(event.type) || KERNEL_EVENTS.has(event.type), `${event.type} is declared`).toBe(true)
    for (const value of Object.values(event.fields)) expect(typeof value).toBe('string')
    const id = event.fields.session_id ?? ''
    sessions.set(id, [...(sessions.get(id) ?? []), event.type])
  }
  for (const types of sessions.values()) {
    expect(types.filter((type) => type === 'connect')).toHaveLength(1)
    expect(types.filter((type) => type === 'disconnect')).toHaveLength(1)
    expect([types.at(0), types.at(-1)]).toEqual(['connect', 'disconnect'])
  }
}

/** What every service must stand, whatever it speaks. Run by each service's own test. */
export function serviceConformance(options: ConformanceOptions): void {
  const { service, persona, hello } = options
  const endsWithinMs = options.endsWithinMs ?? 4_000
  const opening = hello ?? 'HELP\r\n'
  const answers = hello !== undefined || options.greetsFirst === true

  describe(`${service.name} stands`, () => {
    let harness: ServiceHarness
    let clients: WireClient[] = []
    const connect = async (): Promise<WireClient> => {
      const client = await wireClient(harness.port)
      clients.push(client)
      return client
    }
    /** A well-behaved client is still answered. */
    const stillServes = async (): Promise<void> => {
      const client = await connect()
      client.send(opening)
      if (answers) expect(await client.until((heard) => heard.length > 0), 'it still answers').toBe(true)
      client.destroy()
    }

    beforeEach(async () => {
      clients = []
      harness = await startService(unlimited(service), { persona, ...(options.config && { config: options.config }) })
    })
    afterEach(async () => {
      for (const client of clients) client.destroy()
      const idle = await eventually(() => harness.running.stats.connections === 0, 5_000)
      await harness.close()
      expect(idle, 'serve resolves soon after its socket is gone').toBe(true)
      expectWholeSessions(harness, service)
      expect({ faults: harness.running.stats.faults, logged: harness.logged }).toEqual({ faults: 0, logged: [] })
      for (const client of clients) expect(client.heard().toString('latin1').replaceAll('\0', '')).not.toMatch(NAMES_US)
    })

    if (options.greetsFirst !== undefined) {
      test(options.greetsFirst ? 'a silent client, which is greeted' : 'a silent client, to which it says nothing', async () => {
        const client = await connect()
        const greeted = await client.until((heard) => heard.length > 0, options.greetsFirst ? 5_000 : 300)
        expect(greeted).toBe(options.greetsFirst)
      })
    }

    test('random bytes, at once and after a real beginning', async () => {
      for (let round = 0; round < 24; round++) {
        const client = await connect()
        if (round % 2 === 1) client.send(opening)
        client.send(noise(round + 1, 1 + ((round * 397) % 4096)))
        client.end()
      }
      await Promise.all(clients.map((client) => client.ended(endsWithinMs)))
      await stillServes()
    })

    test('one byte at a time, answered as if it came at once', async () => {
      const client = await connect()
      await client.sendByteByByte(Buffer.from(opening as Uint8Array).subarray(0, 600))
      if (answers) expect(await client.until((heard) => heard.length > 0)).toBe(true)
    })

    test('a client that ends its side first: what it asked is answered, then the connection ends', async () => {
      const client = await connect()
      client.send(opening)
      client.end()
      expect(await client.ended(endsWithinMs), 'the server ends the connection').toBe(true)
      if (answers) expect(client.heard().length).toBeGreaterThan(0)
    })

    test('names that every object has, as verbs, arguments, paths and headers', async () => {
      const lines = INHERITED.flatMap((name) => [name, name.toUpperCase(), name.toLowerCase()]).flatMap((name) => [
        `${name}\r\n`,
        `${name} arg\r\n`,
        `HELP ${name}\r\n`,
        `GET /${name} HTTP/1.1\r\n${name}: x\r\nHost: ${name}\r\n\r\n`,
      ])
      for (const beginning of ['', opening]) {
        // All on one connection, for who answers them; each on its own, for who hangs up at the first.
        const talkative = await connect()
        talkative.send(beginning)
        talkative.send(lines.join(''))
        talkative.end()
        await talkative.ended(endsWithinMs)
        await Promise.all(
          lines.map(async (line) => {
            const client = await connect()
            client.send(beginning)
            client.send(line)
            client.end()
            await client.ended(endsWithinMs)
          }),
        )
      }
      await stillServes()
    })

    test('10,000 lines in one go', async () => {
      const client = await connect()
      client.send(opening)
      client.send(Array.from({ length: 10_000 }, (_, line) => `A${line} this is line ${line}\r\n`).join(''))
      client.end()
      await client.ended(endsWithinMs)
      client.destroy()
      await stillServes()
    })

    test('a line of one megabyte without an end, in bounded memory', async () => {
      const before = heapAfterCollection()
      const client = await connect()
      client.send(opening)
      client.send(Buffer.alloc(MIB, 0x41))
      await client.ended(1_000)
      expect(heapAfterCollection() - before).toBeLessThan(32 * MIB)
      client.destroy()
      await stillServes()
    })

    test('clients that connect and close, and such that reset in the middle', async () => {
      for (let round = 0; round < 40; round++) {
        const client = await connect()
        if (round % 2 === 1) client.send(opening)
        if (round % 4 === 3) await client.until((heard) => heard.length > 0, 50)
        if (round % 4 === 0) client.destroy()
        else client.reset()
      }
      await stillServes()
    })

    test('200 clients at once, and leaves nothing behind when they are gone', async () => {
      const before = heapAfterCollection()
      await Promise.all(
        Array.from({ length: 200 }, async () => {
          const client = await connect()
          client.send(opening)
          if (answers) expect(await client.until((heard) => heard.length > 0, 15_000)).toBe(true)
        }),
      )
      for (const client of clients) client.destroy()
      expect(await eventually(() => harness.running.stats.connections === 0, 5_000)).toBe(true)
      expect(harness.ofType('disconnect')).toHaveLength(200)
      expect(heapAfterCollection() - before).toBeLessThan(48 * MIB)
    })

    test('2,000 idle connections, with the limits raised, at little cost each', async () => {
      const before = heapAfterCollection()
      for (let group = 0; group < 20; group++) await Promise.all(Array.from({ length: 100 }, connect))
      expect(await eventually(() => harness.running.stats.connections === 2_000, 20_000), 'all are accepted and kept').toBe(true)
      // Both ends of each live in this process.
      expect((heapAfterCollection() - before) / 2_000).toBeLessThan(64 * 1024)
      await stillServes()
    }, 60_000)

    test('a shutdown: every session ends with it, within two seconds', async () => {
      for (let count = 0; count < 10; count++) (await connect()).send(count % 2 === 0 ? opening : '')
      await eventually(() => harness.ofType('connect').length === 10, 2_000)
      const open = harness.running.stats.connections
      const started = performance.now()
      await harness.close()
      expect(performance.now() - started).toBeLessThan(2_000)
      expect(harness.ofType('disconnect').filter((event) => event.fields.reason === 'shutdown')).toHaveLength(open)
    })
  })

  test(`${service.name} ends connections that stay too long, by its daemon's own rule`, () => {
    const config = service.config.parse(options.config ?? {})
    const { idleSeconds, totalSeconds, connections, perSource } = service.limits(config, persona)
    expect(idleSeconds > 0 || totalSeconds > 0, 'an idle or a total limit').toBe(true)
    for (const limit of [idleSeconds, totalSeconds, connections, perSource]) expect(limit).toBeGreaterThanOrEqual(0)
  })
}
