import { when } from '@decnet/kernel/testing'
import { expect } from 'vitest'
import { LogOfIds } from '../packages/nats/src/fixtures/log-of-ids.ts'
import { MemorySpool } from '../packages/nats/src/fixtures/memory-spool.ts'
import { connectNatsIntake, publishIntake } from '../packages/nats/src/index.ts'
import { NATS_TOOL, startNatsCluster, streamLeader } from '../packages/nats/src/testing.ts'

const QUICK = { min: 10, max: 50 }
const nats = when({ tools: NATS_TOOL })

nats.test('in a cluster of three nodes loses nothing when the one that leads is killed', { timeout: 60_000 }, async () => {
  await using cluster = await startNatsCluster()
  const options = { servers: cluster.urls, retry: QUICK, replicas: 3 }
  const home = await connectNatsIntake(options)
  const spool = new MemorySpool()
  const publisher = await publishIntake({
    servers: cluster.urls,
    retry: QUICK,
    intake: spool,
    source: 'web-01',
    state: null,
    store: () => undefined,
    window: 200,
    ackMs: 2_000,
    idleMs: 10,
  })
  const intake = home.source('web-01')
  const log = new LogOfIds()
  const ids = spool.writeEvents(2_000)
  await log.reach(intake, 2_000, 30_000)
  const leader = await streamLeader(cluster, 'DECNET_INTAKE')
  ids.push(...spool.writeEvents(2_000))
  await log.reach(intake, 2_500, 30_000)
  await leader.kill()
  ids.push(...spool.writeEvents(500))
  await log.reach(intake, ids.length, 30_000)
  expect([...log.ids].sort()).toEqual([...ids].sort())
  await Promise.all([publisher.close(), home.close()])
})
