import { createHash, timingSafeEqual } from 'node:crypto'

const digest = (algorithm: 'sha1' | 'sha256', ...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash(algorithm)
  for (const part of parts) hash.update(part)
  return hash.digest()
}
const xor = (left: Buffer, right: Buffer): Buffer => Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)))

/** Plug-ins whose proofs can be checked by who knows the password. */
export type ProofKind = 'mysql_native_password' | 'caching_sha2_password'

/** What a client that knows `password` (bytes) answers to `salt`. An empty password is proved by nothing. */
export function proofOf(kind: ProofKind, password: string, salt: Buffer): Buffer {
  if (password === '') return Buffer.alloc(0)
  const secret = Buffer.from(password, 'latin1')
  if (kind === 'mysql_native_password') {
    const once = digest('sha1', secret)
    return xor(once, digest('sha1', salt, digest('sha1', once)))
  }
  const once = digest('sha256', secret)
  return xor(once, digest('sha256', digest('sha256', once), salt))
}

export function proves(kind: ProofKind, password: string, salt: Buffer, proof: Buffer): boolean {
  const expected = proofOf(kind, password, salt)
  return expected.length === proof.length && timingSafeEqual(expected, proof)
}
