import { bytesOf, hexOf, textOf } from '../bytes/view.ts'

/** A secret as the API gives it: `secret_b64` holds the bytes that came; `secret_printable` is for reading only and loses some. */
export interface SecretLike {
  readonly secret_kind: string
  readonly secret_b64: string
}

/** What each kind of secret is called. A kind without words here goes by its own name. */
const kinds: Readonly<Record<string, { readonly name: string; readonly short: string; readonly answer?: boolean }>> = {
  plaintext: { name: 'Password', short: 'plain text' },
  publickey: { name: 'Public key', short: 'public key' },
  mysql_native_password: { name: 'MySQL challenge response', short: 'MySQL response', answer: true },
  caching_sha2_password: { name: 'MySQL challenge response', short: 'MySQL response', answer: true },
  postgres_md5_challenge: { name: 'PostgreSQL challenge response', short: 'PostgreSQL response', answer: true },
  vnc_des_response: { name: 'VNC challenge response', short: 'VNC response', answer: true },
  ntlmssp_v1: { name: 'NTLM challenge response', short: 'NTLM response', answer: true },
  ntlmssp_v2: { name: 'NTLM challenge response', short: 'NTLM response', answer: true },
  scram_sha1: { name: 'SCRAM challenge response', short: 'SCRAM response', answer: true },
  scram_sha256: { name: 'SCRAM challenge response', short: 'SCRAM response', answer: true },
  snmp_community: { name: 'SNMP community', short: 'community' },
  http_digest_md5: { name: 'HTTP digest', short: 'digest' },
  http_bearer: { name: 'Bearer token', short: 'token' },
}
const kindOf = (kind: string) => (Object.hasOwn(kinds, kind) ? kinds[kind] : undefined)

/** "Password", "MySQL challenge response". */
export const secretKindName = (kind: string): string => kindOf(kind)?.name ?? kind.replaceAll('_', ' ')
/** The same where there is little room: "plain text", "MySQL response". */
export const secretKindShort = (kind: string): string => kindOf(kind)?.short ?? kind.replaceAll('_', ' ')
/** A secret mixed with a challenge that is new each time: its bytes say nothing to a reader. */
export const isResponse = (kind: string): boolean => kindOf(kind)?.answer === true

/** The exact bytes as a string for `Bytes`; those of a challenge response in hex. */
export function secretText({ secret_kind, secret_b64 }: SecretLike): string {
  const bytes = bytesOf(secret_b64)
  return isResponse(secret_kind) ? hexOf(bytes) : textOf(bytes)
}

/** The user name as it came; `null` when none was given. */
export const principalText = (c: { readonly principal: string | null; readonly principal_b64: string | null }): string | null =>
  c.principal_b64 === null ? c.principal : textOf(bytesOf(c.principal_b64))
