import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError, isNodeError } from '@decnet/kernel'
import type { Home } from '../home.ts'
import { runningIn, type StateFile } from './state.ts'

/** How long the one who holds a home may take to write down that it does. */
const PATIENCE_MS = 1_000
/** How long one that was asked to stop is waited for: it takes up to five seconds. */
const STOPPING_MS = 8_000

export interface HomeClaim {
  release(): Promise<void>
}

/**
 * A name in Linux's abstract socket namespace (unix(7)): given to one process at a time by the kernel, gone with that process however it ends.
 * A lock file would need a second lock for whoever removes a dead one's. It tells nothing of the home but a hash.
 */
const nameOf = (home: Home) => `\0${createHash('sha256').update(realpathSync(home.path)).digest('hex')}`

const bind = (path: string) =>
  new Promise<net.Server | undefined>((resolve, reject) => {
    const server = net.createServer((socket) => socket.destroy())
    server.once('error', (error) => (isNodeError(error) && error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)))
    server.listen({ path, backlog: 1 }, () => resolve(server))
  })

const running = (home: Home, pid: number | undefined) =>
  new AppError(`A fleet is running in ${home.path} already${pid === undefined ? '' : ` (process ${pid})`}.`, {
    code: 'already_running',
    hint: 'Look at it with `decnet status`, stop it with `decnet down`, or name another home with --home.',
  })

/** What runs in a home; whoever was told to stop, and is asked for again at once, is waited for. */
async function stillRunning(home: Home): Promise<StateFile | null> {
  for (const end = Date.now() + STOPPING_MS; ; await pause(50)) {
    const other = runningIn(home)
    if (!other?.stopping || Date.now() > end) return other
  }
}

/** Takes a home for this process: of many who ask at once, one gets it. @throws {AppError} `already_running`. */
export async function claimHome(home: Home): Promise<HomeClaim> {
  // One that runs in another network namespace has its name there.
  const other = await stillRunning(home)
  if (other) throw running(home, other.pid)
  // The namespace is Linux's alone; elsewhere what is written down must do.
  if (process.platform !== 'linux') return { release: async () => undefined }
  const holder = await bind(nameOf(home))
  if (holder) return { release: () => new Promise((resolve) => holder.close(() => resolve())) }
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(50)) {
    const first = runningIn(home)
    if (first) throw running(home, first.pid)
  }
  throw running(home, undefined)
}
