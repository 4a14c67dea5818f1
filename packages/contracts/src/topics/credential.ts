import { z } from 'zod'
import { address, count, secretKind, sha256, uuid } from '../fields.ts'
import { defineTopic } from './define.ts'

/** Never carries the secret. */
export const credentialCaptured = defineTopic({
  template: 'credential.captured',
  summary: 'A credential attempt was stored.',
  kind: 'record',
  payload: z.strictObject({ secret_sha256: sha256, secret_kind: secretKind, attacker_ip: address, decky: z.string(), service: z.string() }),
})

export const credentialReuseDetected = defineTopic({
  template: 'credential.reuse.detected',
  summary: 'One secret was used on two or more targets, or on one more than before.',
  kind: 'record',
  payload: z.object({
    id: uuid,
    secret_kind: secretKind,
    target_count: count,
    attacker_uuids: z.array(uuid),
    attacker_ips: z.array(address),
    deckies: z.array(z.string()),
    services: z.array(z.string()),
  }),
})
