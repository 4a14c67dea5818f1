import { z } from 'zod'
import { outcome } from '../fields.ts'
import { bytes, defineEvent, octets } from './define.ts'

/**
 * One attempt to log in. `secret` is the exact bytes; the kernel writes it as `secret_b64` and `secret_printable`.
 * `method` is the protocol's own name for it (`password`, `publickey`, `PLAIN`, `form`, `mysql_native_password`).
 */
export const authAttempt = defineEvent({
  type: 'auth_attempt',
  summary: 'Somebody tried a credential.',
  kind: 'interaction',
  fields: z.object({
    principal: bytes.optional(),
    secret: octets.optional(),
    secret_kind: z.string().max(32).default('plaintext'),
    outcome,
    method: z.string().optional(),
    /** For challenge-response kinds: what is needed to check a guess offline, hex. */
    challenge: z.string().optional(),
    /** For `publickey`: SHA256:… as OpenSSH prints it, and the algorithm. */
    key_fingerprint: z.string().optional(),
    key_algorithm: z.string().optional(),
  }),
})
