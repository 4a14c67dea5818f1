import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import { AppError, own } from '@decnet/kernel'

/** How a connection is protected: the certificates to trust, and whether the server's is checked and belongs to its name. */
export interface Tls extends Pick<SecureContextOptions, 'ca' | 'cert' | 'key'> {
  readonly rejectUnauthorized: boolean
  readonly checkServerIdentity?: () => undefined
}

export interface ServerAddress {
  readonly engine: 'mysql' | 'postgres'
  readonly host: string
  readonly port: number
  /** A UNIX socket instead of host and port. For PostgreSQL the folder that holds it. */
  readonly socket: string | null
  readonly user: string
  readonly password: string
  readonly database: string
  readonly tls: Tls | null
  /** The address without its password. */
  readonly label: string
}
export type DatabaseAddress = { readonly engine: 'sqlite'; readonly path: string; readonly label: string } | ServerAddress

const ENGINES: Readonly<Record<string, 'mysql' | 'postgres'>> = {
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
}
const PORTS = { mysql: 3306, postgres: 5432 } as const
/** libpq's names; those of MySQL's own clients mean the same. */
const ALIASES: Readonly<Record<string, string>> = {
  'ssl-mode': 'sslmode',
  'ssl-ca': 'sslrootcert',
  'ssl-cert': 'sslcert',
  'ssl-key': 'sslkey',
}
const MODES: Readonly<Record<string, 'off' | 'any' | 'chain' | 'name'>> = {
  disable: 'off',
  disabled: 'off',
  require: 'any',
  required: 'any',
  'verify-ca': 'chain',
  verify_ca: 'chain',
  'verify-full': 'name',
  verify_identity: 'name',
}
const FORMS = 'a path, sqlite:PATH, mysql://USER:PASSWORD@HOST/DATABASE or postgres://USER:PASSWORD@HOST/DATABASE'

/** Never says the URL itself: its password would stand in a log. */
const refused = (what: string, hint: string, cause?: unknown) =>
  new AppError(`The database URL ${what}.`, { code: 'database_url', hint, cause })

function certificate(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw refused(`names a certificate that cannot be read (${path})`, 'Correct the path, or make the file readable.', cause)
  }
}

function tlsOf(options: ReadonlyMap<string, string>): Tls | null {
  const named = options.get('sslmode')
  const files = ['sslrootcert', 'sslcert', 'sslkey'].filter((name) => options.has(name))
  const mode = named === undefined ? (files.length > 0 ? 'name' : 'off') : own(MODES, named.toLowerCase())
  if (mode === undefined) throw refused(`has an sslmode that is unknown`, 'Use disable, require, verify-ca or verify-full.')
  if (mode === 'off') {
    if (files.length > 0) throw refused(`gives ${files[0]} and turns TLS off`, 'Use sslmode=verify-full, or leave the certificates out.')
    return null
  }
  const read = (name: string) => {
    const path = options.get(name)
    return path === undefined ? undefined : certificate(path)
  }
  const [ca, cert, key] = [read('sslrootcert'), read('sslcert'), read('sslkey')]
  return {
    rejectUnauthorized: mode !== 'any',
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    // Whose certificate it is does not matter there, only who signed it.
    ...(mode !== 'name' && { checkServerIdentity: () => undefined }),
  }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw refused('has a percent sign that encodes nothing', 'Write %25 for a percent sign in a user name or password.', cause)
  }
}

function server(url: URL, engine: 'mysql' | 'postgres'): ServerAddress {
  const options = new Map([...url.searchParams].map(([name, value]) => [own(ALIASES, name) ?? name, value]))
  const unknown = [...options.keys()].find((name) => !['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'socket'].includes(name))
  if (unknown !== undefined)
    throw refused(`has an unknown option ${unknown}`, 'It may have sslmode, sslrootcert, sslcert, sslkey and socket.')
  const database = decoded(url.pathname.slice(1))
  if (database === '' || database.includes('/')) throw refused('names no database', `It ends in /DATABASE: ${FORMS}.`)
  const user = decoded(url.username)
  if (user === '') throw refused('names no user', `Use ${FORMS}.`)
  const socket = options.get('socket') ?? null
  const host = decoded(url.hostname).replace(/^\[|\]$/gu, '')
  const port = url.port === '' ? PORTS[engine] : Number(url.port)
  const place = socket ?? `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  return {
    engine,
    host,
    port,
    socket,
    user,
    password: decoded(url.password),
    database,
    tls: tlsOf(options),
    label: `${engine}://${user}@${place}/${database}`,
  }
}

/**
 * Where the store lies: `sqlite:PATH` or a plain path, `mysql://` and `mariadb://`, `postgres://` and `postgresql://`. Options of the last two:
 * `sslmode` (`disable`, `require`, `verify-ca`, `verify-full`), `sslrootcert`, `sslcert`, `sslkey` (files), `socket` (a UNIX socket instead of the host;
 * for PostgreSQL the folder that holds it).
 * @throws {AppError} `database_url`, which never holds the password.
 */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  const scheme = /^([a-z][a-z0-9+.-]*:)/iu.exec(text)?.[1]?.toLowerCase()
  if (scheme === 'sqlite:' || scheme === undefined || !(scheme in ENGINES || text.includes('://'))) {
    const path = scheme === 'sqlite:' ? text.slice('sqlite:'.length).replace(/^\/\/(?=\/)/u, '') : text
    if (path === '') throw refused('is empty', `Use ${FORMS}.`)
    return { engine: 'sqlite', path, label: path }
  }
  const engine = own(ENGINES, scheme)
  if (engine === undefined) throw refused(`begins with ${scheme}, which is no database that is known here`, `Use ${FORMS}.`)
  // A scheme of the web's own: only those take any host, and a port out of range is an error for all.
  const url = URL.parse(text)
  if (url === null) throw refused('cannot be read', `Use ${FORMS}; special characters in a password are written %XX.`)
  return server(url, engine)
}
