import { type AnyTopic, topics } from '@decnet/contracts/topics'
import { matches } from '@decnet/kernel/bus'
import type { AnyWorker } from '@decnet/kernel/worker'
import type { Tx } from '../store/log-table.ts'
import { manifests } from './manifests.ts'

/** The definition of every worker. */
export const definitions: readonly AnyWorker<Tx>[] = manifests.flatMap(({ definition }) => (definition ? [definition] : []))

/** A publisher or consumer that is no worker, and where it is one: a file below this folder that `says` so. */
interface Beside {
  readonly part: string
  readonly pattern: string
  readonly file: string
  readonly says: RegExp
}
const KERNEL = '../../../../packages/kernel/src'
const CONSOLE = '../../../console/src/frame/live-context.tsx'
const CONSOLE_FOLLOWS =
  'attacker.observed,attacker.scored,attacker.session.>,identity.>,campaign.>,attribution.>,ttp.>,credential.reuse.detected,decky.>,system.*.health'

export const publishersBeside: readonly Beside[] = [
  { part: 'fleet', pattern: topics.deckyState.pattern, file: '../fleet/record-state.ts', says: /topics\.deckyState\.name\(/u },
  { part: 'fleet', pattern: topics.deckyMutation.pattern, file: '../fleet/mutation.ts', says: /topics\.deckyMutation\.name\(/u },
  { part: 'fleet', pattern: topics.deckyServiceAdded.pattern, file: '../fleet/mutation.ts', says: /topics\.deckyServiceAdded\.name\(/u },
  {
    part: 'fleet',
    pattern: topics.deckyServiceRemoved.pattern,
    file: '../fleet/mutation.ts',
    says: /topics\.deckyServiceRemoved\.name\(/u,
  },
  {
    part: 'fleet',
    pattern: topics.deckyServiceConfigChanged.pattern,
    file: '../fleet/mutation.ts',
    says: /topics\.deckyServiceConfigChanged\.name\(/u,
  },
  { part: 'fleet', pattern: topics.deckyLifecycle.pattern, file: '../threads/operations.ts', says: /publishTo\(topics\.deckyLifecycle/u },
  {
    part: 'api',
    pattern: topics.identityLinkStated.pattern,
    file: '../store/operator-links.ts',
    says: /topics\.identityLinkStated\.name\(/u,
  },
  {
    part: 'api',
    pattern: topics.ttpRuleState.pattern,
    file: '../threads/operations.ts',
    says: /publishTo\(topics\.ttpRuleState/u,
  },
  {
    part: 'api',
    pattern: topics.ttpRuleReloaded.pattern,
    file: '../threads/operations.ts',
    says: /publishTo\(topics\.ttpRuleReloaded/u,
  },
  {
    part: 'api',
    pattern: topics.deckyMutateRequest.pattern,
    file: '../api/routes/mutate.ts',
    says: /publishTo\(topics\.deckyMutateRequest/u,
  },
  { part: 'api', pattern: topics.workerControl.pattern, file: '../api/routes/workers.ts', says: /publishTo\(\s*topics\.workerControl/u },
  {
    part: 'every worker',
    pattern: topics.workerHealth.pattern,
    file: `${KERNEL}/bus/heartbeat.ts`,
    says: /`system\.\$\{worker\}\.health`/u,
  },
  {
    part: 'supervisor',
    pattern: topics.workerHealth.pattern,
    file: '../main.ts',
    says: /publishTo\(\s*topics\.workerHealth,\s*\['supervisor'\]/u,
  },
  { part: 'bus', pattern: topics.systemBusHealth.pattern, file: `${KERNEL}/bus/unix/broker.ts`, says: /'system\.bus\.health'/u },
]

/**
 * Whoever passes on everything (live stream, search, webhooks) is not counted: it would let every topic pass, also one that nobody asked
 * for. The console counts for the topics that it names.
 */
export const consumersBeside: readonly Beside[] = [
  { part: 'api', pattern: topics.workerHealth.pattern, file: '../api/worker-board.ts', says: /subscribe\(topics\.workerHealth\.pattern/u },
  {
    part: 'every host of workers',
    pattern: topics.workerControl.pattern,
    file: './host.ts',
    says: /subscribe\(topics\.workerControl\.pattern/u,
  },
  {
    part: 'every worker',
    pattern: topics.workerControl.pattern,
    file: `${KERNEL}/bus/control.ts`,
    says: /subscribe\(`system\.\$\{worker\}\.control`/u,
  },
  ...CONSOLE_FOLLOWS.split(',').map((pattern) => ({
    part: 'console',
    pattern,
    file: CONSOLE,
    says: new RegExp(`CALM =\\s*'${RegExp.escape(CONSOLE_FOLLOWS)}'`, 'u'),
  })),
]

/** Who publishes and who consumes a topic, by name. */
export interface Ends {
  readonly publishers: readonly string[]
  readonly consumers: readonly string[]
}
type Declared = Pick<AnyWorker<Tx>, 'name' | 'emits'> &
  ({ kind: 'fold'; reads: readonly AnyTopic[] } | { kind: 'tick'; wakes: readonly AnyTopic[] })
type Named = Pick<Beside, 'part' | 'pattern'>

/** Derives the ends of a topic from what workers declare, and from what there is beside them. */
export function endsOf(topic: AnyTopic, workers: readonly Declared[], publishers: readonly Named[], consumers: readonly Named[]): Ends {
  const reaches = (pattern: string) => matches(pattern, topic.pattern)
  const wakesFor = (worker: Declared) => (worker.kind === 'fold' ? worker.reads : worker.wakes).some(({ pattern }) => reaches(pattern))
  const named = (parts: readonly Named[], about: (pattern: string) => boolean) =>
    parts.filter(({ pattern }) => about(pattern)).map(({ part }) => part)
  return {
    publishers: [
      ...workers.filter(({ emits }) => emits.includes(topic)).map(({ name }) => name),
      ...named(publishers, (pattern) => pattern === topic.pattern),
    ],
    consumers: [...workers.filter(wakesFor).map(({ name }) => name), ...named(consumers, reaches)],
  }
}

/** What is wrong with the wiring of a topic; nothing when it is planned and nobody publishes it yet. */
export function faultsOf(topic: AnyTopic, { publishers, consumers }: Ends): readonly string[] {
  if (topic.planned) return publishers.map((name) => `${topic.template} is said to be planned, but ${name} publishes it`)
  return [
    ...(publishers.length === 0 ? [`nobody publishes ${topic.template}`] : []),
    ...(consumers.length === 0 ? [`nobody consumes ${topic.template}`] : []),
  ]
}

/** The ends of a topic in this product. */
export const wired = (topic: AnyTopic): Ends => endsOf(topic, definitions, publishersBeside, consumersBeside)
