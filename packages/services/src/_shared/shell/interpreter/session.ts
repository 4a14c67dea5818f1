import type { Machine } from '../machine.ts'
import type { ShellObserver, ShellOptions } from '../port.ts'
import type { Programs } from './call.ts'
import { Killed } from './control.ts'

/** What one shell and all its children may use. */
export interface Limits {
  /** Milliseconds of computing before the shell is slowed down. */
  readonly burstMs: number
  /** Bytes to the client, after which writers wait for ever. */
  readonly outputBytes: number
  /** Processes alive at once. */
  readonly processes: number
  /** Commands run, all told; then the shell is killed. */
  readonly steps: number
  readonly depth: number
  /** Characters in one variable, and in all. */
  readonly text: number
}
export const LIMITS: Limits = {
  burstMs: 1500,
  outputBytes: 32 * 1024 * 1024,
  processes: 120,
  steps: 20_000_000,
  depth: 220,
  text: 8_388_608,
}

/** What can be run by name; maps without a prototype, since names come from attackers. */
export interface Catalogue {
  readonly programs: Programs
  readonly builtins: Programs
}

const SLICE_MS = 6
const REST_MS = 40

/** What all processes of one connection's shell share: the machine, the observer, the budget, the end. */
export class Session {
  readonly machine: Machine
  readonly observer: ShellObserver
  readonly options: ShellOptions
  readonly limits: Limits
  readonly catalogue: Catalogue
  /** Aborts when the connection is gone. */
  readonly hangup = new AbortController()
  /** The line discipline of the terminal; null without one. */
  terminal: { echo: boolean; canonical: boolean; columns: number; rows: number } | null = null
  /** Variables that every bash on this machine sets for itself. */
  readonly constants = new Map<string, string>()
  /** `pts/0`, or null without a terminal. */
  get ttyName(): string | null {
    return this.options.tty === null ? null : (this.options.tty.name ?? 'pts/0').replace(/^\/dev\//, '')
  }
  /** Process id of the login's own shell. */
  shellPid = 0
  processes = 0
  output = 0
  /** Characters that variables hold, roughly. */
  held = 0
  #steps = 0
  #busy = 0
  #slice = performance.now()

  constructor(machine: Machine, options: ShellOptions, catalogue: Catalogue, limits: Limits = LIMITS) {
    this.catalogue = catalogue
    this.machine = machine
    this.observer = options.observer
    this.options = options
    this.limits = limits
  }

  /** Counts one command; now and then lets others run, and slows down who computes for long. */
  step(signal: AbortSignal): Promise<void> | undefined {
    if (signal.aborted) throw new Killed(signalOf(signal))
    if (++this.#steps > this.limits.steps) throw new Killed(9)
    const spent = performance.now() - this.#slice
    return spent < SLICE_MS ? undefined : this.#rest(spent, signal)
  }
  async #rest(spent: number, signal: AbortSignal): Promise<void> {
    this.#busy += spent
    await pause(this.#busy > this.limits.burstMs ? REST_MS : 0)
    this.#slice = performance.now()
    if (signal.aborted) throw new Killed(signalOf(signal))
  }

  /** Waits `ms` of the attacker's time, or until the job is killed. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw new Killed(signalOf(signal))
    if (this.options.sleep !== undefined) await this.options.sleep(ms, signal)
    else await wait(ms, signal)
    this.#slice = performance.now()
    if (signal.aborted) throw new Killed(signalOf(signal))
  }

  /** Holds writers back that would drown the connection. */
  async paceOutput(size: number, signal: AbortSignal): Promise<void> {
    const before = this.output
    this.output += size
    if (this.output > this.limits.outputBytes) {
      await wait(2_147_483_647, signal)
      throw new Killed(signalOf(signal))
    }
    if (Math.floor(before / 65_536) !== Math.floor(this.output / 65_536)) await pause(this.output > 4_194_304 ? 15 : 0)
  }
}

/** The signal number that an abort stands for. */
export const signalOf = (signal: AbortSignal): number => (typeof signal.reason === 'number' ? signal.reason : 1)

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    if (ms === 0) setImmediate(resolve)
    else setTimeout(resolve, ms)
  })

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      resolve()
    }
    const timer = setTimeout(stop, Math.min(ms, 2_147_483_647))
    signal.addEventListener('abort', stop)
  })
}
