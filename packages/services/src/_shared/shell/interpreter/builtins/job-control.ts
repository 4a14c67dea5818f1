import { own } from '@decnet/kernel'
import type { Call, Programs } from '../call.ts'
import { describe } from '../jobs.ts'
import type { Job } from '../state.ts'

/** The kernel's signals by name, without the SIG. */
export const NUMBERS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
}

function jobNamed(call: Call, text: string): Job | undefined {
  const { jobs } = call.state
  if (/^%?[+%]?$/.test(text)) return jobs.at(-1)
  if (text === '%-') return jobs.at(-2)
  if (text.startsWith('%')) return jobs.find((job) => String(job.number) === text.slice(1) || job.command.startsWith(text.slice(1)))
  return jobs.find((job) => String(job.pid) === text)
}

async function wait(call: Call): Promise<number> {
  const names = call.args.filter((arg) => !arg.startsWith('-'))
  if (names.length === 0) {
    await Promise.all(call.state.jobs.map((job) => job.done))
    call.state.jobs = []
    return 0
  }
  let status = 0
  for (const name of names) {
    const job = jobNamed(call, name)
    if (job === undefined) {
      await call.err(
        `${call.runner.prefix(call.state)}wait: ${/^\d+$/.test(name) ? `pid ${name} is not a child of this shell` : `${name}: no such job`}\n`,
      )
      status = 127
    } else status = await job.done
  }
  return status
}

async function kill(call: Call): Promise<number> {
  const { state } = call
  let signal = 15
  const targets: string[] = []
  const args = [...call.args]
  if ((args[0] === '-l' || args[0] === '-L') && args.length > 1) {
    let status = 0
    for (const given of args.slice(1)) {
      const named = own(NUMBERS, given.toUpperCase().replace(/^SIG/, ''))
      const numbered = Object.entries(NUMBERS).find(([, number]) => String(number) === given)?.[0]
      if (named !== undefined || numbered !== undefined) await call.out(`${named ?? numbered}\n`)
      else {
        await call.err(`${call.runner.prefix(state)}kill: ${given}: invalid signal specification\n`)
        status = 1
      }
    }
    return status
  }
  if (args[0] === '-l' || args[0] === '-L') {
    await call.out(
      `${Object.entries(NUMBERS)
        .map(([name, number]) => `${String(number).padStart(2)}) SIG${name}`)
        .join('\t')}\n`,
    )
    return 0
  }
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    const given =
      arg === '-s' || arg === '-n' ? args.shift() : targets.length === 0 && /^-[A-Za-z0-9]+$/.test(arg) ? arg.slice(1) : undefined
    if (given !== undefined) {
      const number = /^\d+$/.test(given) ? Number(given) : own(NUMBERS, given.toUpperCase().replace(/^SIG/, ''))
      if (number === undefined || number > 64) {
        await call.err(`${call.runner.prefix(state)}kill: ${given}: invalid signal specification\n`)
        return 1
      }
      signal = number
    } else if (arg !== '--') targets.push(arg)
  }
  if (targets.length === 0) {
    await call.err('kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n')
    return 2
  }
  let status = 0
  for (const target of targets) {
    const problem = killOne(call, target, signal)
    if (problem === null) continue
    await call.err(`${call.runner.prefix(state)}kill: ${problem}\n`)
    status = 1
  }
  return status
}

function killOne(call: Call, target: string, signal: number): string | null {
  const { state, machine } = call
  const job = jobNamed(call, target)
  if (job !== undefined && (target.startsWith('%') || job.status === null)) {
    if (signal !== 0) job.abort.abort(signal)
    return null
  }
  if (!/^-?\d+$/.test(target)) return target.startsWith('%') ? `${target}: no such job` : `${target}: arguments must be process or job IDs`
  const pid = Number(target)
  if (pid === state.shellPid) {
    if (signal === 9 || signal === 1) state.session.hangup.abort(signal)
    return null
  }
  const found = machine.processes().find((process) => process.pid === pid)
  if (found === undefined) return `(${target}) - No such process`
  if (call.as.uid !== 0 && found.uid !== call.as.uid) return `(${target}) - Operation not permitted`
  if (signal !== 0) machine.end(pid)
  return null
}

export const jobControl: Programs = {
  jobs: async (call) => {
    for (const job of call.state.jobs) await call.out(call.args.includes('-p') ? `${job.pid}\n` : `${describe(job, call.state)}\n`)
    call.state.jobs = call.state.jobs.filter((job) => job.status === null)
    return 0
  },
  wait,
  kill,
  fg: async (call) => {
    const job = jobNamed(call, call.args[0] ?? '%+')
    if (job === undefined) {
      await call.err(`${call.runner.prefix(call.state)}fg: ${call.args[0] ?? 'current'}: no such job\n`)
      return 1
    }
    await call.out(`${job.command}\n`)
    call.state.jobs = call.state.jobs.filter((one) => one !== job)
    return await job.done
  },
  bg: async (call) => {
    const job = jobNamed(call, call.args[0] ?? '%+')
    if (job === undefined) {
      await call.err(`${call.runner.prefix(call.state)}bg: ${call.args[0] ?? 'current'}: no such job\n`)
      return 1
    }
    await call.err(`${call.runner.prefix(call.state)}bg: job ${job.number} already in background\n`)
    return 0
  },
  disown: (call) => {
    call.state.jobs = []
    return 0
  },
  suspend: async (call) => {
    await call.err(`${call.runner.prefix(call.state)}suspend: cannot suspend a login shell\n`)
    return 1
  },
}
