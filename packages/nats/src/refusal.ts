import { JetStreamApiError } from '@nats-io/jetstream'
import { hasNoJetStream, isPassing } from './trouble.ts'

/** Codes of the server: a stream's bytes or messages, an account's or a disk's room are used up. */
const FULL = new Set([10_002, 10_023, 10_028, 10_047, 10_077])
/** They leave the words to the store. */
const FULL_WORDS = /maximum (bytes|messages|messages per subject) exceeded|insufficient|no space left/i

export interface Refusal {
  /** A constant message for the log. */
  readonly kind: string
  readonly hint?: string
  readonly err: unknown
}

/** Why a line was not taken, for the log; each of these is waited out. @throws what is no error of NATS */
export function refusalOf(err: unknown): Refusal {
  if (err instanceof JetStreamApiError && (FULL.has(err.code) || FULL_WORDS.test(err.message))) {
    return {
      kind: 'the intake stream is full; the spool holds',
      hint: 'Start the server that reads it, or raise the size of the stream.',
      err,
    }
  }
  if (hasNoJetStream(err)) {
    return {
      kind: 'nobody takes intake lines; the spool holds',
      hint: 'The server makes the stream when it starts with NATS as its intake.',
      err,
    }
  }
  if (!isPassing(err)) throw err
  return { kind: 'the intake stream does not acknowledge; the spool holds', err }
}
