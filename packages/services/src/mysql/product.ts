import type { Persona } from '@decnet/persona'

/** What is this server's own, whatever it holds. */
export interface Product {
  readonly mariadb: boolean
  /** `MariaDB` or `MySQL`, as errors say it. */
  readonly name: string
  /** `10.11.6-MariaDB-0+deb12u1` */
  readonly version: string
  /** What the greeting says: MariaDB puts `5.5.5-` in front for old replicas. */
  readonly greeted: string
  /** `101106` */
  readonly number: number
  readonly comment: string
  readonly plugin: 'mysql_native_password' | 'caching_sha2_password'
  /** Of the greeting. */
  readonly capabilities: number
  /** MariaDB's own flags, in the greeting's filler. */
  readonly extended: number
  /** Number of the greeting's collation. */
  readonly collationId: number
  readonly charset: string
  readonly collation: string
  /** `SELECT` and `WHERE` in errors, or `field list` and `where clause`. */
  readonly clauseWords: boolean
}

const MARIADB_CAPABILITIES = 0x81fff7fe
/** Without SSL. */
const MYSQL_CAPABILITIES = 0xdffff7ff

export function productOf(persona: Persona): Product {
  const { server, version, revision } = persona.packages.database
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  const number = major * 10_000 + minor * 100 + patch
  const ubuntu = persona.os.id === 'ubuntu'
  if (server === 'mariadb') {
    const full = `${version}-MariaDB-${revision}`
    return {
      mariadb: true,
      name: 'MariaDB',
      version: full,
      greeted: `5.5.5-${full}`,
      number,
      comment: ubuntu ? `Ubuntu ${persona.os.version}` : `Debian ${persona.os.version}`,
      plugin: 'mysql_native_password',
      capabilities: MARIADB_CAPABILITIES,
      extended: 0x1d,
      collationId: 45,
      charset: 'utf8mb4',
      collation: 'utf8mb4_general_ci',
      clauseWords: number >= 101_115 || (minor === 6 && patch >= 24),
    }
  }
  const full = `${version}-${revision}`
  return {
    mariadb: false,
    name: 'MySQL',
    version: full,
    greeted: full,
    number,
    comment: '(Ubuntu)',
    plugin: 'caching_sha2_password',
    capabilities: MYSQL_CAPABILITIES,
    extended: 0,
    collationId: 255,
    charset: 'utf8mb4',
    collation: 'utf8mb4_0900_ai_ci',
    clauseWords: false,
  }
}
