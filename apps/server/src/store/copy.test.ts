import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exampleRecord } from '@decnet/kernel/log/conformance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backup, restore } from './backup.ts'
import { copy, refuseHalfCopied } from './copy.ts'
import { onEachDatabase, onEachServer } from './fixtures/each-database.ts'
import { grow } from './fixtures/grown-store.ts'
import { logTable } from './log-table.ts'
import { migrate, openStore, type Store } from './open.ts'
import { databaseStatus } from './status.ts'
import { RowSum, rowsOf } from './table-rows.ts'
import { TABLES } from './tables.ts'

const NOW = new Date('2026-01-02T03:04:05Z')
const GROWN = 6_000

async function sums({ db }: Store): Promise<Record<string, string>> {
  const sums: Record<string, string> = {}
  for (const table of TABLES) {
    const sum = new RowSum()
    for await (const rows of rowsOf(db, table)) for (const row of rows) sum.add(row)
    sums[table.name] = sum.value
  }
  return sums
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'copy-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

onEachServer('a home that has grown', ({ open, engine, server }) => {
  it('moves there and back without loss, every row compared', async () => {
    const path = join(folder, `${engine}.db`)
    await using from = await openStore(path)
    await migrate(from)
    await grow(from, GROWN)
    await using to = await open()
    const steps: string[] = []
    const { rows } = await copy(from, to, ({ step, table, done, total }) => done === total && steps.push(`${step} ${table}`))
    expect(rows.log).toBe(GROWN)
    expect(new Set(steps)).toEqual(new Set(TABLES.flatMap(({ name }) => [`copy ${name}`, `compare ${name}`])))
    expect(await sums(to)).toEqual(await sums(from))
    await refuseHalfCopied(to)
    // Everybody goes on there as before.
    expect((await logTable(to).transaction((_tx, log) => log.append([exampleRecord()]))).map(({ seq }) => seq)).toEqual([GROWN + 1])
    await logTable(to).transaction((_tx, log) => log.park({ worker: 'w', seq: 1, recordId: null, error: '', raw: '' }))
    await using again = await openStore(join(folder, `${engine}-again.db`))
    await copy(to, again)
    expect(await sums(again)).toEqual(await sums(to))
    expect(await databaseStatus(to)).toMatchObject({
      engine,
      where: expect.stringMatching(/^(mysql|postgres):\/\/admin@127\.0\.0\.1:\d+\/test_\d+$/u),
      server: expect.stringMatching(/^(MariaDB|PostgreSQL) \d+\.\d+/u),
      migrations: { pending: [] },
      tables: expect.arrayContaining([{ name: 'log', rows: GROWN + 1 }]),
    })
  }, 120_000)

  it('goes on where it was cut off, and nobody works with half a copy', async () => {
    await using from = await openStore(join(folder, `${engine}-cut.db`))
    await migrate(from)
    await grow(from, 7_000)
    await using to = await open()
    const cut = new Error('the cable')
    const cutting = copy(from, to, ({ table, done }) => {
      if (table === 'log' && done >= 4_000) throw cut
    })
    await expect(cutting).rejects.toBe(cut)
    await expect(refuseHalfCopied(to)).rejects.toMatchObject({ code: 'database_half_copied' })
    await expect(copy(to, await openStore(join(folder, `${engine}-none.db`)))).rejects.toMatchObject({ code: 'database_half_copied' })
    const first: number[] = []
    await copy(from, to, ({ step, table, done }) => step === 'copy' && table === 'log' && first.push(done))
    expect(first.slice(0, 2)).toEqual([0, 6_000])
    expect(await sums(to)).toEqual(await sums(from))
  })

  it('is not put over anything, and what differs afterwards is said', async () => {
    await using from = await openStore(join(folder, `${engine}-small.db`))
    await migrate(from)
    await grow(from, 100)
    await using full = await open()
    await full.db.insertInto('settings').values({ key: 'mine', value: '1' }).execute()
    await expect(copy(from, full)).rejects.toMatchObject({
      code: 'database_not_empty',
      message: expect.stringContaining('settings has rows'),
    })
    await using to = await open()
    const meddling = copy(from, to, ({ step, table }) => {
      if (step === 'compare' && table === 'users') from.file?.raw.exec(`update log set msg = 'other' where seq = 50`)
    })
    await expect(meddling).rejects.toMatchObject({ code: 'copy_differs', message: expect.stringContaining('in log.') })
    await using empty = await openStore(await server().createDatabase())
    await expect(copy(empty, to)).rejects.toMatchObject({ code: 'database_unmigrated' })
  })
})

onEachDatabase('a backup', ({ open, create, engine }) => {
  describe('of everything', () => {
    let store: Store
    beforeAll(async () => {
      store = await open()
      await grow(store, 3_000)
    })
    afterAll(() => store.close())

    it('is restored whole into an empty database, and into no other', async () => {
      const file = join(folder, `${engine}.jsonl.gz`)
      await backup(store, file, { now: NOW, portable: true })
      expect(statSync(file).mode & 0o777).toBe(0o600)
      await using into = await openStore(await create())
      expect((await restore(into, file)).rows.log).toBe(3_000)
      expect(await sums(into)).toEqual(await sums(store))
      expect((await logTable(into).transaction((_tx, log) => log.append([exampleRecord()]))).map(({ seq }) => seq)).toEqual([3_001])
      await logTable(into).transaction((_tx, log) => log.park({ worker: 'w', seq: 1, recordId: null, error: '', raw: '' }))
      await expect(restore(into, file)).rejects.toMatchObject({ code: 'database_not_empty' })
      await using elsewhere = await openStore(join(folder, `${engine}-restored.db`))
      await restore(elsewhere, file)
      expect(await sums(elsewhere)).toEqual(await sums(store))
      await expect(backup(store, file, { now: NOW })).rejects.toMatchObject({ code: 'file_exists' })
    })

    it('that is damaged changes nothing', async () => {
      const file = join(folder, `${engine}-damaged.gz`)
      await backup(store, file, { now: NOW, portable: true })
      const whole = readFileSync(file)
      await using into = await open()
      const refused = () => expect(restore(into, file)).rejects.toMatchObject({ code: 'backup_damaged' })
      for (const length of [0, 5, 1_000, whole.length - 9]) {
        writeFileSync(file, whole)
        truncateSync(file, length)
        await refused()
      }
      writeFileSync(file, randomBytes(10_000))
      await refused()
      writeFileSync(file, whole)
      appendFileSync(file, 'rubbish')
      await refused()
      await expect(restore(into, join(folder, 'no-such-file'))).rejects.toMatchObject({ code: 'file_unreadable' })
      expect((await databaseStatus(into)).tables.filter(({ rows }) => rows > 0)).toEqual([{ name: 'log_head', rows: 1 }])
      expect(await logTable(into).head()).toBe(0)
    })

    it('of a file is a file, made while somebody writes, and can be restored into any', async () => {
      const file = join(folder, `${engine}.backup`)
      const writing = (async () => {
        for (let n = 0; n < 20; n += 1) await logTable(store).transaction((_tx, log) => log.append([exampleRecord()]))
      })()
      await backup(store, file, { now: NOW })
      await writing
      expect(existsSync(`${file}.part`)).toBe(false)
      expect(readFileSync(file).subarray(0, 6).toString('latin1') === 'SQLite').toBe(engine === 'sqlite')
      await using into = await openStore(await create())
      const { rows } = await restore(into, file)
      expect(rows.log).toBe(await logTable(into).head())
      expect(rows.log).toBeGreaterThanOrEqual(3_000)
    })
  })
})
