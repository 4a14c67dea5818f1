import { readFileSync, statSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import type { SensorEvent } from '@decnet/kernel/service'
import { when } from '@decnet/kernel/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type ForkedSensor, type ForkOptions, forkSensor, planned } from './fixtures/fork-sensor.ts'

const MAIN = new URL('./fixtures/echo-main.ts', import.meta.url)
const NOBODY = 65_534
const asRoot = process.getuid?.() === 0
const identity = asRoot ? { uid: NOBODY, gid: NOBODY } : {}

const sensors: ForkedSensor[] = []
const clients: net.Socket[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy()
  for (const sensor of sensors.splice(0)) sensor.remove()
})
function start(options: Partial<ForkOptions> = {}): ForkedSensor {
  const sensor = forkSensor({ main: MAIN, ...(asRoot && { uid: NOBODY }), ...options })
  sensors.push(sensor)
  return sensor
}
const until = (holds: () => unknown) => vi.waitUntil(holds, { timeout: 10_000, interval: 10 })
const ready = (sensor: ForkedSensor) => until(() => sensor.messages.some(({ type }) => type === 'ready'))
const spooled = (sensor: ForkedSensor) => sensor.spooled().map((line) => JSON.parse(line) as SensorEvent)

/** A sensor that serves echo on one port. */
async function serving(options: Partial<ForkOptions> = {}, config: Record<string, unknown> = {}) {
  const sensor = start(options)
  sensor.order({ type: 'serve', directory: sensor.directory, ...identity, plan: [planned('echo', config)] })
  const port = sensor.hand('decky-01', 'echo')
  sensor.order({ type: 'listening' })
  await ready(sensor)
  return { sensor, port }
}

function connect(port: number): { say(line: string): void; heard(): string } {
  const socket = net.connect({ port, host: '127.0.0.1' })
  clients.push(socket)
  let heard = ''
  socket.on('data', (chunk) => {
    heard += chunk
  })
  socket.on('error', () => socket.destroy())
  return { say: (line) => void socket.write(`${line}\n`), heard: () => heard }
}

test('orders in one breath are obeyed in order: it serves on a raw handle, rings, and ends its sessions when told to stop', async () => {
  const { sensor, port } = await serving({}, { greeting: 'welcome' })
  const client = connect(port)
  client.say('hello')
  await until(() => client.heard() === `welcome ${port}\nhello\n`)
  await until(() => sensor.rings() > 0)
  sensor.order({ type: 'stop' })
  expect(await sensor.exited).toBe(0)
  expect(spooled(sensor).map(({ type }) => type)).toEqual(['sensor_started', 'connect', 'command', 'disconnect', 'closed'])
  const [started, connected, , ended] = spooled(sensor)
  expect(started).toMatchObject({ decky: 'sensor', service: 'sensor', fields: { deckies: '1', services: '1' } })
  expect(connected).toMatchObject({ decky: 'decky-01', service: 'echo', fields: { src_ip: '127.0.0.1', local_port: String(port) } })
  expect(ended?.fields.reason).toBe('shutdown')
})

test('what cannot listen is reported before ready, and the rest serves', async () => {
  const sensor = start()
  sensor.order({
    type: 'serve',
    directory: sensor.directory,
    ...identity,
    plan: [planned('echo'), { ...planned('echo', { greeting: 7 }), name: 'decky-02' }],
  })
  sensor.hand('decky-01', 'gopher')
  sensor.hand('decky-09', 'echo')
  sensor.hand('decky-02', 'echo')
  sensor.order({ type: 'listener', decky: 'decky-01', service: 'echo', port: 1 })
  const port = sensor.hand('decky-01', 'echo')
  sensor.order({ type: 'listening' })
  await ready(sensor)
  expect(sensor.messages).toEqual([
    { type: 'failed', decky: 'decky-01', service: 'gopher', reason: 'unknown service' },
    { type: 'failed', decky: 'decky-09', service: 'echo', reason: 'unknown decky' },
    { type: 'failed', decky: 'decky-02', service: 'echo', reason: 'the configuration of echo is not valid' },
    { type: 'failed', decky: 'decky-01', service: 'echo', reason: 'no handle' },
    { type: 'ready' },
  ])
  const client = connect(port)
  client.say('still')
  await until(() => client.heard() === 'still\n')
})

test('deckies and services come, change and go while it serves, and connections of others do not notice', async () => {
  const { sensor, port } = await serving()
  const bystander = connect(port)
  bystander.say('here')
  await until(() => bystander.heard() === 'here\n')

  sensor.order({ type: 'decky', plan: { ...planned('echo', { greeting: 'old' }), name: 'decky-02' } })
  const second = sensor.hand('decky-02', 'echo')
  sensor.order({ type: 'listening' })
  await until(() => sensor.messages.filter(({ type }) => type === 'ready').length === 2)
  const visitor = connect(second)
  visitor.say('hello')
  await until(() => visitor.heard() === `old ${second}\nhello\n`)

  sensor.order({ type: 'unlisten', decky: 'decky-02', service: 'echo' })
  sensor.order({ type: 'decky', plan: { ...planned('echo', { greeting: 'new' }), name: 'decky-02' } })
  const third = sensor.hand('decky-02', 'echo')
  sensor.order({ type: 'listening' })
  await until(() => sensor.messages.filter(({ type }) => type === 'ready').length === 3)
  const next = connect(third)
  next.say('hello')
  await until(() => next.heard() === `new ${third}\nhello\n`)
  expect(spooled(sensor).filter(({ type, decky }) => type === 'disconnect' && decky === 'decky-02')).toHaveLength(1)

  sensor.order({ type: 'drop', decky: 'decky-02' })
  sensor.order({ type: 'listening' })
  await until(() => sensor.messages.filter(({ type }) => type === 'ready').length === 4)
  bystander.say('still')
  await until(() => bystander.heard() === 'here\nstill\n')
  expect(spooled(sensor).filter(({ type }) => type === 'sensor_started')).toHaveLength(1)
})

test('a service that throws, in its conversation or anywhere else, ends no process and logs none of the attacker’s bytes', async () => {
  const { sensor, port } = await serving()
  const bystander = connect(port)
  for (const line of ['throw', 'throw elsewhere', 'reject elsewhere']) {
    connect(port).say(line)
    await until(() => spooled(sensor).some(({ fields }) => fields?.command === line))
  }
  await until(() => sensor.log().match(/nobody caught/gu)?.length === 2)
  bystander.say('still')
  await until(() => bystander.heard() === 'still\n')
  expect(sensor.child.exitCode).toBeNull()
  expect(sensor.log()).toContain('SyntaxError')
  expect(sensor.log()).not.toContain('attacker bytes')
})

describe('it ends with code 0 within three seconds, its spool closed,', () => {
  test.each([
    ['at SIGTERM', (sensor: ForkedSensor) => void sensor.child.kill('SIGTERM')],
    ['at SIGINT', (sensor: ForkedSensor) => void sensor.child.kill('SIGINT')],
    ['when its supervisor is gone', (sensor: ForkedSensor) => sensor.child.disconnect()],
  ])('%s, also when a service hangs', async (_, end) => {
    const { sensor, port } = await serving()
    connect(port).say('hang')
    await until(() => spooled(sensor).some(({ type }) => type === 'command'))
    const started = performance.now()
    end(sensor)
    expect(await sensor.exited).toBe(0)
    expect(performance.now() - started).toBeLessThan(3_000)
    expect(
      spooled(sensor)
        .map(({ type }) => type)
        .slice(-2),
    ).toEqual(['disconnect', 'closed'])
  })
})

test('without a doorbell, and with one that nobody listens to any more, it serves', async () => {
  const { sensor, port } = await serving({ doorbell: false })
  const deaf = await serving()
  ;(deaf.sensor.child.stdio[4] as net.Socket).destroy()
  for (const [each, at] of [
    [sensor, port],
    [deaf.sensor, deaf.port],
  ] as const) {
    const client = connect(at)
    for (const line of ['one', 'two', 'three']) {
      client.say(line)
      await until(() => client.heard().endsWith(`${line}\n`))
    }
    expect(each.child.exitCode).toBeNull()
  }
})

test('it ticks into the spool and tells its supervisor how it is', async () => {
  const { sensor, port } = await serving({ args: ['50'] })
  connect(port).say('throw')
  const open = connect(port)
  open.say('here')
  await until(() => sensor.messages.some((message) => message.type === 'stats' && message.accepted === 2 && message.connections === 1))
  expect(sensor.messages.at(-1)).toMatchObject({ services: 1, connections: 1, accepted: 2, refused: 0, faults: 1, uncaught: 0 })
  const tick = spooled(sensor).findLast(({ type }) => type === 'tick')
  expect(tick).toMatchObject({ decky: 'sensor', service: 'sensor', severity: 6 })
  expect(Number(tick?.fields.rss_mb)).toBeGreaterThan(10)
})

test('an order that is not understood is refused by itself', async () => {
  const { sensor, port } = await serving()
  sensor.child.send({ type: 'dance' })
  sensor.child.send('nonsense')
  await until(() => sensor.log().match(/not understood/gu)?.length === 2)
  const client = connect(port)
  client.say('still')
  await until(() => client.heard() === 'still\n')
})

test('a folder that is not there ends it with a reason', async () => {
  const sensor = start()
  sensor.order({ type: 'serve', directory: join(sensor.directory, 'nowhere'), ...identity, plan: [] })
  expect(await sensor.exited).toBe(1)
  expect(sensor.log()).toContain('ENOENT')
})

when({ root: true }).describe('started as root', () => {
  test('it becomes somebody else for good, and reads and writes its own folder below a home that only root may enter', async () => {
    const { sensor, port } = await serving()
    const status = readFileSync(`/proc/${sensor.child.pid}/status`, 'utf8')
    expect(/^Uid:\s*(.*)$/mu.exec(status)?.[1]).toBe([NOBODY, NOBODY, NOBODY, NOBODY].join('\t'))
    expect(/^Gid:\s*(.*)$/mu.exec(status)?.[1]).toBe([NOBODY, NOBODY, NOBODY, NOBODY].join('\t'))
    expect(/^Groups:[ \t]*(.*?)[ \t]*$/mu.exec(status)?.[1]).toBe('')
    for (const set of ['CapEff', 'CapPrm']) expect(new RegExp(`^${set}:\\s*(\\w+)$`, 'mu').exec(status)?.[1]).toMatch(/^0+$/u)
    connect(port).say('written')
    await until(() => spooled(sensor).some(({ fields }) => fields?.command === 'written'))
    const file = statSync(join(sensor.directory, 'spool', 'events'))
    expect([file.uid, file.mode & 0o777]).toEqual([NOBODY, 0o600])
    expect(statSync(join(sensor.directory, '..')).mode & 0o777).toBe(0o700)
  })

  test('it refuses to serve when it is not told whom to become', async () => {
    const sensor = start()
    sensor.order({ type: 'serve', directory: sensor.directory, plan: [planned('echo')] })
    sensor.hand('decky-01', 'echo')
    sensor.order({ type: 'listening' })
    expect(await sensor.exited).toBe(1)
    expect(sensor.messages).toEqual([])
    expect(sensor.log()).toContain('does not serve as root')
  })
})
