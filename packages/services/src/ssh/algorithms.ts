/**
 * What OpenSSH 8.9 to 9.6 offers by default, in its order, less what ssh2's server cannot do (sntrup761x25519, group exchange, the umac family).
 * The server offers RSA under its SHA-2 names only (RFC 8332).
 */
export const ALGORITHMS = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group14-sha256',
  ],
  serverHostKey: ['rsa-sha2-512', 'rsa-sha2-256', 'ecdsa-sha2-nistp256', 'ssh-ed25519'],
  cipher: ['chacha20-poly1305@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr', 'aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'],
  hmac: [
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
    'hmac-sha1-etm@openssh.com',
    'hmac-sha2-256',
    'hmac-sha2-512',
    'hmac-sha1',
  ],
  compress: ['none', 'zlib@openssh.com'],
} as const

/** The kex name by which Terrapin's countermeasure is agreed; Debian and Ubuntu carry it in every supported release. */
export const STRICT_KEX = 'kex-strict-s-v00@openssh.com'

const SIGNATURES_8 =
  'ssh-ed25519,sk-ssh-ed25519@openssh.com,ssh-rsa,rsa-sha2-256,rsa-sha2-512,ssh-dss,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ecdsa-sha2-nistp256@openssh.com,webauthn-sk-ecdsa-sha2-nistp256@openssh.com'
const SIGNATURES_9 =
  'ssh-ed25519,sk-ssh-ed25519@openssh.com,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ecdsa-sha2-nistp256@openssh.com,webauthn-sk-ecdsa-sha2-nistp256@openssh.com,ssh-dss,ssh-rsa,rsa-sha2-256,rsa-sha2-512'
const SIGNATURES_9_6 =
  'ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256'

/** The RFC 8308 extensions that sshd of this version (`9.2p1`) announces, in its order. */
export function extensionsOf(version: string): readonly (readonly [string, string])[] {
  const number = Number.parseFloat(version)
  const signatures = number >= 9.5 ? SIGNATURES_9_6 : number >= 9 ? SIGNATURES_9 : SIGNATURES_8
  const all: (readonly [string, string])[] = [
    ['server-sig-algs', signatures],
    ['publickey-hostbound@openssh.com', '0'],
  ]
  if (number >= 9.5) all.push(['ping@openssh.com', '0'])
  return all
}
