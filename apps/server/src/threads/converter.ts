import { parentPort } from 'node:worker_threads'
import { type Conversion, type Converted, convert } from '../import/convert.ts'
import { evidenceFolder, type Sources } from '../import/evidence-folder.ts'
import type { ImportFolders } from '../import/folders.ts'
import { formatNamed } from '../import/formats.ts'
import { type Operations, serveOperations } from './rpc.ts'

/** A conversion, in words that can be sent to a thread. */
export interface ConversionOrder extends Pick<Conversion, 'format' | 'inputs' | 'folder' | 'aside' | 'journal'> {
  readonly folders: ImportFolders
  readonly sources: Sources
}
/** Said now and then: what is read up to there is in the spool. */
export interface Reached {
  readonly input: number
  readonly offset: number
}

/** A thread that turns logs of other systems into event lines, while those that it wrote are taken in. */
export interface Converting extends Operations {
  convert(order: ConversionOrder): Promise<Converted>
}

if (parentPort) {
  const port = parentPort
  const operations: Converting = {
    convert: ({ folders, sources, ...order }) =>
      convert({
        ...order,
        make: formatNamed(order.format).make,
        evidence: evidenceFolder(folders, sources),
        progress: ({ input, offset }) => port.postMessage({ input, offset } satisfies Reached),
      }),
  }
  serveOperations(port, operations)
  port.postMessage({ ready: true })
}
