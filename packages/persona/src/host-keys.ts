import { createECDH, createPrivateKey, type JsonWebKey } from 'node:crypto'
import { rsaJwk, rsaJwkSoon } from './rsa.ts'
import type { Seeded } from './seeded.ts'

export interface HostKeys {
  readonly ed25519: string
  readonly ecdsa: string
  readonly rsa: string
}

/** RFC 8410 section 7: everything of a PKCS#8 Ed25519 key that stands before its 32 bytes. */
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

const pem = (jwk: JsonWebKey): string => createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' }).toString()

function ed25519(seed: Seeded): string {
  const der = Buffer.concat([ED25519_PREFIX, seed.bytes('host-key/ed25519', 32)])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' }).toString()
}

function ecdsa(seed: Seeded): string {
  const d = seed.bytes('host-key/ecdsa', 32)
  // The order of P-256 begins ff ff ff ff 00: a smaller first byte keeps the scalar in range, a set last bit keeps it from zero.
  d.writeUInt8(d.readUInt8(0) & 0x7f, 0)
  d.writeUInt8(d.readUInt8(31) | 1, 31)
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(d)
  const point = ecdh.getPublicKey()
  return pem({
    kty: 'EC',
    crv: 'P-256',
    d: d.toString('base64url'),
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33, 65).toString('base64url'),
  })
}

const withRsa = (seed: Seeded, rsa: JsonWebKey): HostKeys => ({ ed25519: ed25519(seed), ecdsa: ecdsa(seed), rsa: pem(rsa) })

/** Ed25519, ECDSA P-256 and RSA 3072 as ssh-keygen makes by default, PKCS#8 PEM; the same seed gives the same keys. RSA takes some 0.2 s. */
export const hostKeysOf = (seed: Seeded): HostKeys => withRsa(seed, rsaJwk(seed))

/** The same, without holding up this thread for more than some milliseconds. */
export const hostKeysSoon = async (seed: Seeded): Promise<HostKeys> => withRsa(seed, await rsaJwkSoon(seed))
