import { z } from 'zod'
import { address, count, secretKind, sha256, uuid } from '../fields.ts'
import { defineTopic } from './define.ts'
import { attackerIp, serviceField, uuids } from './fields.ts'

/** Never carries the secret: its hash is all that may be said, and no other field is taken. */
export const credentialCaptured = defineTopic({
  template: 'credential.captured',
  summary: 'A credential attempt was stored. Never carries the secret.',
  kind: 'record',
  payload: z.strictObject({
    secret_sha256: sha256.describe("Hash of the secret's exact bytes."),
    secret_kind: secretKind.describe('How the secret was presented: `plaintext`, `ntlmssp_v2`, ….'),
    attacker_ip: attackerIp,
    decky: z.string().describe('Name of the decky.'),
    service: serviceField,
  }),
})

export const credentialReuseDetected = defineTopic({
  template: 'credential.reuse.detected',
  summary: 'One secret was used on two or more targets, or on one more than before.',
  kind: 'record',
  payload: z.object({
    id: uuid.describe('The finding; the same id when it grows.'),
    secret_kind: secretKind.describe('How the secret was presented.'),
    target_count: count.describe('Targets so far: a target is a service on a decky.'),
    attacker_uuids: uuids.describe('Who used it.'),
    attacker_ips: z.array(address).describe('From which addresses.'),
    deckies: z.array(z.string()).describe('On which deckies.'),
    services: z.array(z.string()).describe('On which services.'),
  }),
})
