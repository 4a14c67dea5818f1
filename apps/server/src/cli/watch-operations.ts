import { setTimeout as pause } from 'node:timers/promises'
import type { Lifecycle } from '@decnet/contracts/api'
import pc from 'picocolors'
import { plural } from '../domain/plural.ts'
import { visible } from '../domain/visible.ts'
import { listOperations } from '../store/operations.ts'
import type { CommandOptions } from './command.ts'
import type { FleetStore } from './fleet-store.ts'
import { print, printJson } from './output.ts'
import { progressLine } from './progress-line.ts'

const LOOK_MS = 200
/** Also one that is tried again: why stands there, and that may take for ever. */
const ended = ({ status, error }: Lifecycle) => status === 'succeeded' || status === 'failed' || error !== null
const DONE: Readonly<Record<Lifecycle['operation'], string>> = {
  deploy: 'stands',
  teardown: 'is gone',
  mutate: 'has changed',
  add_service: 'has it',
  remove_service: 'is without it',
  configure: 'is configured',
}

export interface Watched {
  readonly operations: readonly Lifecycle[]
  /** Nobody plays this fleet now: what is open waits until somebody does. */
  readonly idle: boolean
}

/** Looks until every operation has ended, or nobody is there to do them; `each` is told of one as it ends. */
async function watch({ store, played }: FleetStore, ids: readonly string[], each: (one: Lifecycle) => void): Promise<Watched> {
  const line = progressLine()
  const told = new Set<string>()
  try {
    for (;;) {
      const { data } = await listOperations(store.db, { ids, limit: ids.length, offset: 0 })
      const operations = data.toReversed()
      for (const one of operations)
        if (ended(one) && !told.has(one.id)) {
          told.add(one.id)
          line.end()
          each(one)
        }
      if (told.size === operations.length) return { operations, idle: false }
      if (!(await played())) return { operations, idle: true }
      line.tell(`${told.size} of ${plural(operations.length, 'decky', 'deckies')}`)
      await pause(LOOK_MS)
    }
  } finally {
    line.end()
  }
}

const show = ({ decky_name, operation, status, error, started_at, finished_at }: Lifecycle) => {
  const took = started_at && finished_at ? ` ${pc.dim(`${((Date.parse(finished_at) - Date.parse(started_at)) / 1000).toFixed(1)} s`)}` : ''
  if (status === 'succeeded') print(`${pc.green('✓')} ${decky_name} ${DONE[operation]}${took}`)
  else print(`${pc.red('✗')} ${decky_name}: ${visible(error ?? 'it failed.', 2_000)}`)
}

/** Follows operations to their end and says what became of each; `more` goes before them with --json. Answers the exit code. */
export async function followOperations(
  fleet: FleetStore,
  ids: readonly string[],
  options: CommandOptions,
  more: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const { operations, idle } = await watch(fleet, ids, options.json ? () => undefined : show)
  const failed = operations.filter((one) => ended(one) && one.status !== 'succeeded')
  if (options.json) printJson({ ...more, waiting: idle, operations })
  else if (idle) print(`Nothing runs in ${fleet.home.path}: it is written down, and \`decnet up\` brings it about.`)
  else if (failed.length > 0)
    print(
      `\n${plural(failed.length, 'decky', 'deckies')} failed and ${failed.length === 1 ? 'is' : 'are'} wanted as before; the others stand. Mend what is named, then do it again.`,
    )
  return failed.length > 0 ? 1 : 0
}
