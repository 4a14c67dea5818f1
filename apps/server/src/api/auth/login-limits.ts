/** Failures allowed within the window, for one address and for one user name. */
const ALLOWED = 10
const WINDOW_MS = 5 * 60_000
/** Names are chosen by whoever knocks: what is remembered is bounded. */
const REMEMBERED = 10_000

export interface LoginLimits {
  /** Seconds to wait before another attempt, or 0. */
  wait(address: string, username: string): number
  failed(address: string, username: string): void
}

/** Slows down guessing. In memory: a restart forgives. */
export function loginLimits(now: () => number): LoginLimits {
  const failures = new Map<string, number[]>()
  const recent = (key: string) => (failures.get(key) ?? []).filter((at) => at > now() - WINDOW_MS)
  const keys = (address: string, username: string) => [`a ${address}`, `u ${username.slice(0, 256)}`]
  return {
    wait(address, username) {
      const waits = keys(address, username).map((key) => {
        const times = recent(key)
        return times.length < ALLOWED ? 0 : Math.ceil(((times[times.length - ALLOWED] ?? 0) + WINDOW_MS - now()) / 1000)
      })
      return Math.max(0, ...waits)
    },
    failed(address, username) {
      for (const key of keys(address, username)) {
        const times = [...recent(key), now()]
        failures.delete(key)
        failures.set(key, times)
      }
      for (const key of failures.keys()) {
        if (failures.size <= REMEMBERED) break
        failures.delete(key)
      }
    },
  }
}
