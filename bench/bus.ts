import { join } from 'node:path'
import { type BusRig, busRig, RATE, startBroker, startNats } from './bus-rig.ts'
import { SCENARIOS } from './bus-scenario.ts'
import type { BenchContext, Benchmark, Figure } from './figure.ts'
import { scratch } from './scratch.ts'

const ROUNDS = 5
const DELAY_SECONDS = { full: 5, quick: 1 }
const QUICK = 20
const WARM = 200_000

interface Runs {
  readonly speed: number[]
  readonly p50: number[]
  readonly p99: number[]
}

async function measure(rig: BusRig, scenario: number, runs: Runs, quick: boolean): Promise<void> {
  const messages = (SCENARIOS[scenario]?.messages ?? 0) / (quick ? QUICK : 1)
  runs.speed.push(await rig.speed(scenario, messages))
  const { p50, p99 } = await rig.delays(scenario, RATE * (quick ? DELAY_SECONDS.quick : DELAY_SECONDS.full))
  runs.p50.push(p50)
  runs.p99.push(p99)
}

const MEASURES = [
  { key: 'speed', unit: 'messages/s', what: '', goal: { kind: 'at least', value: 1 } },
  { key: 'p50', unit: 'µs', what: ', delay p50', goal: { kind: 'at most', value: 1 } },
  { key: 'p99', unit: 'µs', what: ', delay p99', goal: { kind: 'at most', value: 1 } },
] as const

const figuresOf = (group: string, name: string, runs: Runs, peer: Runs, promised: boolean): Figure[] =>
  MEASURES.map(({ key, unit, what, goal }) => ({
    group,
    name: `${name}${what}`,
    unit,
    runs: runs[key],
    peer: { name: 'nats-server', runs: peer[key] },
    ...(promised && { ratioGoal: goal }),
  }))

async function run({ quick, progress }: BenchContext): Promise<Figure[]> {
  using folder = scratch('bus')
  using broker = await startBroker(join(folder.path, 'b'))
  using nats = await startNats()
  const rigs = {
    unix: busRig('unix', broker.target),
    nats: busRig('nats', nats.target),
    host: busRig('host', join(folder.path, 'h')),
    adapter: busRig('adapter', nats.target),
  }
  const figures: Figure[] = []
  const rounds = quick ? 1 : ROUNDS
  for (const rig of [rigs.unix, rigs.nats]) await rig.speed(0, quick ? WARM / QUICK : WARM)
  progress('warm')
  for (const [index, { name, connections }] of SCENARIOS.entries()) {
    const runs = () => ({ speed: [], p50: [], p99: [] })
    const results = { unix: runs(), nats: runs(), host: runs(), adapter: runs() }
    // Whose process listens on one line may as well serve the bus, as `decnet up` does.
    const kinds = connections === 1 ? (['unix', 'nats', 'host', 'adapter'] as const) : (['unix', 'nats', 'adapter'] as const)
    for (let round = 1; round <= rounds; round += 1) {
      // Another one begins each round: whatever the machine does now and then hits all of them.
      for (const [n] of kinds.entries()) {
        const kind = kinds[(n + round) % kinds.length] ?? 'unix'
        await measure(rigs[kind], index, results[kind], quick)
      }
      progress(`${name}, round ${round} of ${rounds}`)
    }
    figures.push(...figuresOf(name, 'UNIX bus, broker in a process of its own', results.unix, results.nats, true))
    if (connections === 1)
      figures.push(...figuresOf(name, 'UNIX bus, served by the process that listens', results.host, results.nats, true))
    figures.push(...figuresOf(name, 'our bus over NATS, as other hosts use it', results.adapter, results.nats, false))
  }
  return figures
}

export const bus: Benchmark = {
  name: 'bus',
  summary: 'Decoded envelopes between processes: messages a second and delays, beside nats-server with its own client doing the same work.',
  method:
    'Every payload is 256 bytes of JSON. Messages/s: at full speed, with a window of messages under way so that none is lost; each message ' +
    `counts once however many receive it. Delay: from publishing to the decoded envelope, at an even ${RATE.toLocaleString('en')} messages/s. ` +
    '1 → 10 are ten connections of two processes, for all alike: eleven processes on two cores would measure the scheduler. 1,000 subscriptions ' +
    'are spread over four connections of one process. A ratio is ours ÷ nats-server.',
  limits:
    'cores. Publisher, broker and listeners are a thread each, ours one for the whole broker, and share the cores with one another; beyond two ' +
    'cores nats-server uses more than one. The JSON of envelopes is the lesser part, about a microsecond to write and one to read, on all sides.',
  needs: { 'nats-server': 'nats-server' },
  run,
}
