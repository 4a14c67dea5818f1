import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@decnet/kernel'
import { createMemoryBus } from '@decnet/kernel/bus'
import type { Intake } from '@decnet/kernel/intake'
import { encodeEvent } from '@decnet/kernel/syslog'
import { type RunningWorker, runWorker } from '@decnet/kernel/worker'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spoolIntake } from '../../intake/spool-intake.ts'
import { logTable } from '../../store/log-table.ts'
import { migrate, openStore, type Store } from '../../store/open.ts'
import { ingester } from './worker.ts'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

const line = (n: number, ts = 1_763_000_000_000 + n) =>
  encodeEvent({
    id: newId(),
    ts,
    decky: 'web-01',
    service: 'ssh',
    type: 'command',
    severity: 6,
    fields: { session_id: 's', src_ip: '203.0.113.7', src_port: '4000', command: `number ${n}` },
  })
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `${line(from + n)}\n`).join('')

describe('the ingester', () => {
  let folder: string
  let spool: string
  let store: Store
  const running: RunningWorker[] = []
  const intakes: Intake[] = []

  const start = (shared = false, name = 'sensor') => {
    const log = logTable(store)
    const intake = spoolIntake({ directory: spool, source: name })
    intakes.push(intake)
    const worker = runWorker(ingester({ list: async () => [{ name, intake, shared }] }, log), {
      log,
      bus: createMemoryBus(),
      logger: silent,
    })
    running.push(worker)
    worker.start()
    return worker
  }
  const stored = async () =>
    (await store.db.selectFrom('log').select(['seq', 'body']).orderBy('seq').execute()).map((row) =>
      Number(/number (\d+)/u.exec(row.body)?.[1]),
    )
  const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1)
  const file = () => join(spool, `${newId()}.log`)

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ingest-'))
    spool = folder
    const path = join(folder, 'test.db')
    store = await openStore(path)
    await migrate(store)
  })
  afterEach(async () => {
    for (const worker of running.splice(0)) await worker.close()
    for (const intake of intakes.splice(0)) await intake[Symbol.asyncDispose]()
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('takes in every line once, in order, over several files', async () => {
    writeFileSync(file(), lines(1, 700))
    writeFileSync(file(), lines(701, 1200))
    start()
    await expect.poll(stored).toEqual(upTo(1200))
  })

  it('goes on where it stood when it is started again', async () => {
    const path = file()
    writeFileSync(path, lines(1, 10))
    const first = start()
    await expect.poll(stored).toEqual(upTo(10))
    await first.close()
    appendFileSync(path, lines(11, 20))
    start()
    await expect.poll(stored).toEqual(upTo(20))
  })

  it('repeats nothing when its reading position is lost', async () => {
    writeFileSync(file(), lines(1, 50))
    const first = start()
    await expect.poll(stored).toEqual(upTo(50))
    await first.close()
    await store.db.deleteFrom('intake_positions').execute()
    writeFileSync(file(), lines(51, 60))
    start()
    await expect.poll(stored).toEqual(upTo(60))
  })

  it('keeps a torn last line as evidence and goes on with the next file', async () => {
    writeFileSync(file(), `${lines(1, 5)}${line(99).slice(0, 60)}`)
    writeFileSync(file(), lines(6, 8))
    start()
    await expect.poll(stored).toEqual(upTo(8))
    const letters = await store.db.selectFrom('dead_letters').selectAll().execute()
    expect(letters.map((letter) => letter.worker)).toEqual(['ingester'])
    expect(Buffer.from(letters[0]?.raw ?? '', 'base64').toString('utf8')).toMatch(/^<134>1 /u)
  })

  it('keeps a line that is no event with its bytes, and loses none around it', async () => {
    const rubbish = Buffer.from([0xff, 0xfe, 0x00, 0x41, 0x0a])
    writeFileSync(file(), Buffer.concat([Buffer.from(lines(1, 2)), rubbish, Buffer.from(lines(3, 4))]))
    const worker = start()
    await expect.poll(stored).toEqual(upTo(4))
    await expect.poll(async () => (await worker.status()).parked).toBe(1)
    const [letter] = await store.db.selectFrom('dead_letters').selectAll().execute()
    expect(Buffer.from(letter?.raw ?? '', 'base64')).toEqual(rubbish.subarray(0, 4))
  })

  it('orders by its arrival what claims to come from the day after tomorrow, and keeps the claim', async () => {
    const [day, before] = [86_400_000, Date.now()]
    const times = [Date.UTC(2199, 0, 1), before + 2 * day, before + day / 2, before - 9 * day, 0]
    writeFileSync(file(), times.map((ts, n) => `${line(n + 1, ts)}\n`).join(''))
    start()
    await expect.poll(stored).toEqual(upTo(times.length))
    const rows = await store.db.selectFrom('log').select(['ts', 'body']).orderBy('seq').execute()
    for (const { ts } of rows.slice(0, 2)) expect(ts - before).toSatisfy((late: number) => late >= 0 && late < 60_000)
    expect(rows.slice(2).map(({ ts }) => ts)).toEqual(times.slice(2))
    expect(rows.map(({ body }) => (JSON.parse(body) as { claimed_time?: string }).claimed_time)).toEqual([
      '2199-01-01T00:00:00.000Z',
      new Date(times[1] ?? 0).toISOString(),
      undefined,
      undefined,
      undefined,
    ])
  })

  it('names deckies of another host with it: what one calls web-01, another may call so too', async () => {
    writeFileSync(file(), lines(1, 2))
    start(true, 'edge-1')
    await expect.poll(stored).toEqual(upTo(2))
    expect(await store.db.selectFrom('log').select('decky').distinct().execute()).toEqual([{ decky: 'web-01@edge-1' }])
  })
})
