import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { openStore } from '../store/open.ts'
import { reads } from '../store/reads.ts'
import { serveOperations } from './rpc.ts'
import { startFailure } from './start-failure.ts'

/** Where threads have priorities of their own (Linux), who waits for the main loop or is attacked goes first. */
const SEARCH_NICENESS = 5

/** A thread with a read-only connection: heavy searches run here, never on the main loop. */
setPriority(SEARCH_NICENESS)
const { database } = workerData as { readonly database: string }
if (parentPort) {
  const port = parentPort
  try {
    const store = await openStore(database, { readonly: true })
    serveOperations(port, { ...reads(store), close: () => store.close() })
    port.postMessage({ ready: true })
  } catch (error) {
    port.postMessage(startFailure(error))
  }
}
