import type { Wire } from '../_shared/wire/wire.ts'

const LOOK_MS = 1_000

/** Waits; false when the connection ended meanwhile. */
export async function pause(ms: number, signal: AbortSignal, wire: Wire): Promise<boolean> {
  for (let left = ms; left > 0; left -= LOOK_MS) {
    if (signal.aborted || wire.gone) return false
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, Math.min(left, LOOK_MS))
      signal.addEventListener('abort', end, { once: true })
    })
  }
  return !signal.aborted && !wire.gone
}
