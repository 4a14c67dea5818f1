import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeCowrieLog } from '../test/rig/cowrie-log.ts'
import type { Benchmark, Figure } from './figure.ts'
import { scratch } from './scratch.ts'

const run = promisify(execFile)
const DECNET = join(import.meta.dirname, '..', 'bin', 'decnet')
const GOAL = { kind: 'at least', value: 10_000 } as const

interface Summary {
  readonly events: number
  readonly folded: boolean
}

/** A log of another honeypot into an empty home, by the command that a user types, until every fold has handled everything. */
async function importOnce(work: string, round: number, log: ReturnType<typeof makeCowrieLog>): Promise<number> {
  const home = join(work, `home-${round}`)
  const began = performance.now()
  const given = ['import', '--json', '--format', 'cowrie', '--home', home, '--ttylogs', log.ttylogs, '--downloads', log.downloads, log.logs]
  const { stdout } = await run(DECNET, given, { maxBuffer: 1e8 })
  const took = (performance.now() - began) / 1_000
  const { events, folded } = JSON.parse(stdout) as Summary
  if (!folded) throw new Error('the folds did not catch up')
  return events / took
}

export const imports: Benchmark = {
  name: 'import',
  summary: "A log of Cowrie's with recordings, from the command line to the last fold: sessions, identities, techniques and all.",
  method:
    'A synthetic log of some 500 attackers, with terminal recordings and downloads (test/rig/cowrie-log.ts), rotated and compressed. Measured is the whole command: ' +
    'start, conversion, every worker, and the waiting until all have handled what they derived from each other.',
  limits:
    'what is derived: fourteen folds, one after the other in one thread, read each event and write more than one further record for it, some 0.6 ms of processor together. Conversion goes on beside the taking in.',
  async run({ quick, progress }): Promise<Figure[]> {
    using folder = scratch('import-bench')
    const log = makeCowrieLog({ folder: join(folder.path, 'cowrie'), events: quick ? 10_000 : 100_000 })
    progress('the log is made')
    const runs: number[] = []
    for (let round = 1; round <= (quick ? 1 : 3); round += 1) {
      runs.push(await importOnce(folder.path, round, log))
      progress(`round ${round}: ${Math.round(runs.at(-1) ?? 0).toLocaleString('en')} events/s`)
    }
    return [{ name: 'imported, every fold caught up', unit: 'events/s', runs, goal: GOAL }]
  },
}
