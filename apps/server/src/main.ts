import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { topics } from '@decnet/contracts/topics'
import { createLogger } from '@decnet/kernel/logging'
import { startApi } from './api/start.ts'
import { isSwitched, switchBus } from './bus-switch.ts'
import { busSettings, readEnvironment, vectorSettings } from './config.ts'
import { intakeSettings, serveBus } from './connections.ts'
import { followFleet, planOf } from './fleet/follow.ts'
import { homeAt } from './home.ts'
import { release } from './release.ts'
import type { RuleDesk } from './rules/rule-desk.ts'
import type { Reads } from './store/reads.ts'
import type { SimilarReads } from './store/similar.ts'
import { obeySupervisor, type Say, type Serving } from './supervisor/obey.ts'
import type { ToServer } from './supervisor/protocol.ts'
import type { Pipeline } from './threads/operations.ts'
import type { PipelineData } from './threads/pipeline.ts'
import type { Call } from './threads/rpc.ts'
import { startThread } from './threads/start.ts'
import { manifests } from './workers/manifests.ts'

type Reader = Reads & SimilarReads & RuleDesk & { close(args: undefined): Promise<void> }
/** May read the whole log: they queue in a thread of their own, and nothing else waits for them. */
const SEARCHES: ReadonlySet<keyof Reads> = new Set(['log.search', 'log.histogram', 'stats'])
/** Make rules ready, or try some that nobody knows yet: the same. */
const TRIALS: ReadonlySet<keyof RuleDesk> = new Set(['rules.check', 'rules.bench'])

/** The server process: HTTP, live stream and bus here; ingest, folds and writes in the pipeline thread; reads in two reading threads. */
async function serve(start: Extract<ToServer, { type: 'start' }>, say: Say): Promise<Serving> {
  const env = readEnvironment(start.home)
  const home = homeAt(env.home)
  const database = env.databaseUrl ?? home.database
  const logger = createLogger({ name: 'server', level: env.logLevel })
  const settings = busSettings(env, home)
  const remote = intakeSettings(env.remoteIntake, env.nats)
  const served = await serveBus(settings, logger)
  const { bus } = served
  const vectors = vectorSettings(env, home)
  const pipelineData: PipelineData = {
    database,
    home: home.path,
    bus: settings,
    remote,
    retention: env.retention,
    prober: env.prober,
    vectors,
    logLevel: env.logLevel,
    build: release,
    workers: env.workers ?? manifests.flatMap(({ name, definition }) => (definition ? [name] : [])),
    quarantineAfter: env.quarantineAfter,
  }
  const pipeline = await startThread<Pipeline>(new URL('./threads/pipeline.ts', import.meta.url), pipelineData)
  const reading = () => startThread<Reader>(new URL('./threads/reader.ts', import.meta.url), { database, vectors, home: home.path })
  const reader = await reading()
  const searcher = await reading()
  const read: Call<Reads> = (name, args) => (SEARCHES.has(name) ? searcher : reader).call(name, args)

  const rules: Call<RuleDesk> = (name, args) => (TRIALS.has(name) ? searcher : reader).call(name, args)

  // Vectors in memory are those of the thread that makes them.
  const { backend } = await reader.call('vectors.health', undefined)
  const similar: Call<SimilarReads> = (name, args) => (backend === 'memory' ? pipeline.call(name, args) : reader.call(name, args))

  const wanted = followFleet({
    pipeline: pipeline.call,
    logger,
    say: ({ generation, round, network, deckies, tarpits }) =>
      say({ type: 'plan', generation, round, network, plan: deckies.map(planOf), tarpits }),
  })
  await wanted.begin(start.subnet)
  await pipeline.call('run', undefined)
  const api = await startApi({
    listen: start.listen,
    consoleFolder: start.consoleFolder,
    home,
    bus,
    read,
    write: pipeline.call,
    similar,
    rules,
    logger,
  })
  // Only now: a start that fails on its address must not use up the password that is shown once.
  const adminPassword = await pipeline.call('users.ensureAdmin', { given: env.adminPassword ?? null, now: Date.now() })
  say({ type: 'ready', console: api.url, adminPassword })

  const busSwitch = isSwitched(bus) ? switchBus(bus, () => read('workers.desires', undefined), logger) : null
  // Without its pipeline or a reader a server is only a shell: the supervisor starts a whole one again.
  let closing = false
  for (const [name, thread] of Object.entries({ pipeline, reader, searcher })) {
    void thread.ended.then((code) => {
      if (closing) return
      logger.error({ thread: name, code }, 'a thread ended')
      process.exit(1)
    })
  }

  return {
    fleet: (report: Extract<ToServer, { type: 'fleet' }>) => wanted.reported(report),
    /** The supervisor reaches no bus: its word is passed on. */
    alive({ pid, restarts, sniffer }: Extract<ToServer, { type: 'alive' }>) {
      const beat = { worker: 'supervisor', ts: Date.now() / 1000, interval_sec: 30, kind: 'process', pid, host: hostname(), build: release }
      bus
        .as('supervisor')
        .publishTo(
          topics.workerHealth,
          ['supervisor'],
          { ...beat, restarts: restarts.server + restarts.sensor, server_restarts: restarts.server, sensor_restarts: restarts.sensor },
          'health',
        )
      if (sniffer)
        bus
          .as('supervisor')
          .publishTo(
            topics.workerHealth,
            ['sniffer'],
            { worker: 'sniffer', ts: Date.now() / 1000, interval_sec: 30, kind: 'process', host: hostname(), build: release, ...sniffer },
            'health',
          )
    },
    ring: () => pipeline.call('workers.ring', { name: 'ingester' }),
    async close() {
      closing = true
      busSwitch?.[Symbol.dispose]()
      wanted.stop()
      await api.close()
      // The writing connection closes last: only then is its log taken over into the database file. A long search is not waited for.
      const readers = Promise.all([reader.call('close', undefined), searcher.call('close', undefined)])
      await Promise.race([readers, pause(500)])
      await pipeline.call('close', undefined)
      await served[Symbol.asyncDispose]()
    },
  }
}

obeySupervisor(serve)
