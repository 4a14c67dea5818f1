import { type Bus, heartbeat } from '@decnet/kernel/bus'
import type { Logger } from '@decnet/kernel/logging'
import type { Home } from '../home.ts'
import { release } from '../release.ts'
import type { RuleDesk } from '../rules/rule-desk.ts'
import type { Reads } from '../store/reads.ts'
import type { SimilarReads } from '../store/similar.ts'
import type { Pipeline } from '../threads/operations.ts'
import type { Call } from '../threads/rpc.ts'
import { vitals } from '../workers/vitals.ts'
import { buildApp } from './app.ts'
import { loginLimits } from './auth/login-limits.ts'
import { liveTail } from './live.ts'
import { watchLoopDelay } from './loop-delay.ts'
import { type ListenAddress, listenError } from './try-listen.ts'
import { workerBoard } from './worker-board.ts'

export interface ApiOptions {
  readonly listen: ListenAddress
  readonly consoleFolder: string | null
  readonly home: Home
  readonly bus: Bus
  readonly read: Call<Reads>
  readonly write: Call<Pipeline>
  readonly similar: Call<SimilarReads>
  readonly rules: Call<RuleDesk>
  readonly logger: Logger
}

/** Serves API, live stream and console. @throws {AppError} `port_taken`, `listen_failed`. */
export async function startApi(options: ApiOptions): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { bus, read, write, similar, rules, logger, home } = options
  const now = Date.now
  const live = liveTail(bus, read)
  const board = workerBoard({ bus, read, write, file: home.workersFile, now })
  const app = await buildApp(
    { read, write, similar, rules, bus, home, logger, live, board, limits: loginLimits(now), now },
    options.consoleFolder,
  )
  const { host, port } = options.listen
  try {
    await app.listen({ host, port })
  } catch (error) {
    throw listenError(options.listen, error)
  }
  const delay = watchLoopDelay()
  const ours = vitals(release)
  const pulse = heartbeat(bus, 'api', {
    extra: () => ({
      kind: 'process',
      ...ours(),
      streams: live.clients,
      rss_mb: Math.round(process.memoryUsage.rss() / 1e6),
      ...delay.take(),
    }),
    logger,
  })
  const address = app.server.address()
  const actual = typeof address === 'object' && address ? address.port : port
  // An address that means "all of them" is none to open in a browser.
  const shown = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return {
    url: `http://${shown.includes(':') ? `[${shown}]` : shown}:${actual}/`,
    async close() {
      pulse[Symbol.dispose]()
      delay[Symbol.dispose]()
      live.close()
      board.close()
      await app.close()
    },
  }
}
