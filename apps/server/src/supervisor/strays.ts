import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Home } from '../home.ts'

/** In the environment of every process of a fleet: its home's mark. */
export const MARK = 'DECNET_MARK'

/**
 * Eight hexadecimal digits that everything carries which a home makes outside of itself: hosts, cards, processes. They follow from its place,
 * so that a copy of it has others.
 */
export const markOf = ({ path }: Home): string => createHash('sha256').update(realpathSync(path)).digest('hex').slice(0, 8)

/** What lost its supervisor ends by itself: hosts are taken down, what was written is kept. */
const GRACE_MS = 12_000
const LOOK_MS = 50

/** The marks that processes other than this one bear (proc(5)); those of others are nobody's to see. */
export function marks(): ReadonlyMap<number, string> {
  let names: string[]
  try {
    names = readdirSync('/proc')
  } catch {
    return new Map()
  }
  const pids = names.filter((name) => /^\d+$/u.test(name) && Number(name) !== process.pid).map(Number)
  return new Map(pids.flatMap((pid) => markOn(pid).map((mark) => [pid, mark] as const)))
}

function markOn(pid: number): string[] {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
    return environment.filter((each) => each.startsWith(`${MARK}=`)).map((each) => each.slice(MARK.length + 1))
  } catch {
    return []
  }
}

/** Processes that bear a mark, other than this one. */
export const markedProcesses = (mark: string): number[] => [...marks()].flatMap(([pid, each]) => (each === mark ? [pid] : []))

/**
 * Waits for what another supervisor of this home left behind when it was killed, and kills what does not end; how many those were. Who has the
 * mark since is a newer fleet's.
 */
export async function endStrays(mark: string, graceMs = GRACE_MS): Promise<number> {
  const found = markedProcesses(mark)
  let left = found
  async function gone(): Promise<void> {
    for (const end = Date.now() + graceMs; left.length > 0 && Date.now() < end; ) {
      await pause(LOOK_MS)
      const there = new Set(markedProcesses(mark))
      left = found.filter((pid) => there.has(pid))
    }
  }
  await gone()
  for (const pid of left) kill(pid)
  await gone()
  return found.length
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}
