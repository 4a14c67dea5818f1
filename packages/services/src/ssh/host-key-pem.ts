import { createPrivateKey, randomBytes } from 'node:crypto'
import { WireWriter } from './wire.ts'

/**
 * A PKCS#8 host key in a form that ssh2 reads: PKCS#1 for RSA, SEC 1 for ECDSA, OpenSSH's own (PROTOCOL.key) for Ed25519.
 * @throws {TypeError} for any other kind of key.
 */
export function readablePem(pkcs8: string): string {
  const key = createPrivateKey(pkcs8)
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString()
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString()
    case 'ed25519': {
      const { d = '', x = '' } = key.export({ format: 'jwk' })
      return opensshEd25519(Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url'))
    }
    default:
      throw new TypeError(`not a host key: ${key.asymmetricKeyType}`)
  }
}

function opensshEd25519(seed: Buffer, point: Buffer): string {
  const check = randomBytes(4)
  const publicKey = new WireWriter().string('ssh-ed25519').string(point).done()
  const inner = new WireWriter()
    .raw(check)
    .raw(check)
    .raw(publicKey)
    .string(Buffer.concat([seed, point]))
    .string('')
    .done()
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, (8 - (inner.length % 8)) % 8)
  const blob = new WireWriter()
    .raw(Buffer.from('openssh-key-v1\0'))
    .string('none')
    .string('none')
    .string('')
    .uint32(1)
    .string(publicKey)
    .string(Buffer.concat([inner, padding]))
    .done()
  const lines = blob.toString('base64').match(/.{1,70}/gu) ?? []
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`
}
