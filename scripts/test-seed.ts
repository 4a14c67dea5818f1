import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

/**
 * Property tests try the same cases in every run, so that a gate judges what was changed and not the dice.
 * `DECNET_TEST_SEED` gives another seed, or `random`: `npm run fuzz` looks for what no run has tried yet.
 */
const { testPath } = expect.getState()
const wanted = process.env.DECNET_TEST_SEED ?? '20261123'
// Loading the library takes longer than most of the files that do without it.
if (wanted !== 'random' && testPath !== undefined && readFileSync(testPath, 'utf8').includes("'fast-check'")) {
  const { default: fc } = await import('fast-check')
  fc.configureGlobal({ seed: Number(wanted) })
}
