import type { AndOr } from '../parser/ast.ts'
import type { Runner } from './run.ts'
import type { Job, State } from './state.ts'
import { NOTHING } from './streams.ts'

const JOBS_MAX = 64

/** What runs behind `&`. */
export const Jobs = {
  /** Starts a list in the background: `[1] 4711` where a person sits. */
  async start(runner: Runner, item: AndOr, state: State): Promise<void> {
    const child = state.fork()
    const abort = new AbortController()
    child.signal = AbortSignal.any([state.session.hangup.signal, abort.signal])
    if (!state.interactive) child.descriptors.set(0, { input: NOTHING, path: '/dev/null' })
    const done = runner.process(child, () => runner.andOr({ ...item, background: false }, child))
    const number = Math.max(0, ...state.jobs.map((job) => job.number)) + 1
    const job: Job = { number, pid: child.pid, command: item.source, done, abort, status: null }
    state.jobs = [...state.jobs.filter((one) => one.status === null || state.interactive), job].slice(-JOBS_MAX)
    Jobs.detach(
      done.then((status) => {
        job.status = status
      }),
    )
    state.background = child.pid
    state.status = 0
    if (state.interactive) await runner.complain(state, `[${number}] ${child.pid}\n`)
  },
  /** `[1]+  Done   sleep 1`, before a prompt. */
  async report(runner: Runner, state: State): Promise<void> {
    for (const job of state.jobs.filter((one) => one.status !== null)) await runner.complain(state, `${describe(job, state)}\n`)
    state.jobs = state.jobs.filter((one) => one.status === null)
  },
  /** A promise that nobody waits for; its outcome was dealt with inside. */
  detach(promise: Promise<unknown>): void {
    promise.then(
      () => undefined,
      () => undefined,
    )
  },
}

export function describe(job: Job, state: State): string {
  const mark = job === state.jobs.at(-1) ? '+' : job === state.jobs.at(-2) ? '-' : ' '
  const what =
    job.status === null
      ? 'Running'
      : job.status === 0
        ? 'Done'
        : job.status === 143
          ? 'Terminated'
          : job.status === 137
            ? 'Killed'
            : `Exit ${job.status}`
  return `[${job.number}]${mark}  ${what.padEnd(24)}${job.command}${job.status === null ? ' &' : ''}`
}
