import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkStore, migrate, openStore } from './open.ts'

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
