import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { parseArgs, styleText } from 'node:util'

const USAGE = `Runs every property test with seeds that no run has tried yet.

  npm run fuzz                       one round
  npm run fuzz -- --rounds 20        twenty
  npm run fuzz -- packages/persona   files whose path contains this

A failure names its seed; DECNET_TEST_SEED=<seed> npm run unit -- <file> repeats it.
`
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '1' }, help: { type: 'boolean', default: false } },
})
const rounds = Number(values.rounds)
if (values.help || !Number.isSafeInteger(rounds) || rounds < 1) {
  process.stdout.write(USAGE)
  process.exit(values.help ? 0 : 2)
}

const files = globSync(['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'])
  .filter((path) => positionals.length === 0 || positionals.some((part) => path.includes(part)))
  .filter((path) => readFileSync(path, 'utf8').includes("'fast-check'"))
if (files.length === 0) {
  process.stderr.write('There is no property test whose path contains this.\n')
  process.exit(2)
}
const failed: string[] = []
for (let round = 1; round <= rounds; round++) {
  const seed = String(Math.floor(Math.random() * 2 ** 31))
  process.stdout.write(`${styleText('bold', `round ${round} of ${rounds}, seed ${seed}`)} (${files.length} files)\n`)
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit*', '--reporter=dot', ...files],
    {
      stdio: 'inherit',
      env: { ...process.env, DECNET_TEST_SEED: seed },
    },
  )
  if (status !== 0) failed.push(seed)
}
process.stdout.write(
  failed.length === 0 ? `${rounds} rounds, none failed\n` : `${failed.length} of ${rounds} rounds failed: seeds ${failed.join(', ')}\n`,
)
process.exitCode = failed.length === 0 ? 0 : 1
