import { homedir, hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { AppError } from '@decnet/kernel'
import { z } from 'zod'
import type { BusSettings, NatsSettings } from './connections.ts'
import type { Home } from './home.ts'
import { hostBusSocket } from './host-bus.ts'
import { type ProberSettings, readNetworks, readPorts, usualPorts } from './probe/settings.ts'
import type { VectorSettings } from './vectors/open.ts'
import { DEFAULT_RETENTION, parseRetention, type Retention } from './workers/retention/rules.ts'

/** Everything that is read from the environment; nothing else in this application reads it. */
export interface Environment {
  readonly home: string
  /** Where the store lies, instead of a file in the home; see `parseDatabaseUrl`. */
  readonly databaseUrl: string | undefined
  /** Given by the operator for the first start; then it need not be changed. */
  readonly adminPassword: string | undefined
  readonly bus: {
    readonly enabled: boolean
    readonly type: string
    readonly socket: string | undefined
    readonly group: string
    readonly bridge: boolean
    /** Who may control workers over it; null = all who may connect. */
    readonly controlUsers: readonly string[] | null
  }
  readonly nats: NatsSettings | null
  /** What this host's sensor is called elsewhere, one for all time. */
  readonly agentName: string
  /** Lines of sensors on other hosts are taken in over NATS too. */
  readonly remoteIntake: boolean
  readonly logLevel: string
  /** How long what is kept. */
  readonly retention: Retention
  /** Workers that the server runs itself; absent = all. */
  readonly workers: readonly string[] | undefined
  /** Failures in a row after which a worker is tried only every five minutes; absent = ten. */
  readonly quarantineAfter: number | undefined
  /** Absent: attackers are not probed. */
  readonly prober: ProberSettings | undefined
  /** `path` absent: a file in the home. */
  readonly vectors: Omit<VectorSettings, 'path'> & { readonly path: string | undefined }
  /** For child processes. */
  readonly passedOn: NodeJS.ProcessEnv
}

/** Who may connect to the bus where nobody is named, if this machine has that group. */
export const DEFAULT_BUS_GROUP = 'decnet'

const flag = (otherwise: 'true' | 'false') =>
  z
    .enum(['true', 'false', '1', '0'])
    .default(otherwise)
    .transform((value) => value === 'true' || value === '1')

const read = <Value>(value: Value | null, context: z.core.$RefinementCtx, message: string): Value => {
  if (value !== null) return value
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}
const networks = z
  .string()
  .default('')
  .transform((text, context) =>
    read(readNetworks(text), context, 'names networks such as 10.0.0.0/8 or addresses, with commas between them'),
  )

const schema = z.object({
  DECNET_HOME: z.string().min(1).optional(),
  DECNET_DB_URL: z.string().min(1).optional(),
  DECNET_ADMIN_PASSWORD: z.string().min(12, 'needs at least 12 characters').max(128, 'may have at most 128 characters').optional(),
  DECNET_BUS_ENABLED: flag('true'),
  DECNET_BUS_TYPE: z.string().default('unix'),
  DECNET_BUS_SOCKET: z.string().min(1).optional(),
  DECNET_BUS_GROUP: z.string().min(1).default(DEFAULT_BUS_GROUP),
  DECNET_BUS_BRIDGE: flag('false'),
  DECNET_BUS_CONTROL_USERS: z
    .string()
    .transform((list) => list.split(',').map((name) => name.trim()))
    .refine((names) => names.every((name) => name !== ''), 'names users, with commas between them')
    .optional(),
  DECNET_NATS_URL: z.string().min(1).optional(),
  DECNET_NATS_PREFIX: z.string().min(1).default('decnet'),
  DECNET_NATS_CREDENTIALS: z.string().min(1).optional(),
  DECNET_NATS_NKEY: z.string().min(1).optional(),
  DECNET_NATS_CA: z.string().min(1).optional(),
  DECNET_NATS_CERT: z.string().min(1).optional(),
  DECNET_NATS_KEY: z.string().min(1).optional(),
  DECNET_INTAKE_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
  DECNET_INTAKE_MAX_BYTES: z.coerce.number().int().min(1_000_000).optional(),
  DECNET_INTAKE_DUPLICATE_WINDOW_MS: z.coerce.number().int().min(100).optional(),
  DECNET_AGENT_NAME: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/u, 'may hold small letters, digits and -, at most 63')
    .optional(),
  DECNET_INTAKE: z.enum(['spool', 'nats']).default('spool'),
  DECNET_RETENTION: z.string().default(DEFAULT_RETENTION),
  DECNET_WORKERS: z
    .string()
    .transform((list) => list.split(',').map((name) => name.trim()))
    .transform((names) => names.filter((name) => name !== '' && name !== 'none'))
    .optional(),
  DECNET_WORKER_QUARANTINE_AFTER: z.coerce.number().int().min(1).max(1000).optional(),
  DECNET_VECTORSTORE_ENABLED: flag('true'),
  DECNET_VECTORSTORE_TYPE: z.enum(['sqlite_vec', 'memory']).default('sqlite_vec'),
  DECNET_VECTORSTORE_PATH: z.string().min(1).optional(),
  DECNET_PROBER_ENABLED: flag('false'),
  DECNET_PROBER_ALLOW: networks,
  DECNET_PROBER_DENY: networks,
  DECNET_PROBER_EVERY_HOURS: z.coerce.number().min(1).max(8_760).default(24),
  DECNET_PROBER_PORTS: z
    .string()
    .transform((text, context) => read(readPorts(text), context, 'names families with ports, such as jarm=443,8443;hassh=22'))
    .default(usualPorts),
  DECNET_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})

function natsOf(env: z.infer<typeof schema>): NatsSettings | null {
  if (env.DECNET_NATS_URL === undefined) return null
  const { DECNET_NATS_CA: caFile, DECNET_NATS_CERT: certFile, DECNET_NATS_KEY: keyFile } = env
  const tls = { ...(caFile && { caFile }), ...(certFile && { certFile }), ...(keyFile && { keyFile }) }
  return {
    servers: env.DECNET_NATS_URL,
    prefix: env.DECNET_NATS_PREFIX,
    replicas: env.DECNET_INTAKE_REPLICAS,
    ...(env.DECNET_INTAKE_MAX_BYTES !== undefined && { maxBytes: env.DECNET_INTAKE_MAX_BYTES }),
    ...(env.DECNET_INTAKE_DUPLICATE_WINDOW_MS !== undefined && { duplicateWindowMs: env.DECNET_INTAKE_DUPLICATE_WINDOW_MS }),
    ...(env.DECNET_NATS_CREDENTIALS && { credentialsFile: env.DECNET_NATS_CREDENTIALS }),
    ...(env.DECNET_NATS_NKEY && { nkeySeedFile: env.DECNET_NATS_NKEY }),
    ...(Object.keys(tls).length > 0 && { tls }),
  }
}

/** The bus as the environment names it; the home's own socket where that names none. */
export const busSettings = (env: Environment, home: Home): BusSettings => ({
  enabled: env.bus.enabled,
  type: env.bus.type,
  socketPath: env.bus.socket ?? home.busSocket,
  group: env.bus.group,
  controlUsers: env.bus.controlUsers,
  bridge: env.bus.bridge,
  nats: env.nats,
})

const proberOf = (env: z.infer<typeof schema>): ProberSettings | undefined =>
  env.DECNET_PROBER_ENABLED
    ? {
        allow: env.DECNET_PROBER_ALLOW,
        deny: env.DECNET_PROBER_DENY,
        everyMs: env.DECNET_PROBER_EVERY_HOURS * 3_600_000,
        ports: env.DECNET_PROBER_PORTS,
      }
    : undefined

/** Where vectors are kept, beside the database: they are derived and can be made again. */
export const vectorSettings = ({ vectors }: Environment, home: Home): VectorSettings => ({ ...vectors, path: vectors.path ?? home.vectors })

/** `given` wins over the environment. @throws {AppError} `bad_environment`, naming the variable and what is wrong with it, never its value. */
export function readEnvironment(home?: string, given: NodeJS.ProcessEnv = {}): Environment {
  const all = { ...process.env, ...given }
  const result = schema.safeParse(all)
  if (!result.success) {
    const wrong = result.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`).join('; ')
    throw new AppError(`The environment is not usable: ${wrong}.`, {
      code: 'bad_environment',
      hint: 'Correct the variable or unset it, then start again.',
    })
  }
  const env = result.data
  // Who names a home means that one alone, with its own bus; else there is one for the host, where its operator made a place for it.
  const socket = env.DECNET_BUS_SOCKET ?? ((home ?? env.DECNET_HOME) === undefined ? hostBusSocket() : null)
  return {
    home: resolve(home ?? env.DECNET_HOME ?? join(homedir(), '.decnet')),
    databaseUrl: env.DECNET_DB_URL,
    adminPassword: env.DECNET_ADMIN_PASSWORD,
    bus: {
      enabled: env.DECNET_BUS_ENABLED,
      type: env.DECNET_BUS_TYPE,
      socket: socket ?? undefined,
      group: env.DECNET_BUS_GROUP,
      bridge: env.DECNET_BUS_BRIDGE,
      controlUsers: env.DECNET_BUS_CONTROL_USERS ?? null,
    },
    nats: natsOf(env),
    agentName:
      env.DECNET_AGENT_NAME ??
      (hostname()
        .toLowerCase()
        .replaceAll(/[^a-z0-9-]/gu, '-')
        .replace(/^-+/u, '')
        .slice(0, 63) ||
        'sensor'),
    remoteIntake: env.DECNET_INTAKE === 'nats',
    logLevel: env.DECNET_LOG_LEVEL,
    quarantineAfter: env.DECNET_WORKER_QUARANTINE_AFTER,
    retention: parseRetention(env.DECNET_RETENTION),
    prober: proberOf(env),
    vectors: { enabled: env.DECNET_VECTORSTORE_ENABLED, type: env.DECNET_VECTORSTORE_TYPE, path: env.DECNET_VECTORSTORE_PATH },
    workers: env.DECNET_WORKERS?.includes('all') ? undefined : env.DECNET_WORKERS,
    passedOn: socket === null ? all : { ...all, DECNET_BUS_SOCKET: socket },
  }
}
