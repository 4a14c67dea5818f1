import { AppError } from '@decnet/kernel'
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { type Count, formatCount, parseCount } from './count.ts'
import { MESSAGE_LIMIT, QUANTUM } from './intake-message.ts'

export interface StreamOptions {
  /** Name of the stream; `DECNET_INTAKE`. */
  readonly stream?: string
  /** Subjects are `<prefix>-intake.<source>`; `decnet`. Beside the bus, not below it: whoever listens to all topics gets no lines. */
  readonly prefix?: string
  /** Bytes on the server's disk, 1 GiB; a full stream refuses, and the sensors' spools hold. */
  readonly maxBytes?: number
  /** Lines that nobody took for so long are dropped by the server; 0, never. */
  readonly maxAgeMs?: number
  /** How long the server knows a line again that is sent twice; 120,000. No guarantee: the log's unique id is. */
  readonly duplicateWindowMs?: number
  /** Nodes of a cluster that keep each line; 1. */
  readonly replicas?: number
}

export const streamName = ({ stream = 'DECNET_INTAKE' }: StreamOptions): string => stream

const SOURCE = /^[A-Za-z0-9_-]{1,64}$/

/** @throws {AppError} `intake_source_invalid` */
export function subjectOf({ prefix = 'decnet' }: StreamOptions, source: string): string {
  if (SOURCE.test(source)) return `${prefix}-intake.${source}`
  throw new AppError(`${JSON.stringify(source)} is no name of a sensor`, {
    code: 'intake_source_invalid',
    status: 400,
    hint: 'Use letters, digits, - and _, at most 64.',
  })
}

/** Where a source is told what of it is in the log. @throws {AppError} `intake_source_invalid` */
export const receiptSubjectOf = (options: StreamOptions, source: string): string =>
  subjectOf({ prefix: `${options.prefix ?? 'decnet'}-receipt` }, source)

/** The sources among subjects. */
export function sourcesOf({ prefix = 'decnet' }: StreamOptions, subjects: readonly string[]): string[] {
  const head = `${prefix}-intake.`
  return subjects.flatMap((subject) =>
    subject.startsWith(head) && SOURCE.test(subject.slice(head.length)) ? [subject.slice(head.length)] : [],
  )
}

export const allSubjects = ({ prefix = 'decnet' }: StreamOptions): string => `${prefix}-intake.*`

function wanted(options: StreamOptions): Partial<StreamConfig> {
  const { maxBytes = 1_073_741_824, maxAgeMs = 0, duplicateWindowMs = 120_000, replicas = 1 } = options
  const window = maxAgeMs > 0 ? Math.min(duplicateWindowMs, maxAgeMs) : duplicateWindowMs
  return {
    subjects: [allSubjects(options)],
    // `old` would make room by dropping evidence that nobody has read
    discard: DiscardPolicy.New,
    max_bytes: Math.max(QUANTUM, maxBytes - (maxBytes % QUANTUM)),
    max_age: nanos(maxAgeMs),
    duplicate_window: nanos(window),
    num_replicas: replicas,
    max_msg_size: MESSAGE_LIMIT,
  }
}

/**
 * Makes the stream, or makes it what the options say.
 * @throws {AppError} `nats_stream_refused` for what the server will not have; errors of the client when it cannot be asked
 */
export async function ensureStream(manager: JetStreamManager, options: StreamOptions): Promise<StreamInfo> {
  const name = streamName(options)
  const config = wanted(options)
  try {
    const found = await manager.streams.info(name).catch((error: unknown) => {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return null
      throw error
    })
    if (!found) return await manager.streams.add({ ...config, name, retention: RetentionPolicy.Limits, storage: StorageType.File })
    const current: Partial<StreamConfig> = found.config
    const same = Object.entries(config).every(([key, value]) => String(current[key as keyof StreamConfig]) === String(value))
    return same ? found : await manager.streams.update(name, config)
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || isAway(error)) throw error
    throw new AppError(`NATS does not take the stream ${name}: ${error.message}`, {
      code: 'nats_stream_refused',
      status: 502,
      hint: 'Check its size, age and replicas against the JetStream limits of the account and the number of nodes.',
      cause: error,
    })
  }
}

/** JetStream has no leader, or no node for it, just now. */
export const isAway = (error: JetStreamApiError): boolean => error.status === 503 || [10_005, 10_008, 10_009].includes(error.code)

/**
 * A position is the stream's birth and a sequence in it: a stream that was made anew counts from one again. `upTo`: all lines of the source that stand
 * before it, as the sensor counts them; it outlives the stream.
 */
export interface StreamPlace {
  readonly birth: string
  readonly sequence: number
  readonly upTo: Count | null
}

export const birthOf = (info: StreamInfo): string => Date.parse(info.created).toString(36)

export const formatPlace = ({ birth, sequence, upTo }: StreamPlace): string => `${birth}:${sequence}${upTo ? `:${formatCount(upTo)}` : ''}`

const PLACE = /^([0-9a-z]{1,16}):(\d{1,15})(?::(.*))?$/

/** Null for what is no position. */
export function parsePlace(position: string | null): StreamPlace | null {
  const match = position === null ? null : PLACE.exec(position)
  return match === null ? null : { birth: match[1] ?? '', sequence: Number(match[2]), upTo: parseCount(match[3]) }
}
