import type { ParsedKey } from 'ssh2'
import { WireWriter } from './wire.ts'

/**
 * What a client asks for before it remembers a key it has not seen (PROTOCOL §2.5, `hostkeys-prove-00@openssh.com`):
 * a signature by each key over the session. Null when one of them is not ours.
 */
export function proveHostKeys(keys: readonly ParsedKey[], sessionId: Buffer, blobs: readonly Buffer[]): Buffer[] | null {
  const proofs: Buffer[] = []
  for (const blob of blobs) {
    const key = keys.find((candidate) => candidate.getPublicSSH().equals(blob))
    if (!key) return null
    const data = new WireWriter().string('hostkeys-prove-00@openssh.com').string(sessionId).string(blob).done()
    const rsa = key.type === 'ssh-rsa'
    const signature = (rsa ? key.sign(data, 'sha512') : key.sign(data)) as Buffer | Error
    if (signature instanceof Error) return null
    const body = key.type.startsWith('ecdsa-') ? ecdsaBody(signature) : signature
    proofs.push(
      new WireWriter()
        .string(rsa ? 'rsa-sha2-512' : key.type)
        .string(body)
        .done(),
    )
  }
  return proofs
}

/** The two integers of a DER signature as RFC 5656 §3.1.2 wants them. */
function ecdsaBody(der: Buffer): Buffer {
  const r = der.subarray(4, 4 + (der[3] ?? 0))
  const s = der.subarray(4 + r.length + 2)
  return new WireWriter().string(r).string(s).done()
}

/** SSH_MSG_GLOBAL_REQUEST `hostkeys-00@openssh.com`, sent once after login. */
export function hostKeysMessage(type: number, keys: readonly ParsedKey[]): Buffer {
  const writer = new WireWriter(type).string('hostkeys-00@openssh.com').boolean(false)
  for (const key of keys) writer.string(key.getPublicSSH())
  return writer.done()
}
