import { attackerId } from '@decnet/kernel'
import { type Bus, createMemoryBus } from '@decnet/kernel/bus'
import type { NewLogRecord } from '@decnet/kernel/log'
import type { AnyWorker } from '@decnet/kernel/worker'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DAY, HOUR } from '../domain/behaviour/rhythm/visits.ts'
import { attackerAttribution, attackerBehaviour } from '../store/behaviour.ts'
import { onEachDatabase } from '../store/fixtures/each-database.ts'
import type { Tx } from '../store/log-table.ts'
import type { Store } from '../store/open.ts'
import { profileOf } from '../store/profiles.ts'
import { deleteOlder } from '../store/retention.ts'
import attribution from './attribution/worker.ts'
import { settle, T0, visit } from './folds.fixture.ts'
import { identityClusterer } from './identity-clusterer/worker.ts'
import profiler from './profiler/worker.ts'
import rhythm from './rhythm/worker.ts'

const IP = '203.0.113.7'
const attacker = attackerId(IP)
/** Where the beginning of the tests lies in its day. */
const MORNING = 8 * HOUR - (T0 % DAY)

onEachDatabase('rhythm', ({ open }) => {
  let store: Store
  let bus: Bus
  beforeEach(async () => {
    store = await open()
    bus = createMemoryBus()
  })
  afterEach(async () => {
    await bus.close()
    await store.close()
  })
  const workers = [profiler, rhythm, identityClusterer(), attribution] as unknown as readonly AnyWorker<Tx>[]
  const feed = (...records: NewLogRecord[]) => settle(store, bus, workers, records)
  const came = (days: readonly number[], ip = IP) =>
    days.flatMap((day) => visit({ ip, at: MORNING + day * DAY + ((day * 37) % 60) * 60_000 }))
  const observations = () => store.db.selectFrom('observations').selectAll().orderBy('id').execute()
  const visits = () => store.db.selectFrom('attacker_visits').selectAll().orderBy('attacker_uuid').execute()
  const announced = async () => {
    const rows = await store.db
      .selectFrom('log')
      .select(['topic', 'body', 'session_id'])
      .where('topic', 'like', 'attacker.observation.%')
      .orderBy('seq')
      .execute()
    return rows.map(({ body, ...row }) => ({ ...row, told: JSON.parse(body) as Record<string, unknown> }))
  }
  const latest = async () => {
    const { data } = await attackerBehaviour(store.db, { attacker, latest: true, limit: 100, offset: 0 })
    return Object.fromEntries(data.map(({ primitive, value }) => [primitive, value]))
  }
  const HABITS = {
    'temporal.chronotype': 'utc_06_12',
    'cultural.weekend_cadence': 'every_day',
    'temporal.session_timing': 'regular',
    'temporal.persistence': 'persistent',
    'temporal.lifecycle_markers.idle_periodicity': 'daily',
  }
  const month = Array.from({ length: 32 }, (_, day) => day)

  it('A4, A5: who comes every morning for a month is said to, trait by trait, each announced once it is known, and known of the identity', async () => {
    await feed(...came(month))
    expect(await latest()).toEqual(HABITS)
    const hours = new Array<number>(24).fill(0)
    hours[8] = month.length
    expect(await profileOf(store.db, IP)).toMatchObject({ visits: { count: month.length, hours }, typed_sessions: 0 })
    const kept = (await observations()).filter(({ value }) => value !== '"unknown"')
    const told = await announced()
    expect(new Set(told.map(({ told }) => told.id))).toEqual(new Set(kept.map(({ id }) => id)))
    expect(told).toHaveLength(kept.length)
    expect(kept.length).toBeLessThan(5 * month.length)
    for (const { topic, session_id, told: one } of told) {
      expect([topic, session_id, one.attacker_uuid]).toEqual([`attacker.observation.${String(one.primitive)}`, null, attacker])
      expect(one.evidence_ref).toMatch(/^visits:web-01\/ssh#/u)
    }
    const { primitives } = await attackerAttribution(store.db, attacker)
    const known = Object.fromEntries(primitives.map(({ primitive, current_value }) => [primitive, current_value]))
    expect(known).toMatchObject(HABITS)
    expect(primitives.map(({ state }) => state)).not.toContain('multi_actor')
  })

  it('an identity that was seen on three days is returning: a busy first day does not outvote the others, nor do addresses that came once count for nothing', async () => {
    const rare = { hassh: 'b5752e36ba6c5979a575e43178908adf', commands: ['cat /opt/billing/ledger.conf', 'tail -n 913 /srv/quarry.log'] }
    const logins = [['deploy', 'Kestrel-over-the-quarry-91']] as const
    const once = (ip: string, at: number) => visit({ ip, at: MORNING + at, ...rare, logins })
    const strangers = Array.from({ length: 20 }, (_, n) =>
      visit({ ip: `198.51.100.${n + 1}`, at: n * 60_000, logins: [['root', '123456']] }),
    ).flat()
    await feed(...strangers, ...[0, 2, 4, 6].flatMap((hour) => once(IP, hour * HOUR)))
    const known = async () =>
      (await attackerAttribution(store.db, attacker)).primitives.find(({ primitive }) => primitive === 'temporal.persistence')
        ?.current_value
    expect(await known()).toBe('one_off')
    await feed(...once('203.0.113.8', DAY), ...once('203.0.113.9', 2 * DAY))
    expect(await known()).toBe('returning')
  })

  it('nothing is said of whoever came once, however many sessions that were', async () => {
    await feed(...Array.from({ length: 30 }, (_, n) => visit({ ip: IP, at: n * 60_000 })).flat())
    expect(await observations()).toEqual([])
    expect((await visits()).map(({ spans }) => (JSON.parse(spans) as number[]).length)).toEqual([2])
  })

  it('read again, the log changes nothing', async () => {
    await feed(...came(month.slice(0, 4)))
    const found = async () => [await observations(), await announced(), await visits()]
    const before = await found()
    await store.db.deleteFrom('cursors').where('name', '=', 'rhythm').execute()
    await feed()
    expect(await found()).toEqual(before)
  })

  it('visits go with their attacker when that is no longer kept', async () => {
    await feed(...came([0, 1]), ...came([9], '203.0.113.8'))
    await deleteOlder(store.db, { attackers: { before: T0 + 5 * DAY } }, { limit: 10, readers: [], now: T0 })
    expect((await visits()).map(({ attacker_uuid }) => attacker_uuid)).toEqual([attackerId('203.0.113.8')])
    await store.db.deleteFrom('cursors').where('name', '=', 'rhythm').execute()
    await feed()
    expect((await visits()).map(({ attacker_uuid }) => attacker_uuid)).toEqual([attackerId('203.0.113.8')])
    expect(await store.db.selectFrom('dead_letters').selectAll().execute()).toEqual([])
  })
})
