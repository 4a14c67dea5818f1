import { AppError } from '@decnet/kernel'
import { createLogger } from '@decnet/kernel/logging'
import { busSettings, vectorSettings } from '../config.ts'
import { joinBus } from '../connections.ts'
import { visible } from '../domain/visible.ts'
import { type Home, homeAt } from '../home.ts'
import { recordingsIn } from '../recordings.ts'
import { release } from '../release.ts'
import { ruleBook } from '../rules/rule-set.ts'
import { logTable } from '../store/log-table.ts'
import { migratorOf, openStore, type Store } from '../store/open.ts'
import { workerDesires } from '../store/worker-desires.ts'
import { openVectors } from '../vectors/open.ts'
import { hostWorkers } from '../workers/host.ts'
import { workersAlone } from '../workers/manifests.ts'
import { vitals } from '../workers/vitals.ts'
import { type CommandDefinition, type CommandOptions, commonOptions, databaseOption } from './command.ts'
import { databaseOf, environmentOf } from './home-of.ts'
import { print, printJson } from './output.ts'
import { openStored } from './stored.ts'

/** The database of a home where a fleet was started, by this release. @throws {AppError} `home_empty`, `database_outdated`. */
async function openMade(home: Home, options: CommandOptions): Promise<Store> {
  await (await openStored(options)).store.close()
  const store = await openStore(databaseOf(options))
  const migrations = await migratorOf(store.db).getMigrations()
  if (migrations.every(({ executedAt }) => executedAt !== undefined)) return store
  await store.close()
  if (migrations.some(({ executedAt }) => executedAt !== undefined))
    throw new AppError('The database is of an older release.', {
      code: 'database_outdated',
      hint: '`decnet up` brings it to this release, as `decnet db migrate` does; then start the worker.',
    })
  throw new AppError(`No fleet was ever started in ${visible(home.path)}: its database is empty.`, {
    code: 'home_empty',
    hint: 'Start one with `decnet up`, or name another home with --home.',
  })
}

/** Says which of some workers run here, and which wait because an operator stopped them. */
async function tell({ db }: Store, names: readonly string[], json: boolean): Promise<void> {
  const wishes = await workerDesires(db)
  const stopped = names.filter((name) => wishes[name]?.stopped)
  const running = names.filter((name) => !stopped.includes(name))
  const { pid } = process
  if (json) return printJson({ running, stopped, pid })
  if (running.length > 0) print(`${running.join(', ')} ${running.length === 1 ? 'runs' : 'run'} here as process ${pid}. Ctrl-C stops.`)
  for (const name of stopped)
    print(
      `${name} waits in process ${pid}: ${visible(wishes[name]?.by ?? '', 40)} stopped it. \`decnet workers start ${name}\` has it run.`,
    )
}

export const worker: CommandDefinition = {
  options: [...commonOptions, databaseOption],
  examples: ['decnet worker profiler', 'decnet worker profiler reuse-correlator --home /srv/decnet'],
  async run({ args, options }) {
    const manifests = workersAlone(args)
    const env = environmentOf(options)
    const home = homeAt(env.home)
    const logger = createLogger({ name: 'worker', level: env.logLevel })
    const stopping = new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
    })
    const held = new AsyncDisposableStack()
    try {
      const store = held.use(await openMade(home, options))
      const bus = await joinBus(busSettings(env, home), `worker ${args.join(' ')}`, logger)
      held.defer(() => bus.close())
      const vectors = held.use(await openVectors(vectorSettings(env, home), logger))
      const rules = held.use(ruleBook(home, { logger }))
      // Before the first evidence comes: it takes a second, and whoever asks waits within a transaction.
      if (args.includes('ttp-tagger')) rules.set(store.db).catch((err: unknown) => logger.error({ err }, 'the rules cannot be read'))
      const host = held.use(
        hostWorkers({
          manifests,
          parts: {
            log: logTable(store),
            intakes: { list: async () => [] },
            db: store.db,
            retention: env.retention,
            prober: env.prober,
            recordings: recordingsIn(home),
            vectors,
            rules,
            now: Date.now,
            logger,
          },
          bus,
          logger,
          quarantineAfter: env.quarantineAfter,
          vitals: vitals(release),
        }),
      )
      await host.run()
      const names = manifests.map(({ name }) => name)
      await tell(store, names, options.json)
      await stopping
    } finally {
      await held.disposeAsync()
    }
    return 0
  },
}
