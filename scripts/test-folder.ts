import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'

const MEMORY = '/dev/shm'
const ROOM = 6 * 1024 ** 3

/** Whether the machine keeps that folder in memory, has room for what tests write, and lets programs start from there. */
function roomy(): boolean {
  try {
    const mounted = readFileSync('/proc/mounts', 'utf8').split('\n')
    const options = mounted
      .findLast((line) => line.split(' ')[1] === MEMORY)
      ?.split(' ')[3]
      ?.split(',')
    const available = Number(/^MemAvailable:\s+(\d+) kB$/mu.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024
    const { bavail, bsize } = statfsSync(MEMORY)
    return options?.includes('noexec') === false && Math.min(available / 2, bavail * bsize) >= ROOM
  } catch {
    return false
  }
}

/**
 * Has all tests write to memory where the machine has plenty: their many small databases wait for a disk several times as long as they work.
 * `TMPDIR` of the caller's own stays. The folder is gone when this process ends.
 */
export function writeToMemory(): void {
  if (process.env.TMPDIR !== undefined || !roomy()) return
  const folder = mkdtempSync(`${MEMORY}/decnet-tests-`)
  // Some tests and all databases run as somebody else.
  chmodSync(folder, 0o1777)
  process.env.TMPDIR = folder
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
}
