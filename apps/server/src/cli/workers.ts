import type { Worker } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { visible } from '../domain/visible.ts'
import { openStore } from '../store/open.ts'
import { wish } from '../store/worker-desires.ts'
import { runningIn } from '../supervisor/state.ts'
import { steerable } from '../workers/manifests.ts'
import { readSnapshot } from '../workers/snapshot-file.ts'
import { type CommandDefinition, type CommandOptions, commonOptions, databaseOption } from './command.ts'
import { databaseOf, homeOf, readableHomeOf } from './home-of.ts'
import { operator } from './operator.ts'
import { ago, print, printJson } from './output.ts'
import { openStored } from './stored.ts'
import { printTable } from './table.ts'

/** What it does, and where that is not what it shall do, both. */
function stateOf({ state, desired, status, desired_by }: Worker): string {
  if (desired === 'stopped') return `${state === 'stopped' ? 'stopped' : 'stopping'}${desired_by ? ` by ${visible(desired_by, 40)}` : ''}`
  if (state === 'stopped') return 'starting'
  return status === 'stale' ? 'silent' : state
}

/** Answers the exit code: 1 where what is shown is no longer so. */
function show(options: CommandOptions): number {
  const home = readableHomeOf(options)
  const running = runningIn(home)
  if (!running)
    throw new AppError(`No fleet is running in ${home.path}, so no worker is either.`, {
      code: 'not_running',
      hint: 'Start one with `decnet up`.',
    })
  if (running.ready && running.ready.console === undefined)
    throw new AppError(`The home ${home.path} is an agent's: no worker runs here.`, {
      code: 'agent_home',
      hint: 'They run where its events go: ask `decnet workers` on the server.',
    })
  const now = Date.now()
  const { snapshot, outdated } = readSnapshot(home.workersFile, now)
  if (outdated !== null)
    process.stderr.write(
      `What the server wrote last is ${outdated} s old: nobody knows how the workers are now. \`decnet doctor\` looks for the cause.\n`,
    )
  if (options.json) {
    printJson(snapshot)
    return outdated === null ? 0 : 1
  }
  printTable(
    ['Worker', 'State', 'Last seen', 'Behind', 'Parked', 'What it does', 'Last error'],
    snapshot.workers.map((row) => [
      row.name,
      outdated === null ? stateOf(row) : 'unknown',
      row.last_heartbeat_ts === null ? 'never' : ago(row.last_heartbeat_ts * 1000, now),
      row.lag ?? '',
      row.parked ?? '',
      row.summary,
      visible(row.last_error ?? '', 200),
    ]),
    'No worker has been seen yet.',
  )
  if (!snapshot.bus_connected) print('\nThe bus is not connected: heartbeats do not come, workers look for work by themselves.')
  return outdated === null ? 0 : 1
}

/** Writes down what is wanted, as the API does: whoever runs the worker, now or later, obeys. */
async function steer(action: 'stop' | 'start', names: readonly string[], options: CommandOptions): Promise<void> {
  for (const name of names) steerable(name)
  const home = homeOf(options)
  await (await openStored(options)).store.close()
  const store = await openStore(databaseOf(options))
  try {
    const by = operator()
    for (const name of names) await wish(store.db, { name, stopped: action === 'stop', by, now: Date.now() })
  } finally {
    await store.close()
  }
  const running = runningIn(home) !== null
  if (options.json) {
    printJson({ workers: names, action, desired: action === 'stop' ? 'stopped' : 'running', running })
    return
  }
  const all = names.join(', ')
  const one = names.length === 1
  const becomes =
    action === 'start' ? (one ? 'starts' : 'start') : one ? 'stops and stays so over restarts' : 'stop and stay so over restarts'
  print(
    running ? `${all} ${becomes}; \`decnet workers\` says when it is so.` : `No fleet is running here; ${all} ${becomes} when one does.`,
  )
}

export const workers: CommandDefinition = {
  options: [...commonOptions, databaseOption],
  examples: [
    'decnet workers',
    'decnet workers stop profiler',
    'decnet workers start profiler reuse-correlator',
    'decnet workers --json | jq \'.workers[] | select(.state != "running")\'',
  ],
  async run({ args, options }) {
    const [action, ...names] = args
    if (action === undefined) return show(options)
    if (action !== 'stop' && action !== 'start')
      throw new AppError(`${visible(action)} is nothing that workers do.`, {
        code: 'bad_action',
        hint: 'Say stop or start, then which; without either they are shown.',
      })
    else if (names.length === 0)
      throw new AppError(`Which worker shall ${action}?`, { code: 'worker_missing', hint: '`decnet workers` lists them.' })
    else await steer(action, names, options)
    return 0
  },
}
