import { z } from 'zod'
import { sha256 } from '../fields.ts'
import { bytes, defineEvent } from './define.ts'

export const connect = defineEvent({
  type: 'connect',
  summary: 'A connection was accepted. Starts a session.',
  kind: 'contact',
  fields: z.object({ local_port: z.number().int(), local_ip: z.string() }),
})

export const disconnect = defineEvent({
  type: 'disconnect',
  summary: 'The connection is gone. Ends the session.',
  kind: 'contact',
  fields: z.object({
    reason: z.enum(['client', 'server', 'idle', 'error', 'limit', 'shutdown']),
    duration_ms: z.number().int(),
    bytes_in: z.number().int(),
    bytes_out: z.number().int(),
  }),
})

/** `connection_refused`: a limit of the service or of the daemon it plays was hit (MaxStartups, per-source cap). */
export const connectionRefused = defineEvent({
  type: 'connection_refused',
  summary: 'A limit refused a connection.',
  kind: 'contact',
  fields: z.object({ limit: z.string(), local_port: z.number().int() }),
})

export const tarpitEntered = defineEvent({
  type: 'tarpit_enter',
  summary: 'A connection is held up on purpose.',
  kind: 'contact',
  fields: z.object({ local_port: z.number().int(), accept_ms: z.number().int(), bytes_per_second: z.number().int() }),
})

export const tarpitLeft = defineEvent({
  type: 'tarpit_exit',
  summary: 'A connection that was held up is gone, or free.',
  kind: 'contact',
  fields: z.object({ local_port: z.number().int(), duration_ms: z.number().int() }),
})

/** What a client says about itself before it does anything: SSH identification, HASSH, HELO name, user agent. */
export const clientHello = defineEvent({
  type: 'client_hello',
  summary: 'The client said what it is.',
  kind: 'contact',
  fields: z.object({ client_version: bytes.optional(), hassh: z.string().optional(), hassh_algorithms: z.string().optional() }),
})

/** `sample` may be the beginning of more: then its bytes are counted and hashed as far as they came. */
export const protocolError = defineEvent({
  type: 'protocol_error',
  summary: 'Bytes that the protocol does not know.',
  kind: 'contact',
  fields: z.object({
    detail: z.string(),
    sample: bytes.optional(),
    sample_truncated: z.number().int().optional(),
    sample_sha256: sha256.optional(),
  }),
})
