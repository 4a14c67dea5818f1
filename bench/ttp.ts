import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createEngine } from '../apps/server/src/domain/ttp/engine/engine.ts'
import { indexRules } from '../apps/server/src/domain/ttp/engine/index-of-rules.ts'
import { memoryWindows } from '../apps/server/src/domain/ttp/engine/window-store.ts'
import { feedWindow } from '../apps/server/src/domain/ttp/engine/windows.ts'
import { acceptPayload } from '../apps/server/src/domain/ttp/evidence/accept-payload.ts'
import type { Evidence } from '../apps/server/src/domain/ttp/evidence/evidence.ts'
import { kindByName } from '../apps/server/src/domain/ttp/evidence/kinds.ts'
import type { Rule } from '../apps/server/src/domain/ttp/rule/rule.ts'
import { patternsOf, regexCost } from '../apps/server/src/rules/regex-cost.ts'
import { loadRules } from '../apps/server/src/rules/rule-files.ts'
import type { BenchContext, Benchmark, Figure } from './figure.ts'

const SIZES = { full: { items: 200_000, runs: 5, keys: 1_000_000 }, quick: { items: 20_000, runs: 1, keys: 20_000 } }
const START = Date.UTC(2026, 0, 1)

/** What all examples of all rules hold, those that match and those that do not, in turn; each attacker shows a few hundred. */
function evidenceOfExamples(rules: readonly Rule[], count: number): Evidence[] {
  const events = rules.flatMap(({ examples }) => [...examples.match, ...examples.no_match].flat())
  return Array.from({ length: count }, (_, number) => {
    const event = events[number % events.length]
    const kind = kindByName.get(event?.kind ?? '')
    if (!event || !kind) throw new Error('rules without examples')
    const attacker = `198.51.${Math.floor(number / 300) & 255}.${number & 7}`
    const payload = acceptPayload(kind, event.payload)
    return { kind: kind.name, id: String(number), ts: START + number * 10, session: attacker, attacker, identity: null, payload }
  })
}

/** Processor seconds of this thread. */
function spent(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1e6
}

function matched(rules: readonly Rule[], items: readonly Evidence[]): number {
  const engine = createEngine(indexRules(rules), memoryWindows())
  for (const item of items.slice(0, 20_000)) engine.match(item)
  const began = spent()
  for (const item of items) engine.match(item)
  return items.length / (spent() - began)
}

/** Milliseconds for the worst of some commands of 100 kB that are made of the words of all patterns. */
function hostileItem(rules: readonly Rule[]): number {
  const engine = createEngine(indexRules(rules), memoryWindows())
  const words = [...new Set(rules.flatMap(patternsOf).flatMap((pattern) => pattern.match(/[a-z0-9_./-]{2,}/gu) ?? []))]
  const times = [' ', '; ', '|', '\n', '/'].flatMap((between, seed) =>
    Array.from({ length: 8 }, (_, run) => {
      const text = Array.from({ length: 20_000 }, (_, at) => words[(at * 7_919 + run * 31 + seed) % words.length]).join(between)
      const item = {
        kind: 'command',
        id: '',
        ts: START,
        session: null,
        attacker: null,
        identity: null,
        payload: { command_text: text.slice(0, 100_000) },
      }
      const began = spent()
      engine.match(item)
      return run < 3 ? 0 : (spent() - began) * 1_000
    }),
  )
  return Math.max(...times)
}

/** Bytes in use without garbage. */
function heap(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

function windowMemory(keys: number): { readonly bytes: number; readonly kept: number } {
  const windows = memoryWindows(keys)
  const window = {
    type: 'threshold' as const,
    of: { any: [] },
    count: 5,
    withinMs: 300_000,
    key: { by: 'attacker' as const, fields: [] },
  }
  const before = heap()
  for (let number = 0; number < keys * 1.5; number++) {
    const key = `attacker-${number}`
    for (let event = 0; event < 3; event++) {
      const { state } = feedWindow(window, windows.get('R0001', key), { ts: START + number + event, steps: [0], value: '' })
      windows.put('R0001', key, state)
    }
  }
  return { bytes: heap() - before, kept: windows.size }
}

async function run({ quick, progress }: BenchContext): Promise<Figure[]> {
  const { items: count, runs, keys } = quick ? SIZES.quick : SIZES.full
  const rules = await loadRules([])
  const items = evidenceOfExamples(rules, count)
  const commands = items.filter(({ kind }) => kind === 'command')
  const [all, shell]: [number[], number[]] = [[], []]
  for (let turn = 0; turn < runs; turn++) {
    all.push(matched(rules, items))
    shell.push(matched(rules, commands))
    progress(`${rules.length} rules: ${Math.round(all.at(-1) ?? 0).toLocaleString('en')} items/s`)
  }
  const patterns = [...new Set(rules.flatMap(patternsOf))]
  const costs = patterns.map((pattern) => regexCost(pattern, { enough: 1 }))
  progress(`${patterns.length} patterns`)
  const worst = hostileItem(rules)
  const { bytes, kept } = windowMemory(keys)
  const goal = { kind: 'at least' as const, value: 20_000 }
  return [
    { name: `evidence of all kinds matched, ${rules.length} rules`, unit: 'items/s', runs: all, goal },
    { name: 'commands matched', unit: 'items/s', runs: shell, goal },
    {
      name: `slowest of ${patterns.length} patterns on 100 kB of hostile text`,
      unit: 'ms',
      runs: [Math.max(...costs)],
      goal: { kind: 'at most', value: 5 },
    },
    { name: 'slowest command of 100 kB, made of the words of all patterns', unit: 'ms', runs: [worst] },
    { name: `windows of ${kept.toLocaleString('en')} keys, three events each`, unit: 'MB', runs: [bytes / 1e6] },
  ]
}

export const ttp: Benchmark = {
  name: 'ttp',
  summary: 'How many pieces of evidence one core matches against all rules, and what the slowest pattern costs.',
  method:
    'The evidence is that of the examples of all rules, matching and not, in turn: more of it matches than in a log. Decoding, rules, windows and findings are in the figure; reading ' +
    'a log and writing tags are not. Processor time of the one thread that matches counts, so that it is one core. Hostile texts are made of the words of each pattern, shuffled, cut and repeated; the processor time of the fastest of ten runs on the slowest text counts. ' +
    'Windows are fed half as many keys more than they keep.',
  run,
}
