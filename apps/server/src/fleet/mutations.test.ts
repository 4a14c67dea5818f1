import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deployRequest } from '@decnet/contracts/api'
import { topics } from '@decnet/contracts/topics'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { logTable } from '../store/log-table.ts'
import { migrate, openStore, type Store } from '../store/open.ts'
import { fleetDesk } from './desk.ts'
import { playedFleet } from './played-fleet.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'mutations-'))
let store: Store
beforeAll(async () => {
  store = await openStore(join(folder, 'test.db'))
  await migrate(store)
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

it('M4: a decky that is deployed, repaired, replaced and retired leaves a creation, a healing, a change and a retirement', async () => {
  const log = logTable(store)
  let now = 1_790_000_000_000
  const desk = fleetDesk({ log, loopback: () => '127.77.0', told: () => undefined })
  const fleet = playedFleet(log, () => now)
  const deploy = (services: string[]) =>
    desk['fleet.deploy']({
      request: deployRequest.parse({ replace_fleet: true, deckies: [{ name: 'web-01', services }] }),
      ...{ taken: [], actor: 'ana', now },
    })
  await deploy(['http', 'ssh'])
  await fleet.settle()
  now += 1_000
  fleet.lose('web-01')
  await fleet.check()
  await deploy(['ssh', 'ftp'])
  await fleet.settle()
  await desk['fleet.teardown']({ names: ['web-01'], actor: 'bob', now })
  await fleet.settle()
  await deploy(['http', 'ssh'])
  await fleet.settle()
  await desk['fleet.teardown']({ names: ['web-01'], actor: 'bob', now })
  await deploy(['ftp', 'ssh'])
  await fleet.settle()

  const rows = await store.db.selectFrom('log').select('body').where('topic', '=', 'decky.web-01.mutation').orderBy('seq').execute()
  expect(
    rows.map(({ body }) => {
      const { trigger, old_services, new_services, actor } = topics.deckyMutation.payload.parse(JSON.parse(body))
      return [trigger, old_services, new_services, actor]
    }),
  ).toEqual([
    ['creation', [], ['http', 'ssh'], 'ana'],
    ['healer', ['http', 'ssh'], ['http', 'ssh'], null],
    ['operator', ['http', 'ssh'], ['ssh', 'ftp'], 'ana'],
    ['retirement', ['ssh', 'ftp'], [], 'bob'],
    ['creation', [], ['http', 'ssh'], 'ana'],
    // Retired and made again before anybody got to it.
    ['retirement', ['http', 'ssh'], [], 'ana'],
    ['creation', [], ['ftp', 'ssh'], 'ana'],
  ])
})
