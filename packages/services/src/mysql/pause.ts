import type { Wire } from '../_shared/wire/wire.ts'

/** Waits; false when the client left or the connection must end meanwhile. What the client says is kept for later. */
export async function pause(ms: number, signal: AbortSignal, wire: Wire): Promise<boolean> {
  const until = performance.now() + ms
  const early: Buffer[] = []
  for (let left = ms; left > 0 && early.length === 0; left = until - performance.now()) {
    const heard = await wire.next(left)
    if (heard === 'end') return false
    if (heard !== 'timeout') early.push(heard)
  }
  // Who talks on has not left: the rest of the time passes without listening.
  while (!signal.aborted && !wire.gone && performance.now() < until) await slice(Math.min(1_000, until - performance.now()), signal)
  for (const chunk of early.toReversed()) wire.unread(chunk)
  return !signal.aborted && !wire.gone
}

function slice(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
