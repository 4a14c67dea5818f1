import { readFileSync } from 'node:fs'
import { workers as workersSchema } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { runningIn } from '../supervisor/state.ts'
import { type CommandDefinition, commonOptions } from './command.ts'
import { homeOf } from './home-of.ts'
import { ago, printJson } from './output.ts'
import { printTable } from './table.ts'

export const workers: CommandDefinition = {
  options: [...commonOptions],
  examples: ['decnet workers', 'decnet workers --json | jq \'.workers[] | select(.status != "ok")\''],
  async run({ options }) {
    const home = homeOf(options)
    if (!runningIn(home))
      throw new AppError(`No fleet is running in ${home.path}, so no worker is either.`, {
        code: 'not_running',
        hint: 'Start one with `decnet up`.',
      })
    const snapshot = workersSchema.parse(JSON.parse(readFileSync(home.workersFile, 'utf8')))
    if (options.json) printJson(snapshot)
    else {
      const now = Date.now()
      printTable(
        ['Worker', 'Status', 'Last seen', 'Behind', 'What it does'],
        snapshot.workers.map((row) => [
          row.name,
          row.desired === 'stopped' ? 'stopped' : row.status,
          row.last_heartbeat_ts === null ? 'never' : ago(row.last_heartbeat_ts * 1000, now),
          row.lag ?? '',
          row.summary,
        ]),
        'No worker has been seen yet.',
      )
    }
    return 0
  },
}
