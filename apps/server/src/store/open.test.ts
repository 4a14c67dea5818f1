import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkStore, migrate, migratorOf, openStore } from './open.ts'

describe('the database file', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-'))
    path = join(folder, 'test.db')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('is whole in one file once everybody has closed, also those who never asked anything', async () => {
    const writer = await openStore(path)
    await migrate(writer)
    const readers = [await openStore(path, { readonly: true }), await openStore(path, { readonly: true })]
    await readers[0]?.db.selectFrom('users').selectAll().execute()
    for (const reader of readers) await reader.close()
    await writer.close()
    expect(readdirSync(folder)).toEqual(['test.db'])
  })

  it('has nothing of a migration that was cut off, and is migrated the next time', async () => {
    for (const at of [14, 30, 60, 90]) {
      const cut = await openStore(path)
      const { file } = cut
      if (!file) throw new Error('no file')
      const prepare = file.raw.prepare.bind(file.raw)
      let asked = 0
      vi.spyOn(file.raw, 'prepare').mockImplementation((text: string) => {
        asked += 1
        if (asked >= at && text !== 'rollback') throw new Error('killed')
        return prepare(text)
      })
      await expect(migrate(cut)).rejects.toMatchObject({ code: 'migration_failed' })
      expect(asked).toBeGreaterThanOrEqual(at)
      vi.restoreAllMocks()
      expect(file.raw.prepare("select name from sqlite_schema where type = 'table' and name not like 'kysely%'").all()).toEqual([])
      await cut.close()
    }
    const store = await openStore(path)
    await migrate(store)
    expect((await migratorOf(store.db).getMigrations()).every(({ executedAt }) => executedAt !== undefined)).toBe(true)
    await store.close()
  })

  it('is migrated by whoever comes first, and whoever comes at the same moment waits', async () => {
    const script = `const { migrate, openStore } = await import(${JSON.stringify(import.meta.resolve('./open.ts'))})
      const store = await openStore(process.argv[1])
      await migrate(store)
      await store.close()`
    for (let round = 0; round < 3; round++) {
      const target = join(folder, `${round}.db`)
      const ended = Array.from({ length: 3 }, () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script, target], { stdio: 'ignore' })
        return new Promise((resolve) => child.once('exit', resolve))
      })
      expect(await Promise.all(ended)).toEqual([0, 0, 0])
    }
  })

  it('can be closed twice', async () => {
    const store = await openStore(path)
    await store.close()
    await store.close()
  })

  it('that was emptied beside a log that holds everything is not taken for a new one', async () => {
    const store = await openStore(path)
    await migrate(store)
    const log = join(folder, 'copy.db-wal')
    copyFileSync(`${path}-wal`, log)
    await store.close()
    writeFileSync(join(folder, 'copy.db'), '')
    const before = readFileSync(log)
    await expect(openStore(join(folder, 'copy.db'))).rejects.toMatchObject({ code: 'database_corrupt' })
    expect(readFileSync(log).equals(before)).toBe(true)
  })

  it.each([
    ['random bytes', (file: string) => writeFileSync(file, Buffer.from(Array.from({ length: 40_000 }, (_, n) => (n * 7919) % 251)))],
    ['cut off in the middle', (file: string) => truncateSync(file, 12 * 4096)],
    ['a text', (file: string) => writeFileSync(file, 'not a database\n'.repeat(100))],
  ])('that is damaged (%s) is named with the way out', async (_what, damage) => {
    const store = await openStore(path)
    await migrate(store)
    await store.close()
    damage(path)
    const before = readFileSync(path)
    const open = async (readonly: boolean) => {
      const store = await openStore(path, { readonly })
      try {
        checkStore(store)
      } finally {
        await store.close()
      }
    }
    for (const readonly of [true, false]) {
      await expect(open(readonly)).rejects.toMatchObject({ code: 'database_corrupt', hint: expect.stringContaining(`mv '${path}'`) })
    }
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('in a folder that is not there is said to be unreadable', async () => {
    await expect(openStore(join(folder, 'none', 'x.db'))).rejects.toMatchObject({ code: 'database_unreadable' })
    await expect(openStore(join(folder, 'none.db'), { readonly: true })).rejects.toMatchObject({ code: 'database_unreadable' })
  })
})
