import type { Persona } from '@decnet/persona'
import { type CommandEntry, commandsOf } from './command-table.ts'
import { Keyspace } from './keyspace.ts'
import type { Reply } from './reply.ts'
import { makeSettings } from './settings.ts'

/** One connection as the server sees it. */
export interface Client {
  readonly id: number
  readonly address: string
  readonly local: string
  readonly since: number
  database: number
  name: string
  protocol: 2 | 3
  authenticated: boolean
  monitors: boolean
  silent: boolean
  readonly channels: Set<string>
  readonly patterns: Set<string>
  /** Commands since MULTI; null outside. */
  queue: (readonly Buffer[])[] | null
  queueBytes: number
  broken: boolean
  lastCommand: string
  lastAt: number
  /** Sends what somebody else caused; drops the connection when it lags. */
  push(reply: Reply): void
  closing: boolean
}

/** What only the shell around can do. */
export interface Surroundings {
  /** Writes a dump where `dir` and `dbfilename` say; an error text, or null. */
  save(path: string, content: Buffer): string | null
  /** Whether a folder can be the working directory; an error text, or null. */
  enter(path: string): string | null
  /** A replica connection to somewhere was asked for. */
  replicate(target: string): void
  readonly random: () => number
  readonly now: () => number
}

export interface InstanceOptions {
  readonly persona: Persona
  readonly password: string
  readonly protectedConfigs: boolean
  readonly port: number
  readonly now: () => number
}

/** The Redis of one decky: what all its connections share. */
export function makeInstance({ persona, password, protectedConfigs, port, now }: InstanceOptions) {
  const version = persona.packages.redis.version
  const major = Number(version.split('.')[0] ?? 7)
  const commands: ReadonlyMap<string, CommandEntry> = commandsOf(major)
  return {
    persona,
    version,
    major,
    port,
    protectedConfigs,
    commands,
    keyspace: new Keyspace(now, 16 * 1024 * 1024),
    settings: makeSettings(major, password),
    clients: new Map<number, Client>(),
    scripts: new Map<string, Buffer>(),
    master: null as { readonly host: string; readonly port: number } | null,
    /** Redis starts with the host, give or take seconds. */
    startedAt: persona.bootedAt + persona.integer('redis/start', 4_000, 40_000),
    lastSave: now() - persona.integer('redis/saved', 60, 3_500) * 1000,
    changesAtSave: 0,
    runId: persona.hex('redis/run', 40),
    replicationId: persona.hex('redis/replication', 40),
    nextClient: persona.integer('redis/clients', 40, 4_000),
    stats: {
      connections: persona.integer('redis/connections', 40, 4_000),
      commands: persona.integer('redis/commands', 10_000, 2_000_000),
      bytesIn: persona.integer('redis/in', 1_000_000, 90_000_000),
      bytesOut: persona.integer('redis/out', 1_000_000, 90_000_000),
      hits: persona.integer('redis/hits', 10_000, 900_000),
      misses: persona.integer('redis/misses', 100, 9_000),
      errors: persona.integer('redis/errors', 0, 40),
      saves: persona.integer('redis/saves', 20, 900),
    },
    peak: 0,
  }
}
export type Instance = ReturnType<typeof makeInstance>

/** One command on its way through. */
export interface Call {
  readonly instance: Instance
  readonly client: Client
  readonly around: Surroundings
  /** Exact bytes; the first is the command's name. */
  readonly words: readonly Buffer[]
  /** A word as latin1, empty when absent. */
  readonly text: (index: number) => string
}
export type Handler = (call: Call) => Reply
