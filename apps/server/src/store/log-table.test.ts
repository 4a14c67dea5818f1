import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { logConformance } from '@decnet/kernel/log/conformance'
import { logTable } from './log-table.ts'
import { migrate, openStore } from './open.ts'

logConformance('the SQLite table', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'))
  const path = join(folder, 'test.db')
  const store = openStore(path)
  await migrate(store, path)
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
    async close() {
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
})
