import { existsSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@decnet/kernel'
import { readEnvironment } from '../config.ts'
import { plural } from '../domain/plural.ts'
import { reapContainers } from '../fleet/substrates/compose/reap.ts'
import type { Home } from '../home.ts'
import { runningIn, type StateFile } from '../supervisor/state.ts'
import { endStrays, markOf } from '../supervisor/strays.ts'
import { type CommandDefinition, commonOptions } from './command.ts'
import { readableHomeOf } from './home-of.ts'
import { print, printJson } from './output.ts'

/** Everything has ended within five seconds of being asked to; somewhat more for a machine that is busy, or hosts by the hundred. */
const PATIENCE_MS = 25_000
/** One that was killed is started again within it. */
const AGAIN_MS = 3_000
const LOOK_MS = 50

/** What runs in the home; of one that was killed, what is started in its place. */
async function running(home: Home): Promise<StateFile | null> {
  for (const end = Date.now() + AGAIN_MS; ; await pause(LOOK_MS)) {
    const state = runningIn(home)
    if (state || !existsSync(home.stateFile) || Date.now() > end) return state
  }
}

async function stop({ pid }: StateFile, home: Home): Promise<void> {
  try {
    process.kill(pid, 'SIGTERM')
  } catch (error) {
    throw new AppError(`The fleet in ${home.path} belongs to another user (process ${pid}).`, {
      code: 'not_permitted',
      hint: 'Stop it as that user.',
      cause: error,
    })
  }
  const end = Date.now() + PATIENCE_MS
  while (runningIn(home)?.pid === pid) {
    if (Date.now() > end) throw new AppError(`Process ${pid} has not ended.`, { code: 'still_running', hint: `Look with: ps -fp ${pid}` })
    await pause(LOOK_MS)
  }
}

/** Removes what a killed fleet left outside of its home; how many hosts those were. */
async function sweep(home: Home): Promise<number> {
  if (!existsSync(home.path)) return 0
  const mark = markOf(home)
  await endStrays(mark)
  // Whoever has started meanwhile has swept, and what stands is its own.
  if (runningIn(home)) return 0
  rmSync(home.stateFile, { force: true })
  const dockerHost = readEnvironment(home.path).passedOn.DOCKER_HOST
  const contained = await reapContainers({ mark, home, dockerHost, notice: (text) => void process.stderr.write(`${text}\n`) })
  return contained + (await sweepNamespaces(mark))
}

async function sweepNamespaces(mark: string): Promise<number> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 0
  const { removeMarked, standingMarks } = await import('@decnet/root-helper/strays')
  return standingMarks().has(mark) ? removeMarked(mark) : 0
}

export const down: CommandDefinition = {
  options: [...commonOptions],
  examples: ['decnet down', 'decnet down --home /srv/decnet'],
  async run({ options }) {
    const home = readableHomeOf(options)
    const state = await running(home)
    if (state) await stop(state, home)
    // Whoever starts again at once has the home.
    const removed = runningIn(home) ? 0 : await sweep(home)
    if (options.json) printJson({ home: home.path, stopped: state !== null, pid: state?.pid ?? null, removed })
    else {
      print(state ? `The fleet in ${home.path} has stopped.` : `No fleet is running in ${home.path}.`)
      if (removed > 0) print(`${plural(removed, 'host')} of a fleet that was killed ${removed === 1 ? 'is' : 'are'} gone.`)
    }
    return 0
  },
}
