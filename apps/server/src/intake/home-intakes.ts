import { join } from 'node:path'
import type { Home } from '../home.ts'
import type { IntakeSource, IntakeSources } from '../workers/ingester/worker.ts'
import { foldersIn } from './folders-in.ts'
import { spoolIntake } from './spool-intake.ts'

/** A new folder is found within this time, milliseconds. */
const LOOK_MS = 1_000
const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/u

/** The spools of a home: its sensor's, and those of whoever else writes one below `sources/`, each under its folder's name; later ones too. */
export function homeIntakes(home: Home): IntakeSources & AsyncDisposable {
  const known = new Map<string, IntakeSource>()
  const source = (name: string, directory: string): IntakeSource => ({
    name,
    intake: spoolIntake({ directory, source: name }),
    shared: false,
  })
  const sensor = source('sensor', home.spool)
  let lookAt = 0
  return {
    async list() {
      if (performance.now() >= lookAt) {
        lookAt = performance.now() + LOOK_MS
        for (const name of await foldersIn(home.sources, NAME))
          if (name !== 'sensor' && !known.has(name)) known.set(name, source(name, join(home.sources, name, 'spool')))
      }
      return [sensor, ...known.values()]
    },
    async [Symbol.asyncDispose]() {
      for (const { intake } of [sensor, ...known.values()]) await intake[Symbol.asyncDispose]()
    },
  }
}
