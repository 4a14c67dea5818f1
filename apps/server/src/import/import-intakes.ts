import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Intake } from '@decnet/kernel/intake'
import { importSource } from '../domain/import-source.ts'
import { foldersIn } from '../intake/folders-in.ts'
import { spoolIntake } from '../intake/spool-intake.ts'
import type { IntakeSource, IntakeSources } from '../workers/ingester/worker.ts'
import { readJournal } from './journal.ts'

/** New imports are found within this time. */
const LOOK_MS = 1_000
const NAME = /^[a-z0-9-]{1,100}$/

/** An import's spool, which goes when everything in it is committed; `gone` is told then. */
function importIntake(directory: string, source: string, gone: () => void): Intake {
  const spool = spoolIntake({ directory, source })
  return {
    async read(position, limit) {
      const batch = await spool.read(position, limit)
      // What is asked for comes behind what is committed.
      if (batch.lines.length > 0 || batch.torn !== null || position === null || batch.position !== position) return batch
      if (readJournal(directory)?.end !== position) return batch
      await spool[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
      gone()
      return batch
    },
    ack: (position) => spool.ack(position),
    [Symbol.asyncDispose]: () => spool[Symbol.asyncDispose](),
  }
}

/** The imports that wait in a folder, each a source of its own; those that come later too. One that was taken in is removed. */
export function importIntakes(folder: string): IntakeSources & AsyncDisposable {
  const known = new Map<string, IntakeSource>()
  let lookAt = 0
  return {
    async list() {
      if (performance.now() >= lookAt) {
        lookAt = performance.now() + LOOK_MS
        for (const name of await foldersIn(folder, NAME)) {
          if (known.has(name)) continue
          const intake = importIntake(join(folder, name), importSource(name), () => known.delete(name))
          known.set(name, { name: importSource(name), intake, shared: false })
        }
      }
      return [...known.values()]
    },
    async [Symbol.asyncDispose]() {
      for (const { intake } of known.values()) await intake[Symbol.asyncDispose]()
    },
  }
}
