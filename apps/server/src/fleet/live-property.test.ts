import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deployRequest } from '@decnet/contracts/api'
import { topics } from '@decnet/contracts/topics'
import { AppError } from '@decnet/kernel'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { randomOf } from '../lab/random.ts'
import { wantedFleet } from '../store/fleet.ts'
import { logTable } from '../store/log-table.ts'
import { setMutationSettings } from '../store/mutations.ts'
import { migrate, openStore } from '../store/open.ts'
import { mutator } from '../workers/mutator/worker.ts'
import { fleetDesk } from './desk.ts'
import { liveDesk } from './live.ts'
import { mutateDesk } from './mutate.ts'
import { playedFleet } from './played-fleet.fixture.ts'

const OPERATIONS = 1_000
const RUNS = 4
const folder = mkdtempSync(join(tmpdir(), 'live-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SERVICES = ['ssh', 'http', 'redis', 'mysql', 'ftp', 'smtp', 'telnet']
const KINDS = [
  'deploy',
  'deploy',
  'teardown',
  'add',
  'add',
  'add',
  'remove',
  'save',
  'apply',
  'apply',
  'mutate',
  'mutate',
  'redeploy',
] as const
const FAILS = ['nothing', 'nothing', 'nothing', 'raise', 'open', 'listen'] as const

it('M4: whatever is asked of a fleet, and whatever fails, it ends as it is wanted, and its mutations folded from nothing are its services', {
  timeout: 60_000,
}, async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      run += 1
      const store = await openStore(join(folder, `${run}.db`))
      await migrate(store)
      const log = logTable(store)
      let now = Date.parse('2026-10-01T00:00:00Z')
      const told = () => undefined
      const desk = {
        ...fleetDesk({ log, loopback: () => '127.77.0', told }),
        ...liveDesk({ log, told, announce: told }),
        ...mutateDesk(log),
      }
      const fleet = playedFleet(log, () => now)
      const changing = mutator({ log, db: store.db, logger: { info: told }, now: () => now })
      await setMutationSettings(store.db, { mutate_minutes: 0, strategies: ['shuffle', 'drift', 'move', 'behavioral'] })

      const random = randomOf(String(seed))
      for (let done = 0; done < OPERATIONS / RUNS; ) {
        const [kind, service, fails] = [random.pick(KINDS), random.pick(SERVICES), random.pick(FAILS)]
        const [decky, idle] = [`d-${random.integer(0, 5)}`, random.integer(1, 50_000)]
        now += idle
        const order = { decky, service, actor: 'ana', now }
        const config = service === 'ssh' ? { max_auth_tries: 1 + (idle % 9) } : {}
        const asked = {
          deploy: () => {
            const request = deployRequest.parse({ deckies: [{ name: decky, services: [service, service === 'ssh' ? 'http' : 'ssh'] }] })
            return desk['fleet.deploy']({ request, taken: [], actor: 'ana', now })
          },
          teardown: () => desk['fleet.teardown']({ names: [decky], actor: 'ana', now }),
          redeploy: () => desk['fleet.redeploy']({ actor: 'ana', now }),
          add: () => desk['fleet.addService']({ ...order, config }),
          remove: () => desk['fleet.removeService'](order),
          save: () => desk['fleet.saveConfig']({ ...order, config }),
          apply: () => desk['fleet.applyConfig']({ ...order, config: idle % 2 === 0 ? null : config }),
          async mutate() {
            await desk['fleet.mutate']({ decky, at: now, by: 'ana' })
            await changing.run({ publish: told, signal: new AbortController().signal })
          },
        }[kind]
        const refused = await asked().then(
          () => false,
          (error: unknown) => {
            // Refused is an answer, with a status of its own.
            if (!(error instanceof AppError) || error.status === 500) throw error
            return true
          },
        )
        if (!refused) done += 1
        // Nobody goes there yet: others are quicker.
        if (random.chance(0.3)) continue
        // Or the server is killed when the fleet is there already, and nobody has written down that it is.
        if (random.chance(0.2)) await fleet.crash()
        if (random.chance(0.3)) continue
        // Or a host is lost, and found so while that is under way.
        if (random.chance(0.2)) {
          fleet.lose(decky)
          await fleet.check()
        }
        const hit =
          (what: string) =>
          (name: string, of = service) =>
            fails === what && name === decky && of === service
        await fleet.settle({ raise: (name) => fails === 'raise' && name === decky, open: hit('open'), listen: hit('listen') })
      }
      await fleet.settle()
      await fleet.check()

      const wanted = (await wantedFleet(store.db)).deckies
      const services = ({ services }: (typeof wanted)[number]) =>
        Object.fromEntries(services.map(({ name, config }) => [name, config] as const))
      expect(Object.fromEntries(fleet.seen())).toEqual(Object.fromEntries(wanted.map((decky) => [decky.name, services(decky)])))
      const open = await store.db.selectFrom('decky_operations').select('id').where('status', 'in', ['pending', 'running']).execute()
      expect(open).toEqual([])

      const life = new Map<string, readonly string[]>()
      for (const { body } of await store.db
        .selectFrom('log')
        .select('body')
        .where('topic', 'like', 'decky.%.mutation')
        .orderBy('seq')
        .execute()) {
        const { decky, old_services, new_services, trigger } = topics.deckyMutation.payload.parse(JSON.parse(body))
        const before = life.get(decky) ?? []
        expect(old_services.toSorted(), `${decky} ${trigger}`).toEqual(before.toSorted())
        if (trigger === 'healer') expect(new_services).toEqual(old_services)
        expect(old_services.length === 0, trigger).toBe(trigger === 'creation')
        expect(new_services.length === 0, trigger).toBe(trigger === 'retirement')
        life.set(decky, new_services)
      }
      const alive = [...life].filter(([, services]) => services.length > 0).map(([name, services]) => [name, services.toSorted()])
      expect(Object.fromEntries(alive)).toEqual(
        Object.fromEntries(wanted.map(({ name, services }) => [name, services.map((service) => service.name).sort()])),
      )
      await store.close()
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
})
