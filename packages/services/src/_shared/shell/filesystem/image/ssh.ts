import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import type { Facts } from '../../facts.ts'
import { type BaseDirectory, file, place } from '../base.ts'

/** A string of the SSH protocol (RFC 4251 section 5). */
function sized(part: Uint8Array | string): Buffer {
  const bytes = Buffer.from(part)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
const member = (key: KeyObject, name: 'e' | 'n' | 'x' | 'y'): Buffer => Buffer.from(key.export({ format: 'jwk' })[name] ?? '', 'base64url')
/** A positive number keeps its sign where the first bit is set. */
const mpint = (bytes: Buffer): Buffer => sized((bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)

const KINDS = {
  ed25519: { name: 'ssh-ed25519', parts: (key: KeyObject) => [sized(member(key, 'x'))], blob: 51 },
  ecdsa: {
    name: 'ecdsa-sha2-nistp256',
    parts: (key: KeyObject) => [sized('nistp256'), sized(Buffer.concat([Buffer.of(4), member(key, 'x'), member(key, 'y')]))],
    blob: 104,
  },
  rsa: { name: 'ssh-rsa', parts: (key: KeyObject) => [mpint(member(key, 'e')), mpint(member(key, 'n'))], blob: 407 },
} as const

/** How many groups of each size the package brings; of the digits, the last sixteen tell them apart. */
const GROUPS: readonly (readonly [bits: number, count: number])[] = [
  [2_047, 60],
  [3_071, 76],
  [4_095, 68],
  [6_143, 73],
  [7_679, 71],
  [8_191, 75],
]

/** What `moduli` makes, known before it is made. */
const MODULI_BYTES = 573_928

/** In the form of moduli(5), one file for every host, as the package has it; the numbers are no primes. */
function moduli(): string {
  const lines = ['# Time Type Tests Tries Size Generator Modulus']
  let at = Date.UTC(2022, 6, 14, 11, 3, 57)
  for (const [bits, count] of GROUPS) {
    const digits = (bits + 1) / 4
    let hex = ''
    for (let round = 0; hex.length < digits; round++) hex += createHash('sha512').update(`${bits} ${round}`).digest('hex').toUpperCase()
    const stem = `${'89ABCDEF'[Number.parseInt(hex[0] ?? '0', 16) % 8]}${hex.slice(1, digits - 16)}`
    let last = 0xe49bn
    for (let i = 0; i < count; i++) {
      const step = createHash('sha512').update(`${bits} ${i}`).digest()
      at += (step.readUInt16BE(0) % (bits / 40)) * 1000
      last += BigInt(step.readUInt16BE(2) * 12 + 12)
      const time = new Date(at).toISOString().replace(/\D/gu, '').slice(0, 14)
      lines.push(
        `${time} 2 6 100 ${bits} ${step.readUInt8(4) % 2 === 0 ? 2 : 5} ${stem}${last.toString(16).toUpperCase().padStart(16, '0')}`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}
let made: string | undefined

/** What the package openssh-server and its first configuration leave in `/etc/ssh`, beside its settings. */
export function placeHostKeys(root: BaseDirectory, { persona }: Facts): void {
  const at = persona.installedAt
  const comment = `root@${persona.hostname}`
  for (const kind of ['ed25519', 'ecdsa', 'rsa'] as const) {
    const { name, parts, blob } = KINDS[kind]
    const path = `/etc/ssh/ssh_host_${kind}_key`
    const secret = () => persona.hostKeys()[kind]
    place(root, path, file(at, secret, { mode: 0o600, size: kind === 'rsa' ? 2602 : kind === 'ecdsa' ? 513 : 411 }))
    const line = () => `${name} ${Buffer.concat([sized(name), ...parts(createPublicKey(secret()))]).toString('base64')} ${comment}\n`
    place(root, `${path}.pub`, file(at, line, { size: name.length + Math.ceil(blob / 3) * 4 + comment.length + 3 }))
  }
  const groups = () => {
    made ??= moduli()
    return made
  }
  place(root, '/etc/ssh/moduli', file(at, groups, { size: MODULI_BYTES }))
}
