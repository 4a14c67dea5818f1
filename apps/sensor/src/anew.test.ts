import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineService } from '@decnet/kernel/service'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { openEvidence } from './evidence/open-evidence.ts'
import { createSensor } from './sensor.ts'

/** Answers what it kept of its own, and what it kept of the host: as they were when they were made. */
const keeper = defineService({
  name: 'keeper',
  title: 'Keeper',
  ports: [{ port: 7, transport: 'tcp' }],
  config: z.object({ word: z.string().default('plain') }),
  emits: [],
  limits: () => ({ connections: 10, perSource: 0, idleSeconds: 10, totalSeconds: 10 }),
  async serve(socket, { decky, config: { word } }) {
    const kept = ['keeper', 'keeper-more', 'keeper/most', 'host'].map((key) => decky.shared(key, () => word))
    socket.end(kept.join(' '))
    await once(socket, 'finish')
  },
})

type Handle = { getsockname(out: { port?: number }): number }
const createHandle = (net as unknown as { _createServerHandle(address: string, port: number, type: 4): Handle })._createServerHandle

async function said(handle: Handle): Promise<string> {
  const name: { port?: number } = {}
  handle.getsockname(name)
  const socket = net.connect(name.port ?? 0, '127.0.0.1')
  const text: Buffer[] = []
  socket.on('data', (data: Buffer) => text.push(data))
  await once(socket, 'close')
  return Buffer.concat(text).toString()
}

it('a service that is started anew begins with what it is configured with now, on the host as it is', async () => {
  const plan = (word: string) => ({
    ...{ name: 'web-01', seed: 's', archetype: 'web-server', ip: '127.0.0.1', createdAt: 0 },
    services: [{ name: 'keeper', port: 7, config: { word } }],
  })
  const folder = mkdtempSync(join(tmpdir(), 'anew-'))
  const evidence = await openEvidence({ directory: folder })
  const sensor = createSensor({
    plan: [plan('old')],
    services: [keeper],
    sink: () => undefined,
    evidence,
    logger: { error: () => undefined, warn: () => undefined, info: () => undefined },
  })
  try {
    const first = createHandle('127.0.0.1', 0, 4)
    expect(await sensor.listen('web-01', 'keeper', 7, first)).toBeNull()
    expect(await said(first)).toBe('old old old old')
    await sensor.unlisten('web-01', 'keeper')
    sensor.put(plan('new'))
    const second = createHandle('127.0.0.1', 0, 4)
    expect(await sensor.listen('web-01', 'keeper', 7, second)).toBeNull()
    expect(await said(second)).toBe('new new new old')
  } finally {
    await sensor.close()
    await evidence.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
