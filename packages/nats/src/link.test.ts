import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { nextMessage } from '@decnet/kernel/bus/conformance'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectNatsBus, type NatsBusOptions } from './bus.ts'
import { logRecord } from './fixtures/log-record.ts'
import { parseServers } from './options.ts'
import { accountsByJwt, certificates, freePort, NATS_TOOL, nkeyUser, startNatsServer } from './testing.ts'

const QUICK = { min: 10, max: 50 }
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nats-link-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Two clients hear each other. */
async function works(options: NatsBusOptions): Promise<void> {
  await using writer = await connectNatsBus(options)
  await using reader = await connectNatsBus(options)
  const subscription = reader.as('reader').subscribe('system.log')
  await subscription.ready
  writer.as('writer').publish('system.log', { n: 1 })
  expect((await nextMessage(subscription)).payload).toEqual({ n: 1 })
  expect([writer.status.connected, reader.status.connected]).toEqual([true, true])
}

const refused = (options: NatsBusOptions) =>
  connectNatsBus(options).then(
    () => expect.unreachable('let in'),
    (error) => error,
  )

it('reads addresses with and without scheme and port, lists, IPv6, and credentials in them', () => {
  expect(parseServers('nats://a, b:4333,tls://[::1]:1')).toEqual({ hosts: ['a:4222', 'b:4333', '[::1]:1'], tls: true })
  expect(parseServers(['nats://joe:p%40ss@host:4222/'])).toEqual({ hosts: ['host:4222'], tls: false, user: 'joe', password: 'p@ss' })
})

it.each(['', ' , ', 'http://host', 'ws://host', 'nats://', 'nats://host:99999', 'nats://host/path', 'nats://host?x=1', '://', 'a b'])(
  'says at once that %j is no address, with the way out and without a password',
  async (servers) => {
    const error = await refused({ servers })
    expect(error).toMatchObject({ name: 'AppError', code: 'nats_url_invalid', hint: expect.stringContaining('nats://host:4222') })
    expect(await refused({ servers: `${servers},nats://joe:secret@host/x` })).not.toMatchObject({
      message: expect.stringContaining('secret'),
    })
  },
)

it('refuses a prefix that is none', async () => {
  for (const prefix of ['', 'a.', '$SYS', 'a.*', 'x'.repeat(65)]) {
    expect(await refused({ servers: 'localhost', prefix })).toMatchObject({ code: 'nats_prefix_invalid' })
  }
})

it('says which file it cannot read, and which holds no key', async () => {
  const port = await freePort()
  const empty = join(folder, 'empty')
  await writeFile(empty, 'nothing of use\n')
  const missing = join(folder, 'missing')
  const servers = `127.0.0.1:${port}`
  const files = [{ credentialsFile: missing }, { nkeySeedFile: missing }, { tls: { caFile: missing } }]
  for (const option of files) {
    expect(await refused({ servers, ...option })).toMatchObject({ code: 'nats_file_unreadable', message: expect.stringContaining(missing) })
  }
  for (const option of [{ credentialsFile: empty }, { nkeySeedFile: empty }]) {
    expect(await refused({ servers, ...option })).toMatchObject({ code: 'nats_auth_failed', message: expect.stringContaining(empty) })
  }
})

const nats = when({ tools: NATS_TOOL })

nats.test('works with user and password, also from the address; refuses wrong and missing ones with the way out', async () => {
  await using server = await startNatsServer({ config: 'authorization { user: joe, password: secret }' })
  await works({ servers: server.url, user: 'joe', password: 'secret' })
  await works({ servers: `nats://joe:secret@127.0.0.1:${server.port}` })
  for (const wrong of [{}, { user: 'joe', password: 'wrong' }, { token: 'secret' }]) {
    expect(await refused({ servers: server.url, ...wrong })).toMatchObject({
      name: 'AppError',
      code: 'nats_auth_failed',
      message: expect.stringContaining('refused the credentials'),
      hint: expect.stringContaining('Check user and password'),
    })
  }
})

nats.test('works with a token, an nkey seed file and a credentials file; refuses strangers', async () => {
  const [known, stranger] = [await nkeyUser(folder, 'known.nk'), await nkeyUser(folder, 'stranger.nk')]
  const jwt = await accountsByJwt(folder)
  const cases: [config: string, right: object, wrong: object][] = [
    ['authorization { token: secret }', { token: 'secret' }, { token: 'wrong' }],
    [`authorization { users: [ { nkey: ${known.publicKey} } ] }`, { nkeySeedFile: known.path }, { nkeySeedFile: stranger.path }],
    [jwt.config, { credentialsFile: jwt.known }, { credentialsFile: jwt.stranger }],
  ]
  for (const [config, right, wrong] of cases) {
    await using server = await startNatsServer({ config })
    await works({ servers: server.url, ...right })
    expect(await refused({ servers: server.url, ...wrong })).toMatchObject({ code: 'nats_auth_failed' })
  }
})

const tls = when({ tools: { ...NATS_TOOL, openssl: 'openssl' } })

tls.test('works over TLS with an own authority and a client certificate; says what fails without them', async () => {
  const pem = certificates(folder)
  const config = `tls { cert_file: "${pem.server}", key_file: "${pem.serverKey}", ca_file: "${pem.ca}", verify: true }`
  await using server = await startNatsServer({ config })
  const files = { caFile: pem.ca, certFile: pem.client, keyFile: pem.clientKey }
  await works({ servers: `tls://127.0.0.1:${server.port}`, tls: files })
  await works({ servers: `tls://localhost:${server.port}`, tls: files })
  for (const wrong of [{ servers: server.url }, { servers: server.url, tls: { caFile: pem.client } }]) {
    expect(await refused(wrong)).toMatchObject({ code: 'nats_tls_failed', hint: expect.stringContaining('authority') })
  }
  await using plain = await startNatsServer()
  expect(await refused({ servers: `tls://127.0.0.1:${plain.port}` })).toMatchObject({ code: 'nats_tls_failed' })
})

nats.test('goes on without a server that is not there yet and finds it when it comes; tells the log once', async () => {
  await using server = await startNatsServer()
  await server.kill()
  const { logger, lines } = logRecord()
  await using bus = await connectNatsBus({ servers: server.url, retry: QUICK, logger })
  const subscription = bus.as('reader').subscribe('system.log')
  expect(await bus.connected(100)).toBe(false)
  bus.as('writer').publish('system.end', {})
  expect(bus.status).toEqual({ adapter: 'nats', connected: false, reconnects: 0, dropped: 1 })
  await server.start()
  await subscription.ready
  expect(await subscription[Symbol.asyncIterator]().next()).toMatchObject({ value: { kind: 'gap', reason: 'reconnected' } })
  expect(bus.status).toMatchObject({ connected: true, reconnects: 0 })
  expect(lines).toEqual(['warn: nats cannot be reached', 'info: nats connected'])
})

nats.test('logs credentials that stop being good, and is let in again once they are mended', async () => {
  await using server = await startNatsServer({ config: 'authorization { user: joe, password: old }' })
  const { logger, lines, fields } = logRecord()
  await using bus = await connectNatsBus({ servers: server.url, user: 'joe', password: 'old', retry: QUICK, logger })
  await server.reload('authorization { user: joe, password: new }')
  while (!lines.includes('error: nats does not let us in')) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(fields.find(({ code }) => code === 'nats_auth_failed')).toMatchObject({ hint: expect.stringContaining('Check user') })
  expect(bus.status.connected).toBe(false)
  await server.reload('authorization { user: joe, password: old }')
  expect(await bus.connected(5_000)).toBe(true)
  expect(lines.filter((line) => line.startsWith('error')).length).toBe(1)
})

nats.test('ends at once while it is still trying', async () => {
  const bus = await connectNatsBus({ servers: `127.0.0.1:${await freePort()}`, retry: { min: 60_000, max: 60_000 } })
  const began = performance.now()
  await bus.close()
  expect(performance.now() - began).toBeLessThan(1_000)
})

nats.test('goes to another node of its list, and to one that the cluster named', async () => {
  const { startNatsCluster } = await import('./testing.ts')
  await using cluster = await startNatsCluster()
  const [first] = cluster.nodes
  if (!first) throw new Error('no nodes')
  await using bus = await connectNatsBus({ servers: first.url, retry: QUICK })
  await using other = await connectNatsBus({ servers: [...cluster.urls].slice(1), retry: QUICK })
  const subscription = bus.as('reader').subscribe('system.log')
  await subscription.ready
  await first.kill()
  expect(await subscription[Symbol.asyncIterator]().next()).toMatchObject({ value: { kind: 'gap' } })
  // Asked for once: who asks again before an answer came leaves the first to get it.
  const message = nextMessage(subscription, 15_000)
  const heard = message.then(() => true)
  while (!(await Promise.race([heard, pause(50, false)]))) other.as('writer').publish('system.log', { n: 1 })
  expect((await message).payload).toEqual({ n: 1 })
})
