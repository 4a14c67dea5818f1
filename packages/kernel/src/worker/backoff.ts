/** Milliseconds to wait after the n-th failure in a row (from 1): 100 ms doubling to 30 s, with up to a fifth of jitter. */
export function backoff(failures: number, random: () => number = Math.random): number {
  const base = Math.min(30_000, 100 * 2 ** Math.min(failures - 1, 20))
  return Math.round(base * (0.8 + 0.2 * random()))
}
