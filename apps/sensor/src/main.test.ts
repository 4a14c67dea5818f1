import { readdirSync, statSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { decodeEvent } from '@decnet/kernel/syslog'
import { services } from '@decnet/services'
import { afterEach, expect, test, vi } from 'vitest'
import { type ForkedSensor, forkSensor, planned } from './fixtures/fork-sensor.ts'

const NOBODY = 65_534
const asRoot = process.getuid?.() === 0

let sensor: ForkedSensor | undefined
afterEach(() => sensor?.remove())
const until = (holds: () => unknown) => vi.waitUntil(holds, { timeout: 15_000, interval: 10 })

function seen(from: ForkedSensor) {
  return from.spooled().map((line) => {
    const record = decodeEvent(line, { source: 'sensor', position: '0' })
    if (!('type' in record)) throw new Error(`not an event: ${line}`)
    return record
  })
}

test('the sensor as it ships: every service accepts, is spooled as RFC 5424 by whoever it became, and all ends in order', async () => {
  const forked = forkSensor({ main: new URL('./main.ts', import.meta.url), ...(asRoot && { uid: NOBODY }) })
  sensor = forked
  const plan = { ...planned(''), services: services.map(({ name }) => ({ name, port: 0, config: {} })) }
  forked.order({ type: 'serve', directory: forked.directory, ...(asRoot && { uid: NOBODY, gid: NOBODY }), plan: [plan] })
  const ports = services.map(({ name }) => forked.hand('decky-01', name))
  forked.order({ type: 'listening' })
  await until(() => forked.messages.length > 0)
  expect(forked.messages, forked.log()).toEqual([{ type: 'ready' }])

  const clients = ports.map((port) => net.connect({ port, host: '127.0.0.1' }).on('error', () => undefined))
  await until(() => seen(forked).filter(({ type }) => type === 'connect').length === services.length)
  await until(() => forked.rings() > 0)
  forked.order({ type: 'stop' })
  expect(await forked.exited).toBe(0)
  for (const client of clients) client.destroy()

  const records = seen(forked)
  expect(records[0]).toMatchObject({ type: 'sensor_started', decky: 'sensor', service: 'sensor' })
  for (const { name } of services) {
    const types = records.filter(({ service }) => service === name).map(({ type }) => type)
    expect([types[0], types.at(-1)], name).toEqual(['connect', 'disconnect'])
  }
  for (const name of readdirSync(join(forked.directory, 'spool'))) {
    const file = statSync(join(forked.directory, 'spool', name))
    expect([file.mode & 0o777, file.uid]).toEqual([0o600, asRoot ? NOBODY : process.getuid?.()])
  }
})
