import { createHash } from 'node:crypto'
import { type ServiceHarness, startService, wireClient } from '@decnet/kernel/service/conformance'
import { makePersona } from '@decnet/persona'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import ssh from './service.ts'
import { MSG, WireReader, WireWriter } from './wire.ts'

const persona = makePersona({
  name: 'web-01',
  seed: 'ssh-key-exchange',
  archetype: 'linux-server',
  ip: '127.0.0.1',
  createdAt: Date.now(),
  services: [{ name: 'ssh', port: 22, config: {} }],
})

let harness: ServiceHarness
beforeAll(async () => {
  harness = await startService(ssh, { persona, config: { max_startups: '200:30:300' } })
})
afterAll(() => harness.close())

const COMMON = { kex: 'curve25519-sha256', hostKey: 'ssh-ed25519', cipher: 'aes192-ctr', mac: 'hmac-sha2-256', compression: 'none' }
function kexInit(changes: Partial<typeof COMMON>): Buffer {
  const { kex, hostKey, cipher, mac, compression } = { ...COMMON, ...changes }
  const writer = new WireWriter(MSG.KEXINIT).raw(Buffer.alloc(16, 7))
  for (const list of [kex, hostKey, cipher, cipher, mac, mac, compression, compression, '', '']) writer.string(list)
  return writer.boolean(false).uint32(0).done()
}
function packet(payload: Uint8Array): Buffer {
  const padding = 4 + (8 - ((payload.length + 9) % 8))
  return new WireWriter()
    .uint32(payload.length + padding + 1)
    .byte(padding)
    .raw(payload)
    .raw(Buffer.alloc(padding))
    .done()
}
const hasshOf = (changes: Partial<typeof COMMON>) => {
  const { kex, cipher, mac, compression } = { ...COMMON, ...changes }
  const raw = [kex, cipher, mac, compression].join(';')
  return { hassh: createHash('md5').update(raw).digest('hex'), hassh_algorithms: raw }
}

let clients = 0
/** Sends all that it is given behind an identification of its own; gives what came back and the session's events once all is over. */
async function visit(send: (client: Awaited<ReturnType<typeof wireClient>>, identification: string) => void | Promise<void>) {
  const version = `SSH-2.0-client-${clients++}`
  const client = await wireClient(harness.port)
  await client.until((heard) => heard.includes('\n'))
  await send(client, `${version}\r\n`)
  expect(await client.ended()).toBe(true)
  client.destroy()
  const hello = await harness.waitFor((event) => event.type === 'client_hello' && event.fields.client_version === version)
  const { session_id } = hello.fields
  await harness.waitFor((event) => event.type === 'disconnect' && event.fields.session_id === session_id)
  return { heard: client.heard(), events: harness.events.filter((event) => event.fields.session_id === session_id) }
}
const REFUSED = ['connect', 'client_hello', 'protocol_error', 'disconnect']

test.each([
  { kex: 'sntrup761x25519-sha512@openssh.com' },
  { hostKey: 'ssh-dss' },
  { cipher: '3des-cbc' },
  { mac: 'umac-128@openssh.com' },
  { compression: 'zlib' },
])('a client that has nothing in common with us has its HASSH, once, and is hung up on without a word: %o', async (changes) => {
  const init = packet(kexInit(changes))
  const { heard, events } = await visit(async (client, identification) => {
    client.send(identification)
    await client.until((all) => all.includes('curve25519'))
    client.send(init)
  })
  expect(events.map(({ type }) => type)).toEqual(REFUSED)
  expect(events[1]?.fields).toMatchObject(hasshOf(changes))
  expect(events[2]?.fields.detail).toMatch(/^Handshake failed: no matching /iu)
  const reader = new WireReader(heard.subarray(heard.indexOf(10) + 1))
  expect([reader.string()[1], reader.left], 'our KEXINIT and nothing behind it').toEqual([MSG.KEXINIT, 0])
})

test('however its bytes are cut, a refused client has its HASSH', async () => {
  const init = packet(kexInit({ mac: 'none' }))
  const ways = await Promise.all([
    visit((client, identification) => client.send(Buffer.concat([Buffer.from(identification), init]))),
    visit(async (client, identification) => {
      client.send(Buffer.concat([Buffer.from(identification), init.subarray(0, 9)]))
      await client.until((all) => all.includes('curve25519'))
      client.send(init.subarray(9))
    }),
    visit((client, identification) => client.sendByteByByte(Buffer.concat([Buffer.from(identification), init]))),
    visit((client, identification) =>
      client.send(Buffer.concat([Buffer.from(identification), packet(Buffer.of(MSG.IGNORE, 0, 0, 0, 0)), init])),
    ),
  ])
  for (const { events } of ways) {
    expect(events.map(({ type }) => type)).toEqual(REFUSED)
    expect(events[1]?.fields).toMatchObject(hasshOf({ mac: 'none' }))
  }
})

test('names in bytes that are no text, and lists as long as a packet may be, are taken as they are', async () => {
  const mac = `${'x'.repeat(64)},`.repeat(500)
  const { events } = await visit((client, identification) =>
    client.send(Buffer.concat([Buffer.from(identification), packet(kexInit({ mac: mac.slice(0, 16_000) }))])),
  )
  expect(events[1]?.fields.hassh).toBe(hasshOf({ mac: mac.slice(0, 16_000) }).hassh)
  const odd = kexInit({ kex: '????' })
  odd.fill(0xff, 21, 25)
  const other = await visit((client, identification) => client.send(Buffer.concat([Buffer.from(identification), packet(odd)])))
  expect(other.events[1]?.fields.hassh).toBe(
    createHash('md5')
      .update(Buffer.concat([Buffer.alloc(4, 0xff), Buffer.from(hasshOf({ kex: '' }).hassh_algorithms)]))
      .digest('hex'),
  )
})

test('no KEXINIT, cut, lying about its lengths or random, breaks a connection but by ending it, with one hello', async () => {
  const whole = kexInit({ mac: 'none' })
  const hostile = fc.oneof(
    fc.integer({ min: 0, max: whole.length - 6 }).map((length) => packet(whole.subarray(0, length))),
    fc.integer({ min: 1, max: 40 }).map((length) => packet(whole).subarray(0, length)),
    fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 0xffffffff })).map(([at, value]) => {
      const lying = Buffer.from(packet(whole))
      lying.writeUInt32BE(value, at)
      return lying
    }),
    fc.uint8Array({ maxLength: 300 }).map((body) => packet(Buffer.concat([Buffer.of(MSG.KEXINIT), body]))),
  )
  await fc.assert(
    fc.asyncProperty(hostile, async (bytes) => {
      const { events } = await visit((client, identification) => {
        client.send(identification)
        client.send(bytes)
        client.end()
      })
      expect(events.filter(({ type }) => type === 'client_hello')).toHaveLength(1)
    }),
    { numRuns: 60 },
  )
  expect({ faults: harness.running.stats.faults, logged: harness.logged }).toEqual({ faults: 0, logged: [] })
})
