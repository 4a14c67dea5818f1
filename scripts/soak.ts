import { spawnSync } from 'node:child_process'

/** The long runs: ten minutes of attack at 1,000 events/s, two minutes of cut cables between hosts, 200 hosts on one network. Their short versions are in `npm test`. */
const { status } = spawnSync(
  'vitest',
  [
    'run',
    '--project',
    'integration*',
    ...['soak', 'partition', 'many-hosts'].map((name) => `test/${name}.test.ts`),
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', env: { ...process.env, DECNET_SOAK: 'full' } },
)
process.exit(status ?? 1)
