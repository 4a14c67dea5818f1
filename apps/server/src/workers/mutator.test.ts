import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { topics } from '@decnet/contracts/topics'
import { newId } from '@decnet/kernel'
import { type Bus, createMemoryBus, createNullBus } from '@decnet/kernel/bus'
import { type RunningWorker, runWorker } from '@decnet/kernel/worker'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { playedFleet, type Trouble } from '../fleet/played-fleet.fixture.ts'
import { onEachDatabase } from '../store/fixtures/each-database.ts'
import { changeFleet, type DeckyWish, wantedFleet } from '../store/fleet.ts'
import { logTable } from '../store/log-table.ts'
import { requestMutation, setMutationSettings } from '../store/mutations.ts'
import { migrate, openStore, type Store } from '../store/open.ts'
import { event } from './folds.fixture.ts'
import { mutator } from './mutator/worker.ts'

const T1 = Date.parse('2026-10-01T12:00:00Z')
const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const ALL_FAIL: Trouble = { raise: () => true, open: () => true, listen: () => true }

onEachDatabase('the mutator', ({ open }) => {
  let store: Store
  let now: number
  let said: string[]
  beforeEach(async () => {
    store = await open()
    now = T1
    said = []
  })
  afterEach(() => store.close())

  const wish = (name: string, more: Partial<DeckyWish> = {}): DeckyWish => ({
    name,
    seed: name,
    archetype: 'web-server',
    ip: `127.77.0.${10 + name.length}`,
    createdAt: T1,
    services: [
      { name: 'http', port: 80, config: {} },
      { name: 'ssh', port: 22, config: {} },
    ],
    mutateMinutes: null,
    lastMutated: null,
    ...more,
  })
  async function deployed(...wishes: DeckyWish[]) {
    const log = logTable(store)
    await log.transaction((tx) =>
      changeFleet(
        tx,
        wishes.map((after) => ({ operation: 'deploy', trigger: 'creation', actor: null, before: null, after })),
        now,
      ),
    )
    const fleet = playedFleet(log, () => now)
    await fleet.settle()
    return fleet
  }
  const make = () =>
    mutator({
      log: logTable(store),
      db: store.db,
      logger: { info: (_fields: unknown, message?: string) => void said.push(message ?? '') } as never,
      now: () => now,
    })
  const run = (worker = make()) => worker.run({ publish: () => undefined, signal: new AbortController().signal })
  const ask = (decky: string, by = 'ana') => requestMutation(store.db, { decky, at: now, by })
  const operations = async () =>
    (
      await store.db
        .selectFrom('decky_operations')
        .selectAll()
        .where('operation', '=', 'mutate')
        .orderBy('created_at')
        .orderBy('id')
        .execute()
    ).map(({ decky, status, trigger_kind, actor, detail }) => ({
      decky,
      status,
      trigger: trigger_kind,
      actor,
      ...(JSON.parse(detail ?? '{}') as { strategy?: string; reason?: string }),
    }))
  const told = async (topic: string) =>
    (await store.db.selectFrom('log').select('body').where('topic', '=', topic).orderBy('seq').execute()).map(
      ({ body }) => JSON.parse(body) as Record<string, unknown>,
    )
  const setting = (mutate_minutes: number, ...strategies: ('shuffle' | 'drift' | 'move' | 'behavioral')[]) =>
    setMutationSettings(store.db, { mutate_minutes, strategies: strategies.length > 0 ? strategies : ['shuffle'] })

  it('M1: without deckies it is idle, which it says on the edge only', async () => {
    const worker = make()
    for (let n = 0; n < 3; n += 1) await run(worker)
    expect(said).toEqual(['there are no deckies to change'])
    await deployed(wish('web-01'))
    for (let n = 0; n < 3; n += 1) await run(worker)
    expect(said).toEqual(['there are no deckies to change', 'there are deckies to change'])
    expect(worker.next?.()).toBe(10_000)
  })

  it('M1: a decky changes when its interval is over and not before; then there are its state and its mutation', async () => {
    const fleet = await deployed(wish('web-01', { mutateMinutes: 5 }), wish('db-0001', { mutateMinutes: 0 }))
    await setting(60)
    const before = await told('decky.web-01.state')
    now = T1 + 5 * MINUTE - 2_000
    const worker = make()
    await run(worker)
    expect([await operations(), worker.next?.()]).toEqual([[], 2_000])
    now = T1 + 5 * MINUTE
    await run(worker)
    expect(await operations()).toMatchObject([
      { decky: 'web-01', status: 'pending', trigger: 'scheduled', actor: null, strategy: 'shuffle' },
    ])
    await fleet.settle()
    const [wanted] = (await wantedFleet(store.db)).deckies
    expect(wanted?.lastMutated).toBe(now)
    const [, mutation] = await told('decky.web-01.mutation')
    expect(mutation).toMatchObject({
      old_services: ['http', 'ssh'],
      new_services: wanted?.services.map(({ name }) => name),
      trigger: 'scheduled',
      strategy: 'shuffle',
      started_at: new Date(now).toISOString(),
    })
    const states = await told('decky.web-01.state')
    expect(states).toHaveLength(before.length + 1)
    expect(states.at(-1)).toMatchObject({ state: 'running', previous_state: 'running', services: wanted?.services.map(({ name }) => name) })
    now += 5 * MINUTE - 1
    await run(worker)
    expect(await operations()).toHaveLength(1)
    now += 1
    await run(worker)
    expect(await operations()).toHaveLength(2)
  })

  it('M1: after a failure there is neither a state nor a mutation, all is as before, and it is not tried again at once', async () => {
    const fleet = await deployed(wish('web-01', { mutateMinutes: 5 }))
    await setting(0, 'move')
    const before = [await told('decky.web-01.state'), await told('decky.web-01.mutation'), (await wantedFleet(store.db)).deckies]
    now += 5 * MINUTE
    await run()
    await fleet.settle(ALL_FAIL)
    expect(await operations()).toMatchObject([{ status: 'failed', strategy: 'move' }])
    expect([await told('decky.web-01.state'), await told('decky.web-01.mutation'), (await wantedFleet(store.db)).deckies]).toEqual(before)
    expect(fleet.seen()).toEqual(new Map([['web-01', { http: {}, ssh: {} }]]))
    now += MINUTE
    await run()
    expect(await operations()).toHaveLength(1)
  })

  it('M2: who asks in the database gets that decky changed at the next look, once, and nothing else is', async () => {
    const fleet = await deployed(wish('web-01'), wish('web-0002'))
    await setting(0)
    now += 1_000
    await ask('web-0002')
    await run()
    await run()
    await fleet.settle()
    await run()
    expect(await operations()).toMatchObject([{ decky: 'web-0002', status: 'succeeded', trigger: 'operator', actor: 'ana' }])
  })

  it('M2: a decky that is being changed is waited for, also over a restart in the middle', async () => {
    const fleet = await deployed(wish('web-01'))
    await setting(0)
    now += 1_000
    await ask('web-01')
    await run()
    now += 1_000
    await ask('web-01', 'bob')
    await run()
    expect(await operations()).toMatchObject([{ status: 'pending', actor: 'ana' }])
    await fleet.crash()
    await run()
    expect(await operations()).toMatchObject([{ status: 'running' }])
    await fleet.settle()
    await run()
    await fleet.settle()
    expect(await operations()).toMatchObject([
      { status: 'succeeded', actor: 'ana' },
      { status: 'succeeded', actor: 'bob' },
    ])
  })

  it('patches a host: the same services, another persona, and a mutation that says so', async () => {
    const fleet = await deployed(wish('web-01', { distro: 'debian12', createdAt: Date.parse('2025-03-01T00:00:00Z') }))
    await setting(0, 'drift')
    await ask('web-01')
    await run()
    await fleet.settle()
    expect((await wantedFleet(store.db)).deckies[0]?.patchedAt).toBe(now)
    const [, mutation] = await told('decky.web-01.mutation')
    expect(mutation).toMatchObject({ old_services: ['http', 'ssh'], new_services: ['http', 'ssh'], strategy: 'drift' })
    expect(fleet.starts.get('web-01/ssh')).toBe(2)
  })

  it('grows what two attackers asked for, once a day at most, and says why', async () => {
    const fleet = await deployed(wish('web-01', { mutateMinutes: 1 }))
    await setting(0, 'behavioral')
    const asked = (ip: string, port: number) => ({
      ...event({ type: 'tcp_syn_fingerprint', ip, session: ip }),
      ts: now,
      decky: 'web-01',
      body: { local_port: String(port) },
    })
    await logTable(store).transaction((_tx, log) =>
      log.append([asked('198.51.100.1', 21), asked('198.51.100.2', 21), asked('198.51.100.1', 6379), asked('198.51.100.3', 6379)]),
    )
    now += MINUTE
    const worker = make()
    await run(worker)
    await fleet.settle()
    expect(await operations()).toMatchObject([
      { trigger: 'behavioral', strategy: 'behavioral', reason: expect.stringContaining('2 attackers asked for ftp') },
    ])
    now += MINUTE
    await run(worker)
    expect(await operations()).toHaveLength(1)
    now += DAY
    await run(worker)
    await fleet.settle()
    expect((await wantedFleet(store.db)).deckies[0]?.services.map(({ name }) => name)).toEqual(['http', 'ssh', 'ftp', 'redis'])
    const mutations = await told('decky.web-01.mutation')
    expect(mutations.map(({ trigger }) => trigger)).toEqual(['creation', 'behavioral', 'behavioral'])
  })

  it('several at once change a decky once', async () => {
    await deployed(wish('web-01', { mutateMinutes: 1 }))
    now += MINUTE
    await Promise.all([run(), run(), run()])
    expect(await operations()).toHaveLength(1)
  })
})

describe('a mutator that runs', () => {
  let store: Store
  let bus: Bus
  let worker: RunningWorker | undefined
  const folder = mkdtempSync(join(tmpdir(), 'mutator-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  afterEach(async () => {
    await worker?.close()
    worker = undefined
    await bus.close()
    await store.close()
  })
  async function start(on: Bus) {
    bus = on
    store = await openStore(join(folder, `${newId()}.db`))
    await migrate(store)
    const log = logTable(store)
    const after: DeckyWish = {
      ...{
        name: 'web-01',
        seed: 's',
        archetype: 'web-server',
        ip: '127.77.0.10',
        createdAt: Date.now() - 1_000,
        mutateMinutes: null,
        lastMutated: null,
      },
      services: [{ name: 'http', port: 80, config: {} }],
    }
    await log.transaction((tx) =>
      changeFleet(tx, [{ operation: 'deploy', trigger: 'creation', actor: null, before: null, after }], Date.now()),
    )
    await playedFleet(log, Date.now).settle()
    worker = runWorker(mutator({ log, db: store.db, logger: silent, now: Date.now }), { log, bus, logger: silent })
    worker.start()
    // Its first look is over.
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const asked = async () =>
    (await store.db.selectFrom('decky_operations').select('actor').where('operation', '=', 'mutate').execute()).map(({ actor }) => actor)

  it('M2: whoever publishes decky.{name}.mutate_request is heard, and what is none changes nothing', async () => {
    await start(createMemoryBus())
    const operator = bus.as('somebody')
    operator.publish('decky.web-99.mutate_request', {}, '')
    operator.publish('decky.web-01.mutate_request', { requested_by: 7 }, '')
    operator.publishTo(topics.deckyMutateRequest, ['web-01'], { requested_by: 'ana' })
    await expect.poll(asked, { timeout: 5_000 }).toEqual(['ana'])
  })

  it('M2: without a bus it looks by itself', async () => {
    await start(createNullBus())
    await requestMutation(store.db, { decky: 'web-01', at: Date.now(), by: 'bob' })
    await expect.poll(asked, { timeout: 5_000 }).toEqual(['bob'])
  })
})
