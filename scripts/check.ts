import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import pc from 'picocolors'

/** `npm run check`: everything that needs no network, no client and no browser. With `--all` (npm test) the integration tests as well. */
const root = join(import.meta.dirname, '..')
const bin = join(root, 'node_modules', '.bin')
const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' }

const args = process.argv.slice(2)
const all = args.includes('--all')
const rest = args.filter((arg) => arg !== '--all')

const steps: readonly (readonly [what: string, ...command: string[]])[] = [
  ['generated files are current', 'node', 'scripts/gen.ts', '--check'],
  ['formatted and linted', 'biome', 'check', '--error-on-warnings', '.'],
  ['types hold', 'tsc', '--noEmit'],
  ['imports keep to the house rules', 'depcruise', '--config', 'scripts/import-rules.cjs', 'packages', 'apps'],
  ['no dead code', 'knip', '--no-progress'],
]

for (const [what, command, ...rest] of steps) {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(command as string, rest, { cwd: root, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  const took = pc.dim(`${((performance.now() - started) / 1000).toFixed(1)} s`)
  if (status === 0) process.stdout.write(`${pc.green('✓')} ${what} ${took}\n`)
  else {
    process.stdout.write(`${pc.red('✗')} ${what} ${took}\n${stdout}${stderr}\n`)
    process.stdout.write(`0 passed, 1 failed, 0 skipped\n`)
    process.exit(1)
  }
}

const { status } = spawnSync('vitest', ['run', ...(all ? [] : ['--project', 'unit*']), ...rest], { cwd: root, env, stdio: 'inherit' })
process.exit(status ?? 1)
