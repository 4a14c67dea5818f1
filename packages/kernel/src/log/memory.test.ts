import { logConformance } from './conformance.ts'
import { createMemoryLog } from './memory.ts'

logConformance('memory', async () => {
  const log = createMemoryLog()
  return {
    log,
    async write(tx, name) {
      tx.set(name, true)
    },
    written: async () => [...log.rows.keys()],
    letters: async () => [...log.letters],
    close: async () => undefined,
  }
})
