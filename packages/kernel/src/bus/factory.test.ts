import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openBus } from './factory.ts'
import { createNullBus } from './null.ts'

const config = { enabled: true, type: 'memory', socketPath: '/nowhere/bus.sock', role: 'client', name: 'test' } as const

it('B4: one factory picks the bus from configuration; disabled wins over everything', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bus-'))
  const socketPath = join(folder, 'bus.sock')
  try {
    expect((await openBus({ ...config, enabled: false, type: 'no such type' })).status.adapter).toBe('null')
    await using memory = await openBus(config)
    expect(memory.status.adapter).toBe('memory')
    await using broker = await openBus({ ...config, type: 'unix', role: 'broker', socketPath })
    await using client = await openBus({ ...config, type: 'unix', socketPath })
    expect([broker.status.adapter, client.status.adapter]).toEqual(['unix', 'unix'])
    expect(await client.connected()).toBe(true)
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('B4: takes the buses that other packages bring, by their own names only', async () => {
  const adapters = { nats: async () => createNullBus() }
  expect((await openBus({ ...config, type: 'nats', adapters })).status.adapter).toBe('null')
  await expect(openBus({ ...config, type: 'toString', adapters })).rejects.toMatchObject({ hint: 'Use one of: unix, nats, memory.' })
})

it('B4: an unknown type is a clear error', async () => {
  await expect(openBus({ ...config, type: 'kafka' })).rejects.toMatchObject({
    name: 'AppError',
    code: 'bus_type_unknown',
    message: 'unknown bus type "kafka"',
  })
})
