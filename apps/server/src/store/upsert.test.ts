import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { migrate, openStore, type Store } from './open.ts'
import { upsert } from './upsert.ts'

let folder: string
let store: Store

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'upsert-'))
  const path = join(folder, 'test.db')
  store = openStore(path)
  await migrate(store, path)
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const write = (rows: { key: string; value: string }[]) => store.db.transaction().execute((tx) => upsert(tx, 'settings', 'key', rows))
const all = () => store.db.selectFrom('settings').selectAll().orderBy('key').execute()
const rows = (count: number, value: string) =>
  Array.from({ length: count }, (_, n) => ({ key: `k${String(n).padStart(3, '0')}`, value: `${value} ${n}` }))

it('any number of rows is written, also more than fit one statement', async () => {
  for (const count of [0, 1, 50, 51, 217]) {
    await store.db.deleteFrom('settings').execute()
    await write(rows(count, 'first'))
    expect(await all()).toEqual(rows(count, 'first'))
  }
})

it('a row whose key is known is replaced, the others stay', async () => {
  await write(rows(120, 'first'))
  await write(rows(60, 'second'))
  expect(await all()).toEqual([...rows(60, 'second'), ...rows(120, 'first').slice(60)])
})

it('values are values, whatever they look like', async () => {
  const hostile = [{ key: `'); drop table settings; --`, value: `?, ${'\u0000'}"'` }]
  await write(hostile)
  expect(await all()).toEqual(hostile)
})
