import { logConformance } from '@decnet/kernel/log/conformance'
import { onEachDatabase } from './fixtures/each-database.ts'
import { logTable } from './log-table.ts'

onEachDatabase('the log table', ({ open }) => {
  logConformance('it', async () => {
    const store = await open()
    return {
      log: logTable(store),
      async write(tx, name) {
        await tx.insertInto('settings').values({ key: name, value: '1' }).execute()
      },
      written: async () => (await store.db.selectFrom('settings').select('key').execute()).map((row) => row.key),
      letters: async () =>
        (await store.db.selectFrom('dead_letters').selectAll().execute()).map((row) => ({
          worker: row.worker,
          seq: row.seq,
          recordId: row.record_id,
          error: row.error,
          raw: row.raw,
        })),
      close: () => store.close(),
    }
  })
})
