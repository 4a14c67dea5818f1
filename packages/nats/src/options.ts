import { readFile } from 'node:fs/promises'
import { AppError } from '@decnet/kernel'
import type { BusLogger } from '@decnet/kernel/bus'
import {
  type Authenticator,
  credsAuthenticator,
  type NodeConnectionOptions,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from '@nats-io/transport-node'

/** Where NATS is and who we are there. Files are read anew at each attempt, so a renewed one is taken up. */
export interface NatsOptions {
  /** `nats://host:4222` or `tls://host:4222`; several nodes of a cluster as a list or divided by commas. `user:password@` may stand in it. */
  readonly servers: string | readonly string[]
  /** Who this process is, for the server's monitoring. */
  readonly name?: string
  readonly user?: string
  readonly password?: string
  readonly token?: string
  /** A `.creds` file: a user's JWT and its seed. */
  readonly credentialsFile?: string
  /** A file with an nkey seed (`SU…`). */
  readonly nkeySeedFile?: string
  /** Asks for TLS; `tls://` does too. Without `caFile` the system's authorities count. Certificate and key are the client's own. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string }
  readonly logger?: BusLogger
  /** Pauses between attempts grow from `min` to `max` milliseconds, each shortened by up to half at random; 100 and 2,000. */
  readonly retry?: { readonly min: number; readonly max: number }
  /** Milliseconds that one attempt to connect may take; 5,000. */
  readonly timeoutMs?: number
  /** Milliseconds between two pings; a server that misses two is given up. 5,000. */
  readonly pingMs?: number
}

export interface Addresses {
  /** `host:port` each. */
  readonly hosts: readonly string[]
  readonly tls: boolean
  readonly user?: string
  readonly password?: string
}

/** @throws {AppError} `nats_url_invalid` */
export function parseServers(servers: string | readonly string[]): Addresses {
  const texts = (typeof servers === 'string' ? servers.split(',') : servers).map((text) => text.trim()).filter((text) => text !== '')
  const urls = texts.map(parseServer)
  const [first] = urls
  if (!first) throw invalid('')
  const named = urls.find(({ username }) => username !== '')
  return {
    hosts: urls.map(({ hostname, port }) => `${hostname}:${port || 4222}`),
    tls: urls.some(({ protocol }) => protocol === 'tls:'),
    ...(named && { user: decodeURIComponent(named.username), password: decodeURIComponent(named.password) }),
  }
}

function parseServer(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `nats://${text}`)
  const bare = url !== null && (url.pathname === '' || url.pathname === '/') && url.search === '' && url.hash === ''
  if (!bare || url.hostname === '' || !['nats:', 'tls:'].includes(url.protocol)) throw invalid(text)
  return url
}

const invalid = (text: string) =>
  new AppError(`${JSON.stringify(text.replace(/\/\/[^@/]*@/, '//…@'))} is no address of a NATS server`, {
    code: 'nats_url_invalid',
    status: 400,
    hint: 'Write nats://host:4222 or tls://host:4222, several divided by commas.',
  })

async function contents(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new AppError(`the ${what} ${path} cannot be read`, {
      code: 'nats_file_unreadable',
      hint: 'Check the path and that this user may read the file.',
      cause,
    })
  }
}

async function authenticators(options: NatsOptions, addresses: Addresses): Promise<Authenticator[]> {
  const user = options.user ?? addresses.user
  const found: Authenticator[] = []
  if (user !== undefined) found.push(usernamePasswordAuthenticator(user, options.password ?? addresses.password ?? ''))
  if (options.token !== undefined) found.push(tokenAuthenticator(options.token))
  const { credentialsFile, nkeySeedFile } = options
  if (credentialsFile !== undefined)
    found.push(tried(credsAuthenticator(await contents(credentialsFile, 'credentials file')), credentialsFile))
  if (nkeySeedFile !== undefined) {
    const seed = (await contents(nkeySeedFile, 'nkey seed file')).toString('latin1').trim()
    found.push(tried(nkeyAuthenticator(new TextEncoder().encode(seed)), nkeySeedFile))
  }
  return found
}

/** A file that holds no key would otherwise fail within the client, later and without its name. */
function tried(authenticator: Authenticator, path: string): Authenticator {
  try {
    authenticator('nonce')
    return authenticator
  } catch (cause) {
    throw new AppError(`${path} holds no credentials for NATS`, {
      code: 'nats_auth_failed',
      hint: 'A credentials file holds a user’s JWT and its seed; an nkey seed file holds one line that begins with SU.',
      cause,
    })
  }
}

/**
 * What the client needs for one attempt. It never reconnects by itself: it would keep what is published meanwhile and send it afterwards.
 * @throws {AppError} `nats_file_unreadable`, `nats_auth_failed` for a file that holds no key
 */
export async function connectionOptions(options: NatsOptions, addresses: Addresses): Promise<NodeConnectionOptions> {
  const { caFile, certFile, keyFile } = options.tls ?? {}
  const [ca, cert, key] = await Promise.all([
    caFile === undefined ? undefined : contents(caFile, 'certificate authority'),
    certFile === undefined ? undefined : contents(certFile, 'client certificate'),
    keyFile === undefined ? undefined : contents(keyFile, 'client key'),
  ])
  const tls = { ...(ca && { ca: ca.toString() }), ...(cert && { cert: cert.toString() }), ...(key && { key: key.toString() }) }
  return {
    authenticator: await authenticators(options, addresses),
    ...((options.tls !== undefined || addresses.tls) && { tls }),
    ...(options.name !== undefined && { name: options.name }),
    timeout: options.timeoutMs ?? 5_000,
    pingInterval: options.pingMs ?? 5_000,
    maxPingOut: 2,
    reconnect: false,
    noRandomize: true,
    noAsyncTraces: true,
  }
}
