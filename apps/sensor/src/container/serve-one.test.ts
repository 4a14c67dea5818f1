import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@decnet/kernel'
import { services } from '@decnet/services'
import { afterAll, expect, it } from 'vitest'
import { readOrder } from './order.ts'
import { serveOne } from './serve-one.ts'

const directory = mkdtempSync(join(tmpdir(), 'container-'))
afterAll(() => rmSync(directory, { recursive: true }))
const logger = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined }
const plan = {
  name: 'db-01',
  seed: 'container',
  archetype: 'linux-server',
  ip: '127.0.0.1',
  createdAt: Date.UTC(2026, 0, 1),
  services: [
    { name: 'redis', port: 0, config: {} },
    { name: 'http', port: 8081, config: {} },
  ],
}
const written = () =>
  readdirSync(join(directory, 'spool')).flatMap((name) => readFileSync(join(directory, 'spool', name), 'utf8').split('\n'))

it('one service of a host is served by itself, and what it sees lies in its own folder', async () => {
  const file = join(directory, 'service.json')
  writeFileSync(file, JSON.stringify({ plan, service: 'redis' }))
  const one = await serveOne(readOrder(file), { directory, services, logger })
  const answer = await new Promise<string>((resolve, reject) => {
    const client = net.connect(one.port, '127.0.0.1', () => client.write('PING\r\n'))
    client.once('data', (data) => {
      client.destroy()
      resolve(data.toString('latin1'))
    })
    client.once('error', reject)
  })
  await one.close()
  expect(answer).toMatch(/^[+-]/u)
  const lines = written().join('\n')
  expect(lines).toContain('sensor_started')
  expect(lines).toMatch(/db-01 redis .*connect/u)
  expect(lines).toContain('src_ip="127.0.0.1"')
})

it('where nothing can be kept nothing is served', async () => {
  const closed = join(directory, 'closed')
  // A file where a folder should be: closed to root as well.
  writeFileSync(closed, '')
  await expect(serveOne({ plan, service: 'redis' }, { directory: closed, services, logger })).rejects.toMatchObject({
    code: 'folder_closed',
  })
})

it('an order that is none, a service that the host has not, a port that is taken are said in words', async () => {
  const file = join(directory, 'none.json')
  writeFileSync(file, '{"plan":')
  expect(() => readOrder(file)).toThrow(AppError)
  expect(() => readOrder(join(directory, 'absent.json'))).toThrow('does not say what to serve')
  await expect(serveOne({ plan, service: 'ssh' }, { directory, services, logger })).rejects.toThrow('db-01 has no service ssh.')
  const taken = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as net.AddressInfo
  const busy = { ...plan, services: [{ name: 'redis', port, config: {} }] }
  await expect(serveOne({ plan: busy, service: 'redis' }, { directory, services, logger })).rejects.toThrow(/EADDRINUSE/u)
  taken.close()
})
