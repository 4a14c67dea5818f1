import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { createLogger } from '@decnet/kernel/logging'
import { homeAt } from '../home.ts'
import { ruleDesk } from '../rules/rule-desk.ts'
import { openStore } from '../store/open.ts'
import { reads } from '../store/reads.ts'
import { similarReads } from '../store/similar.ts'
import { openVectors, type VectorSettings } from '../vectors/open.ts'
import { serveOperations } from './rpc.ts'
import { startFailure } from './start-failure.ts'

/** Where threads have priorities of their own (Linux), who waits for the main loop or is attacked goes first. */
const SEARCH_NICENESS = 5

/** A thread with a read-only connection: heavy searches run here, never on the main loop. */
setPriority(SEARCH_NICENESS)
const {
  database,
  home,
  vectors: settings,
} = workerData as { readonly database: string; readonly home: string; readonly vectors: VectorSettings }
if (parentPort) {
  const port = parentPort
  try {
    const store = await openStore(database, { readonly: true })
    const vectors = await openVectors(settings, createLogger({ name: 'reader' }))
    const desk = ruleDesk(homeAt(home), store.db)
    const close = async () => {
      await desk['rules.closeDesk']()
      await vectors[Symbol.asyncDispose]()
      await store.close()
    }
    serveOperations(port, { ...reads(store), ...similarReads(store.db, vectors), ...desk, close })
    port.postMessage({ ready: true })
  } catch (error) {
    port.postMessage(startFailure(error))
  }
}
