import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Home } from '../home.ts'
import type { FleetReady } from './supervise.ts'

export interface StateFile {
  readonly pid: number
  /** When that process was born, in the system's own words: numbers of processes are given again. */
  readonly born: string | null
  readonly startedAt: number
  /** It was asked to stop, and is about to be gone. */
  readonly stopping?: boolean
  /** Null while it is starting. */
  readonly ready: Omit<FleetReady, 'adminPassword'> | null
}

/** The start time of a process in clock ticks (proc(5), field 22 of `stat`); null where the machine does not say, or it has ended and nobody has asked how. */
function bornAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses may hold anything; `state`, field 3, follows it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}

const alive = ({ pid, born }: StateFile): boolean => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return bornAt(pid) === born
}

/** What runs in this home now, or null. */
export function runningIn(home: Home): StateFile | null {
  try {
    const state = JSON.parse(readFileSync(home.stateFile, 'utf8')) as StateFile
    return alive(state) ? state : null
  } catch {
    return null
  }
}

/** Says that this process runs the home; never the password. @throws what the disk says. */
export function writeState(home: Home, ready: FleetReady | null, stopping = false): void {
  const { adminPassword: _never, ...shown } = ready ?? {}
  const state = { pid: process.pid, born: bornAt(process.pid), startedAt: Date.now(), stopping, ready: ready ? shown : null }
  // Whoever reads meanwhile sees the one or the other, never half of it.
  const next = `${home.stateFile}.next`
  writeFileSync(next, `${JSON.stringify(state)}\n`, { mode: 0o600 })
  renameSync(next, home.stateFile)
}
