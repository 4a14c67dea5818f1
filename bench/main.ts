import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bus } from './bus.ts'
import { type Benchmark, median, met, ratioOf } from './figure.ts'
import { folds } from './folds.ts'
import { imports } from './import.ts'
import { ingest } from './ingest.ts'
import { latency } from './latency.ts'
import { linkage } from './linkage.ts'
import { loop } from './loop.ts'
import { thisMachine } from './machine.ts'
import { memory } from './memory.ts'
import { asMarkdown, asText, type Result } from './report.ts'
import { ssh } from './ssh.ts'
import { syslog } from './syslog.ts'
import { ttp } from './ttp.ts'

const ALL: readonly Benchmark[] = [ingest, imports, folds, bus, loop, memory, ssh, latency, linkage, syslog, ttp]
const DOCUMENT = join(import.meta.dirname, '..', 'docs', 'performance.md')

const HELP = `Measures what the project promises about its speed and size.

  npm run bench                    all of it, about an hour; the machine should do nothing else
  npm run bench -- ingest ssh      only these
  npm run bench -- ssh --write     the same, and writes their sections of docs/performance.md

${ALL.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')}

  --quick   small sizes, one run: whether it works, not how fast it is
  --json    figures with every single run, on standard output
  --write   writes the sections of docs/performance.md (full size)
  --help    this

Progress stands on standard error. The exit code is 1 when a promise was missed.
`

/** What a benchmark lacks, with the line that brings it; undefined when it can run. */
function lacking({ needs = {} }: Benchmark): string | undefined {
  const missing = Object.entries(needs).filter(([tool]) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0)
  return missing.length === 0 ? undefined : `apt-get install ${missing.map(([, debian]) => debian).join(' ')}`
}

async function measure(benchmark: Benchmark, quick: boolean): Promise<Result> {
  const { name, summary, method, limits } = benchmark
  const missing = lacking(benchmark)
  if (missing !== undefined) return { name, summary, method, limits, figures: [], missing }
  const began = performance.now()
  const progress = (text: string) =>
    process.stderr.write(`${name.padEnd(8)} ${((performance.now() - began) / 1_000).toFixed(0).padStart(4)} s  ${text}\n`)
  progress('begins')
  return { name, summary, method, limits, figures: await benchmark.run({ quick, progress }) }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' }, quick: { type: 'boolean' }, json: { type: 'boolean' }, write: { type: 'boolean' } },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const unknown = positionals.find((name) => !ALL.some((benchmark) => benchmark.name === name))
  if (unknown !== undefined) throw new Error(`There is no benchmark ${unknown}; there are: ${ALL.map(({ name }) => name).join(', ')}.`)
  if (values.write && values.quick) throw new Error('--write goes with full sizes only.')

  const machine = thisMachine()
  const results: Result[] = []
  for (const benchmark of ALL) {
    if (positionals.length === 0 || positionals.includes(benchmark.name)) results.push(await measure(benchmark, values.quick ?? false))
  }
  const figures = results.flatMap((result) => result.figures)
  if (values.json) {
    const whole = results.map((result) => ({
      ...result,
      figures: result.figures.map((figure) => ({ ...figure, median: median(figure.runs), ratio: ratioOf(figure), met: met(figure) })),
    }))
    process.stdout.write(`${JSON.stringify({ machine, quick: values.quick ?? false, results: whole })}\n`)
  } else process.stdout.write(asText(machine, results))
  if (values.write) {
    const version = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).stdout.trim()
    const when = `${new Date().toISOString().slice(0, 10)}${version === '' ? '' : ` at ${version}`}`
    const order = ALL.map(({ name }) => name)
    writeFileSync(DOCUMENT, asMarkdown(readFileSync(DOCUMENT, 'utf8'), order, machine, when, results))
  }
  return !values.quick && figures.some((figure) => met(figure) === false) ? 1 : 0
}

// What a benchmark made is removed as the process ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
