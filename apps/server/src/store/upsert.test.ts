import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { onEachDatabase } from './fixtures/each-database.ts'
import type { Store } from './open.ts'
import { insertNew, upsert } from './upsert.ts'

onEachDatabase('writing by key', ({ open }) => {
  let store: Store
  beforeAll(async () => {
    store = await open()
  })
  beforeEach(() => store.db.deleteFrom('settings').execute())
  afterAll(() => store.close())

  const write = (rows: { key: string; value: string }[]) => store.db.transaction().execute((tx) => upsert(tx, 'settings', 'key', rows))
  const all = () => store.db.selectFrom('settings').selectAll().orderBy('key').execute()
  const rows = (count: number, value: string) =>
    Array.from({ length: count }, (_, n) => ({ key: `k${String(n).padStart(3, '0')}`, value: `${value} ${n}` }))

  it.each([0, 1, 50, 51, 217])('%i rows are written, also more than fit one statement', async (count) => {
    await write(rows(count, 'first'))
    expect(await all()).toEqual(rows(count, 'first'))
  })

  it('a row whose key is known is replaced, the others stay', async () => {
    await write(rows(120, 'first'))
    await write(rows(60, 'second'))
    expect(await all()).toEqual([...rows(60, 'second'), ...rows(120, 'first').slice(60)])
  })

  it('a row that is only wanted where its key is new leaves the known one as it is', async () => {
    await write(rows(3, 'first'))
    await insertNew(store.db, 'settings', ['key'], rows(5, 'second'))
    expect(await all()).toEqual([...rows(3, 'first'), ...rows(5, 'second').slice(3)])
  })

  it('values are values, whatever they look like', async () => {
    const hostile = [{ key: `'); drop table settings; --`, value: `?, ${'\u0000'}"'\\\` $1 \ufdd0\ufdd1` }]
    await write(hostile)
    expect(await all()).toEqual(hostile)
  })

  it('keys differ by every byte: case, accents, spaces at the end', async () => {
    const keys = ['a', 'A', 'a ', 'á', 'a\u0301', 'ａ', '😀', '😁', '']
    await write(keys.map((key) => ({ key, value: key })))
    expect((await all()).map(({ value }) => value).sort()).toEqual(keys.toSorted())
    for (const key of keys)
      expect(await store.db.selectFrom('settings').select('value').where('key', '=', key).execute()).toEqual([{ value: key }])
  })
})
