import { defineConfig } from 'vitest/config'
import { writeToMemory } from './scripts/test-folder.ts'

writeToMemory()

/** Whole programs against each other that mostly wait: three at a time are no hindrance to each other. The others measure, or have a machine's worth to do. */
const TOGETHER = [
  'accounts',
  'addresses',
  'backfill',
  'bad-input',
  'bus',
  'cli',
  'cli-fleet',
  'compose',
  'cut-off',
  'databases',
  'db',
  'deploy',
  'disguise',
  'disk-full',
  'fingerprint',
  'first-minute',
  'given-up',
  'heal',
  'hostile',
  'import',
  'import-folds',
  'live',
  'mail',
  'nats-cluster',
  'partition',
  'prober',
  'replicas',
  'rules-act',
  'rules-fire',
  'sigma',
  'tarpit',
  'ttp-cli',
  'way-out',
  'workers',
].map((name) => `test/${name}.test.ts`)
/** A browser, a server and a sensor each: two at a time keep two processors busy. */
const CONSOLE = 'test/console*.test.ts'
const PATIENCE = { testTimeout: 120_000, hookTimeout: 120_000 }

/** Values in, values out: nothing that one file leaves behind could matter to the next, so that they share a process. */
const PURE = [
  'apps/console',
  'apps/server/src/domain',
  'apps/server/src/fleet',
  'apps/server/src/lab',
  'apps/server/src/rules',
  'packages/contracts',
  'packages/fingerprint',
  'packages/kernel/src/syslog',
  'packages/persona',
  'packages/services/src/_shared',
  'packages/sniffer',
].map((folder) => `${folder}/**/*.test.{ts,tsx}`)
/** Time of the processor and memory are what they look at: they have the machine to themselves. */
const MEASURED = [
  'apps/server/src/domain/attack/attack-data.test.ts',
  'apps/server/src/domain/ttp/normalise/command-line.test.ts',
  'apps/server/src/domain/ttp/normalise/request.test.ts',
]
const UNIT = { setupFiles: ['scripts/test-seed.ts'], testTimeout: 20_000, hookTimeout: 30_000 }
// More than a small machine has processors: many of them wait for clocks and for others.
const ABREAST = { maxWorkers: 3, sequence: { groupOrder: 1 } }

/** unit: beside the code, no network beyond loopback, seconds. integration: real clients, real servers, a real browser, a few files at a time. */
export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line.ts'],
    projects: [
      { test: { name: 'unit-measured', include: MEASURED, ...UNIT, fileParallelism: false, sequence: { groupOrder: 0 } } },
      { test: { name: 'unit-pure', include: PURE, exclude: MEASURED, ...UNIT, ...ABREAST, isolate: false } },
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'apps/*/src/**/*.test.tsx', 'scripts/**/*.test.ts'],
          exclude: [...PURE, ...MEASURED],
          ...UNIT,
          ...ABREAST,
        },
      },
      {
        test: {
          name: 'integration-together',
          include: TOGETHER,
          ...PATIENCE,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'integration-console',
          include: [CONSOLE],
          ...PATIENCE,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: [...TOGETHER, CONSOLE],
          ...PATIENCE,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
})
