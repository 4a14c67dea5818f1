import { createHash } from 'node:crypto'
import type { Persona } from '@decnet/persona'

/** Who may log in from anywhere. */
export interface Account {
  readonly name: string
  readonly host: string
  /** In clear: what makes it possible to check a scramble. null = nobody gets in with a password. */
  readonly password: string | null
  /** Everything with GRANT OPTION, or only these databases. */
  readonly all: boolean
  readonly databases: readonly string[]
}

const sha1 = (data: string | Uint8Array) => createHash('sha1').update(data).digest()

/** `PASSWORD()`: what mysql.user holds for mysql_native_password. */
export const nativeHash = (password: string): string =>
  password === ''
    ? ''
    : `*${sha1(sha1(Buffer.from(password, 'latin1')))
        .toString('hex')
        .toUpperCase()}`

/** The accounts that the host's administrators made: root when it is open, those with sudo as administrators, others for the applications. */
export function accountsOf(persona: Persona, applications: readonly string[]): Account[] {
  return persona.users
    .filter((user) => user.password !== null)
    .map((user) => ({
      name: user.name,
      host: '%',
      password: user.password === null ? null : Buffer.from(user.password, 'utf8').toString('latin1'),
      all: user.uid === 0 || user.sudo,
      databases: applications,
    }))
}
