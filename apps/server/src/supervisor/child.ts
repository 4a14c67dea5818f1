import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { backoff } from '@decnet/kernel/worker'

const LOG_BYTES = 8 * 1024 * 1024
/** A child that lived this long starts again at once when it dies. */
const HEALTHY_MS = 30_000

export interface ChildOptions {
  readonly name: string
  readonly module: string
  readonly logs: string
  readonly env: NodeJS.ProcessEnv
  /** Flags for Node. */
  readonly flags?: readonly string[]
  /** Sends what the child needs at its start; called at every start. */
  readonly begin: (child: ChildProcess) => void
  /** What it says, and the socket that rides along. */
  readonly message: (message: unknown, handle?: unknown) => void
  /** A byte came on file descriptor 4. */
  readonly ring?: () => void
  /** It ended without being asked to; it is started again after `inMs`. */
  readonly died: (code: number | null, signal: NodeJS.Signals | null, inMs: number) => void
}

export interface Child {
  send(message: object, handle?: unknown): void
  readonly pid: number | undefined
  /** How often it ended without being asked to. */
  readonly restarts: number
  /** Asks with `{type: 'stop'}`, kills after `graceMs`. */
  stop(graceMs: number): Promise<void>
}

/** Null when there is no place for one: a child without a log is better than none. */
function openLog(folder: string, name: string): number | null {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, `${name}.log`)
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    if (size > LOG_BYTES) renameSync(path, `${path}.1`)
    return openSync(path, 'a', 0o600)
  } catch {
    return null
  }
}

/** Runs one child process for as long as it is wanted: starts it again with backoff when it dies. */
export function superviseChild(options: ChildOptions): Child {
  let child: ChildProcess | undefined
  let stopping = false
  let failures = 0
  let restarts = 0
  let again: NodeJS.Timeout | undefined

  const start = () => {
    const startedAt = Date.now()
    const log = openLog(options.logs, options.name)
    // detached: a Ctrl-C at the terminal reaches the supervisor alone, which then stops everything in order.
    const now = fork(options.module, [], {
      stdio: ['ignore', log ?? 'ignore', log ?? 'ignore', 'ipc', 'pipe'],
      env: options.env,
      detached: true,
      execArgv: ['--disable-warning=ExperimentalWarning', ...(options.flags ?? [])],
    })
    if (log !== null) closeSync(log)
    child = now
    now.on('message', options.message)
    now.on('error', () => now.kill('SIGKILL'))
    const doorbell = now.stdio[4]
    doorbell?.on('data', () => options.ring?.())
    doorbell?.on('error', () => doorbell.destroy())
    const over = (code: number | null, signal: NodeJS.Signals | null) => {
      if (child === now) child = undefined
      if (stopping) return
      restarts += 1
      failures = Date.now() - startedAt > HEALTHY_MS ? 0 : failures + 1
      const inMs = failures === 0 ? 0 : backoff(failures)
      options.died(code, signal, inMs)
      again = setTimeout(start, inMs)
    }
    // What it said last may still be under way: its death is judged after that.
    now.once('exit', (code, signal) => (now.connected ? now.once('disconnect', () => over(code, signal)) : over(code, signal)))
    options.begin(now)
  }
  start()

  return {
    send(message, handle) {
      if (child?.connected) child.send(message, handle as never, {}, (error) => void error)
    },
    get pid() {
      return child?.pid
    },
    get restarts() {
      return restarts
    },
    async stop(graceMs) {
      stopping = true
      clearTimeout(again)
      const now = child
      if (!now || now.exitCode !== null || now.signalCode !== null) return
      const exited = new Promise<void>((resolve) => now.once('exit', () => resolve()))
      if (now.connected) now.send({ type: 'stop' }, (error) => void error)
      const timer = setTimeout(() => now.kill('SIGKILL'), graceMs)
      await exited
      clearTimeout(timer)
    },
  }
}
