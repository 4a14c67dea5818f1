/** Failures allowed within the window, for one address and for one user name. */
const ALLOWED = 10
const WINDOW_MS = 5 * 60_000
/** Names are chosen by whoever knocks: what is remembered is bounded. */
const REMEMBERED = 10_000

export interface LoginLimits {
  /** Seconds to wait, or 0: then it counts as failed until {@link succeeded} says otherwise, so that many at once are no way around. */
  attempt(address: string, username: string): number
  succeeded(address: string, username: string): void
}

/** Slows down guessing. In memory: a restart forgives. */
export function loginLimits(now: () => number): LoginLimits {
  const failures = new Map<string, number[]>()
  const recent = (key: string) => (failures.get(key) ?? []).filter((at) => at > now() - WINDOW_MS)
  const keys = (address: string, username: string) => [`a ${address}`, `u ${username.slice(0, 256)}`]
  const remember = (key: string, times: readonly number[]) => {
    failures.delete(key)
    if (times.length > 0) failures.set(key, [...times])
  }
  return {
    attempt(address, username) {
      const waits = keys(address, username).map((key) => {
        const times = recent(key)
        return times.length < ALLOWED ? 0 : Math.ceil(((times[times.length - ALLOWED] ?? 0) + WINDOW_MS - now()) / 1000)
      })
      const seconds = Math.max(0, ...waits)
      if (seconds > 0) return seconds
      for (const key of keys(address, username)) remember(key, [...recent(key), now()])
      for (const key of failures.keys()) {
        if (failures.size <= REMEMBERED) break
        failures.delete(key)
      }
      return 0
    },
    succeeded(address, username) {
      for (const key of keys(address, username)) remember(key, recent(key).slice(0, -1))
    },
  }
}
