import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openBus } from '../bus/index.ts'
import { createLogger } from '../logging.ts'
import { countingFold, workerRig } from './worker.fixture.ts'

const rig = workerRig()

it('a worker whose bus comes back says so at once, not with its next heartbeat; one that is stopped keeps silent', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'back-'))
  const logger = createLogger({ name: 'test', level: 'silent' })
  const at = { enabled: true, type: 'unix', socketPath: join(folder, 'bus.sock') }
  const broker = await openBus({ ...at, role: 'broker', name: 'server' }, logger)
  const client = await openBus({ ...at, role: 'client', name: 'worker' }, logger)
  if (!('pause' in broker) || !('resume' in broker)) throw new Error('a broker that cannot pause')
  const { pause, resume } = broker as unknown as Record<'pause' | 'resume', () => Promise<void>>
  const states: unknown[] = []
  const subscription = broker.as('test').subscribe('system.fold.health')
  void (async () => {
    for await (const event of subscription) if (event.kind === 'message') states.push(event.message.payload.state)
  })()
  const worker = rig().run(countingFold(), { bus: client, heartbeatMs: 3_600_000 })
  worker.start()
  await expect.poll(() => states.length, { timeout: 10_000 }).toBeGreaterThan(0)
  const before = states.length
  await pause.call(broker)
  await expect.poll(() => client.status.connected).toBe(false)
  await resume.call(broker)
  await expect.poll(() => states.slice(before), { timeout: 10_000 }).toEqual(['running'])
  await worker.stop()
  await expect.poll(() => states.at(-1)).toBe('stopped')
  const stopped = states.length
  await pause.call(broker)
  await resume.call(broker)
  await expect.poll(() => client.status.connected, { timeout: 10_000 }).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(states.length).toBe(stopped)
  await worker.close()
  await client.close()
  await broker.close()
  rmSync(folder, { recursive: true, force: true })
})
