import type { BusLogger } from '@decnet/kernel/bus'
import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream'
import {
  ClosedConnectionError,
  ConnectionError,
  DrainingConnectionError,
  NoRespondersError,
  ProtocolError,
  RequestError,
  TimeoutError,
} from '@nats-io/transport-node'

const PASSING = [
  ClosedConnectionError,
  ConnectionError,
  DrainingConnectionError,
  JetStreamApiError,
  JetStreamError,
  NoRespondersError,
  ProtocolError,
  RequestError,
  TimeoutError,
]

/** Nobody on the server listens for JetStream. */
export const hasNoJetStream = (error: unknown): boolean =>
  (error instanceof Error && error.name === 'JetStreamNotEnabled') || (error instanceof RequestError && error.isNoResponders())

/** Whether an error is NATS' own, to be waited out; anything else is a mistake of ours. */
export const isPassing = (error: unknown): boolean => hasNoJetStream(error) || PASSING.some((kind) => error instanceof kind)

/** Says a trouble once when it begins and once when it is over, however often it is met. */
export class Trouble {
  readonly #logger: BusLogger | undefined
  readonly #fields: Record<string, unknown>
  #kind: string | null = null

  constructor(logger: BusLogger | undefined, fields: Record<string, unknown>) {
    this.#logger = logger
    this.#fields = fields
  }

  /** What it is now; null when all is well. */
  get kind(): string | null {
    return this.#kind
  }

  met(kind: string, fields: Record<string, unknown> = {}): void {
    this.#logger?.[this.#kind === kind ? 'debug' : 'warn']({ ...this.#fields, ...fields }, kind)
    this.#kind = kind
  }

  over(message: string): void {
    if (this.#kind !== null) this.#logger?.info({ ...this.#fields, after: this.#kind }, message)
    this.#kind = null
  }
}
