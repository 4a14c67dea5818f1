import { mergeNumeric } from '../apps/server/src/domain/attribution/numeric.ts'
import { randomOf } from '../apps/server/src/domain/keystrokes/synthetic/random.ts'

/** `node scripts/change-point-report.ts` prints the table of apps/server/src/domain/attribution/README.md: how the numeric merger finds changes. */
const SERIES = 300
const SHIFTS = [1.3, 1.5, 2, 0.5]

/** States of a seeded series about 1000; from `change` on about `shift` times as much. */
function states(seed: string, length: number, noise: number, change: number, shift: number): string[] {
  const random = randomOf(seed)
  const values = Array.from({ length }, (_, index) => 1_000 * (index < change ? 1 : shift) * Math.exp(random.normal(0, noise)))
  return mergeNumeric(values.map((value, index) => ({ id: String(index), ts: index, value }))).map(({ state }) => state)
}
const series = (name: string) => Array.from({ length: SERIES }, (_, index) => `${name} ${index}`)

function falseDrifts(noise: number): string {
  const begun = series(`steady ${noise}`).flatMap((seed) => {
    const seen = states(seed, 100, noise, 100, 1)
    return seen.filter((state, index) => state === 'drifting' && seen[index - 1] !== 'drifting')
  })
  return (begun.length / SERIES).toFixed(2)
}

function detection(noise: number, shift: number): string {
  const delays = series(`shift ${shift} ${noise}`)
    .map((seed) => states(seed, 40, noise, 20, shift).indexOf('drifting', 20) - 19)
    .filter((delay) => delay > 0)
    .sort((a, b) => a - b)
  return `${Math.round((100 * delays.length) / SERIES)} % (${delays[delays.length >> 1] ?? '–'})`
}

console.log(`| noise | false drifts in 100 observations | ${SHIFTS.map((shift) => `×${shift}`).join(' | ')} |`)
console.log('|--:|--:|--:|--:|--:|--:|')
for (const noise of [0.05, 0.1, 0.2, 0.3, 0.5])
  console.log(`| ${100 * noise} % | ${falseDrifts(noise)} | ${SHIFTS.map((shift) => detection(noise, shift)).join(' | ')} |`)
