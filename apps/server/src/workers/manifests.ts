import { AppError } from '@decnet/kernel'
import type { EventLog } from '@decnet/kernel/log'
import type { Logger } from '@decnet/kernel/logging'
import type { AnyWorker } from '@decnet/kernel/worker'
import type { ProberSettings } from '../probe/settings.ts'
import type { RuleBook } from '../rules/rule-set.ts'
import type { Tx } from '../store/log-table.ts'
import type { Db } from '../store/open.ts'
import type { VectorStore } from '../vectors/port.ts'
import attribution from './attribution/worker.ts'
import { behaviour, type Recordings } from './behaviour/worker.ts'
import { campaignClusterer } from './campaign-clusterer/worker.ts'
import credentials from './credentials/worker.ts'
import fingerprintRotation from './fingerprint-rotation/worker.ts'
import { identityClusterer } from './identity-clusterer/worker.ts'
import { type IntakeSources, ingester } from './ingester/worker.ts'
import mail from './mail/worker.ts'
import { mutator } from './mutator/worker.ts'
import { prober } from './prober/worker.ts'
import profiler from './profiler/worker.ts'
import type { Retention } from './retention/rules.ts'
import { retention } from './retention/worker.ts'
import reuseCorrelator from './reuse-correlator/worker.ts'
import rhythm from './rhythm/worker.ts'
import { rotationLog } from './rotation-log/worker.ts'
import { ruleStatesWorker } from './rule-states/worker.ts'
import { similarity } from './similarity/worker.ts'
import traffic from './traffic/worker.ts'
import { ttpBackfill } from './ttp-backfill/worker.ts'
import { ttpTagger } from './ttp-tagger/worker.ts'

/** What a worker is given by the process that runs it. */
export interface WorkerParts {
  readonly log: EventLog<Tx>
  readonly intakes: IntakeSources
  readonly db: Db
  readonly recordings: Recordings
  readonly vectors: VectorStore
  /** By which techniques are recognised; asked for when the first evidence comes. */
  readonly rules: Pick<RuleBook, 'set' | 'own'>
  /** What operators want to keep, and for how long. */
  readonly retention: Retention
  /** Absent: attackers are not probed. */
  readonly prober?: ProberSettings | undefined
  readonly now: () => number
  /** Takes the lines that are for other programs' eyes. */
  readonly logger: Pick<Logger, 'info'>
}

/** How an operator stops it: with the API on whatever host it runs (`anywhere`), or only with what `stopsWith` says. */
export interface Manifest {
  readonly name: string
  readonly summary: string
  readonly kind: 'fold' | 'tick' | 'process'
  /** What it needs of the machine; a unit of systemd gives it no more. */
  readonly needs: readonly ('database' | 'bus' | 'spool' | 'artifacts' | 'listen' | 'outgoing')[]
  /** Null: an operator may stop and start it at any time. Otherwise the command that does it. */
  readonly stopsWith: string | null
  /** What an operator should know who stops it; null where that cannot be done. */
  readonly stopMeans: string | null
  /** Is not everywhere: shown once it was heard of (agents on other hosts, the sniffer of a real network). */
  readonly elsewhere: boolean
  /** May run in a process of its own, beside others of its kind: `decnet worker <name>`. */
  readonly alone: boolean
  readonly definition: AnyWorker<Tx> | null
  make(parts: WorkerParts): AnyWorker<Tx>
}

const DOWN = 'decnet down'

/** `make`: where it is given parts, or keeps something in memory that is its process's own. */
const fold = (definition: AnyWorker<Tx>, stopMeans: string, make: Manifest['make'] = () => definition): Manifest => ({
  name: definition.name,
  summary: definition.summary,
  kind: definition.kind,
  needs: ['database', 'bus'],
  stopsWith: null,
  stopMeans,
  elsewhere: false,
  alone: true,
  definition,
  make,
})

const notMade = (): never => {
  throw new Error('a process is not made here')
}
const process = (name: string, summary: string, needs: Manifest['needs'], stopsWith: string | null, elsewhere = false): Manifest => ({
  name,
  summary,
  kind: 'process',
  needs,
  stopsWith,
  stopMeans: null,
  elsewhere,
  alone: false,
  definition: null,
  make: notMade,
})

/** Nothing of it runs: only what it declares is looked at. */
const unused = undefined as never
const ingesting = ingester(unused, unused) as AnyWorker<Tx>
const forgetting: AnyWorker<Tx> = retention(unused)
const watching = behaviour(unused) as AnyWorker<Tx>
const linking = identityClusterer() as AnyWorker<Tx>
const gathering = campaignClusterer() as AnyWorker<Tx>
const telling = rotationLog(unused) as AnyWorker<Tx>
const comparing = similarity(unused) as AnyWorker<Tx>
const recognising = ttpTagger(unused) as AnyWorker<Tx>
const expiring: AnyWorker<Tx> = ruleStatesWorker({ db: unused, rules: unused, now: unused })
const asking: AnyWorker<Tx> = prober({ log: unused, db: unused, settings: unused, now: unused })
const changing: AnyWorker<Tx> = mutator({ log: unused, db: unused, logger: unused, now: unused })
const lookingBack: AnyWorker<Tx> = ttpBackfill(unused)
/** What is read by them stays until they have. */
const readers = [
  ...[
    credentials,
    mail,
    profiler,
    reuseCorrelator,
    fingerprintRotation,
    telling,
    watching,
    rhythm,
    linking,
    gathering,
    attribution,
    comparing,
    recognising,
    traffic,
  ],
].map(({ name }) => name)

/**
 * Every worker, once: the registry, the command line, the order of the start, the units of systemd and the pages of the documentation are
 * made from this. The order is that of the start.
 */
export const manifests: readonly Manifest[] = [
  process('supervisor', 'Keeps server and sensor alive, and on a real network root helper and sniffer.', [], DOWN),
  {
    ...process('bus', 'Carries announcements between workers and to the live stream; without it they look by themselves.', ['bus'], null),
    stopMeans: 'Announcements come up to a second late, and heartbeats not at all, so silence says nothing. No event is lost.',
  },
  process('api', 'Answers the console and scripts.', ['database', 'bus', 'artifacts', 'listen'], DOWN),
  process('agent', 'Sends what the sensor of another host saw to the intake.', ['bus', 'spool'], DOWN, true),
  process('sensor', 'Plays the services of all deckies.', ['spool', 'artifacts', 'listen'], DOWN),
  process('sniffer', 'Watches the network of a fleet that stands on a real one.', ['spool'], DOWN, true),
  {
    name: 'ingester',
    summary: ingesting.summary,
    kind: 'tick',
    needs: ['database', 'bus', 'spool'],
    stopsWith: DOWN,
    stopMeans: null,
    elsewhere: false,
    alone: false,
    definition: ingesting,
    make: ({ log, intakes }) => ingester(intakes, log) as AnyWorker<Tx>,
  },
  fold(credentials as AnyWorker<Tx>, 'Passwords that are tried are kept in the log but not listed until it is started again.'),
  fold(mail as AnyWorker<Tx>, 'Mails are kept but nobody is told of them until it is started again; then of all that came meanwhile.'),
  fold(
    profiler as AnyWorker<Tx>,
    'New attackers, sessions and scores do not appear until it is started again; then it takes up everything that came meanwhile.',
  ),
  fold(
    reuseCorrelator as AnyWorker<Tx>,
    'Nobody is told of a secret that is used on a second target until it is started again; then it looks at all that came meanwhile.',
  ),
  fold(
    fingerprintRotation as AnyWorker<Tx>,
    'Nobody is told that a fingerprint changed until it is started again; then it looks at all that came meanwhile.',
  ),
  fold(
    telling,
    'Changes of fingerprints are not written to the log of the server until it is started again; then all that came meanwhile are.',
    ({ logger }) => rotationLog((line) => logger.info({ syslog: line }, 'a fingerprint changed')) as AnyWorker<Tx>,
  ),
  fold(
    watching,
    'Recorded sessions are not measured until it is started again; then it looks at all that came meanwhile.',
    ({ recordings }) => behaviour(recordings) as AnyWorker<Tx>,
  ),
  fold(
    rhythm as AnyWorker<Tx>,
    'The hours and days at which attackers come are not measured until it is started again; then it takes up everything that came meanwhile.',
  ),
  fold(
    linking,
    'New attackers have no identity until it is started again; then it takes up everything that came meanwhile.',
    () => identityClusterer() as AnyWorker<Tx>,
  ),
  fold(
    gathering,
    'Campaigns stay as they are until it is started again; then it takes up everything that came meanwhile.',
    () => campaignClusterer() as AnyWorker<Tx>,
  ),
  fold(
    attribution as AnyWorker<Tx>,
    'What is known of how identities work stays as it is until it is started again; then it takes up everything that came meanwhile.',
  ),
  fold(
    comparing,
    'New sessions and attackers are not compared with others until it is started again; then it takes up everything that came meanwhile.',
    ({ vectors }) => similarity(vectors) as AnyWorker<Tx>,
  ),
  fold(
    recognising,
    'No technique is recognised until it is started again; then it looks at all that came meanwhile.',
    ({ rules }) => ttpTagger(rules.set) as AnyWorker<Tx>,
  ),
  fold(
    traffic as AnyWorker<Tx>,
    'The live view of packets stands still until it is started again; what the sniffer saw is in the log all the same.',
  ),
  {
    name: expiring.name,
    summary: expiring.summary,
    kind: 'tick',
    needs: ['database', 'bus'],
    stopsWith: null,
    stopMeans:
      'What was decided about rules for a time goes on beyond it, and nobody is told of rules that changed in the folder, until it is started again.',
    elsewhere: false,
    alone: true,
    definition: expiring,
    make: ({ db, rules, now }) => ruleStatesWorker({ db, rules, now }),
  },
  {
    name: forgetting.name,
    summary: forgetting.summary,
    kind: 'tick',
    needs: ['database', 'bus'],
    stopsWith: null,
    stopMeans: 'Nothing is deleted, and the database grows, until it is started again.',
    elsewhere: false,
    alone: true,
    definition: forgetting,
    make: ({ db, vectors, retention: kept, now }) => retention({ db, vectors, retention: kept, readers, now }),
  },
  {
    name: asking.name,
    summary: asking.summary,
    kind: 'tick',
    needs: ['database', 'bus', 'outgoing'],
    stopsWith: null,
    stopMeans: 'The machines of attackers are asked nothing until it is started again; then what is due.',
    elsewhere: false,
    alone: true,
    definition: asking,
    make: ({ log, db, prober: settings, now }) => prober({ log, db, settings, now }),
  },
  {
    name: changing.name,
    summary: changing.summary,
    kind: 'tick',
    needs: ['database', 'bus'],
    stopsWith: null,
    stopMeans: 'Deckies stay as they are, also those that you ask to be changed, until it is started again; then those that are due.',
    elsewhere: false,
    alone: true,
    definition: changing,
    make: ({ log, db, logger, now }) => mutator({ log, db, logger, now }),
  },
  {
    name: lookingBack.name,
    summary: lookingBack.summary,
    kind: 'tick',
    needs: ['database', 'bus'],
    stopsWith: null,
    stopMeans: 'What you ask to be looked at again waits until it is started again; it goes on where it was.',
    elsewhere: false,
    alone: true,
    definition: lookingBack,
    make: ({ log, db, rules, now }) => ttpBackfill({ log, db, rules: () => rules.set(db), now }),
  },
]

const find = (name: string): Manifest => {
  const manifest = manifests.find((manifest) => manifest.name === name)
  if (manifest) return manifest
  throw new AppError(`There is no worker ${name}.`, {
    code: 'worker_unknown',
    status: 404,
    hint: `There are ${manifests.map((manifest) => manifest.name).join(', ')}.`,
  })
}
const inOrder = (names: readonly string[]) => manifests.filter(({ name }) => names.includes(name))

/** One that an operator may stop and start. @throws {AppError} `worker_unknown`, `worker_not_stoppable`. */
export function steerable(name: string): Manifest {
  const manifest = find(name)
  if (manifest.stopsWith === null) return manifest
  throw new AppError(`${name} does not stop and start by itself.`, {
    code: 'worker_not_stoppable',
    status: 409,
    hint: `It stops with everything else: ${manifest.stopsWith}`,
  })
}

/** Those that the server is told to run, in the order of the start. @throws {AppError} `worker_unknown`, `worker_is_process`. */
export function workersNamed(names: readonly string[]): readonly Manifest[] {
  for (const name of names)
    if (find(name).definition === null)
      throw new AppError(`${name} is a process of its own.`, { code: 'worker_is_process', status: 409, hint: 'It runs with `decnet up`.' })
  return inOrder(names)
}

/** Those that run in a process of their own. @throws {AppError} `worker_unknown`, `worker_not_alone`. */
export function workersAlone(names: readonly string[]): readonly Manifest[] {
  for (const name of names)
    if (!find(name).alone)
      throw new AppError(`${name} does not run in a process of its own.`, {
        code: 'worker_not_alone',
        status: 409,
        hint: `These do: ${manifests.flatMap((manifest) => (manifest.alone ? [manifest.name] : [])).join(', ')}.`,
      })
  return inOrder(names)
}
