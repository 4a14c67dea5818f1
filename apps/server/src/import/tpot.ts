import { type AnyEventType, events } from '@decnet/contracts/events'
import { own } from '@decnet/kernel'
import { z } from 'zod'
import { type CowrieSession, commandValues, readCowrie } from './cowrie.ts'
import { bytesOf, child, exact, type Fields, number, oddMember, port, readObject, text } from './foreign-json.ts'
import { deckyOf, type MakeReader, moment, type Reading, type Told, type Wish } from './reading.ts'
import { SessionBook } from './session-book.ts'
import { Visits } from './visits.ts'

interface Said {
  readonly event: AnyEventType
  readonly values: Readonly<Record<string, unknown>>
  readonly wish?: Wish
}
type Saying = (fields: Fields) => readonly Said[]

const SHA256 = /^[0-9a-f]{64}$/
/** Credentials, headers and other lists of one line. */
const LISTED = 100

/** `a.b` as Elasticsearch names it: one member with a dot, or a member of a member. */
function at(fields: Fields, path: string): string | undefined {
  const [first = '', ...rest] = path.split('.')
  return text(fields, path) ?? (rest.length === 0 ? undefined : at(child(fields, first), rest.join('.')))
}
const anyOf = (fields: Fields, ...paths: string[]): string | undefined =>
  paths.map((path) => at(fields, path)).find((value) => value !== undefined && value !== '')
const optional = (value: string | undefined): string | Buffer | undefined => (value === undefined ? undefined : exact(value))

const attempt = (user: string | undefined, password: string | undefined, method: string): Said[] =>
  user === undefined && password === undefined
    ? []
    : [
        {
          event: events.authAttempt,
          values: {
            principal: optional(user),
            secret: password === undefined ? undefined : bytesOf(password),
            secret_kind: 'plaintext',
            outcome: 'unknown',
            method,
          },
        },
      ]

/** A user name and a password, or Dionaea's list of them. */
const credentials: Saying = (fields) => {
  const list = own(fields, 'credentials')
  const method = anyOf(fields, 'proto', 'connection.protocol') ?? 'password'
  if (Array.isArray(list))
    return list.slice(0, LISTED).flatMap((_, index) => {
      const one = child({ one: list[index] as unknown }, 'one')
      return attempt(text(one, 'username') ?? text(one, 'login'), text(one, 'password'), method)
    })
  return attempt(anyOf(fields, 'username', 'user'), at(fields, 'password'), method.slice(0, 32).toWellFormed())
}

const typed: Saying = (fields) => {
  const line = anyOf(fields, 'input', 'command')
  return line === undefined ? [] : [{ event: events.command, values: commandValues(exact(line)) }]
}

const verb =
  (...paths: string[]): Saying =>
  (fields) => {
    const line = anyOf(fields, ...paths)
    return line === undefined ? [] : [{ event: events.command, values: { ...commandValues(exact(line)), mode: 'protocol' } }]
  }

const web: Saying = (fields) => {
  const path = anyOf(fields, 'path', 'http.url', 'url', 'request_uri', 'fileinfo.filename', 'uri')
  const method = anyOf(fields, 'method', 'request_method', 'http.http_method', 'request')
  if (path === undefined && method === undefined) return []
  const headers = Object.entries(child(fields, 'headers')).slice(0, LISTED)
  const values = {
    method: exact(method ?? 'UNKNOWN'),
    path: exact(path ?? '/'),
    status: number(fields, 'status'),
    host: optional(anyOf(fields, 'headers.host', 'host_header')),
    user_agent: optional(anyOf(fields, 'headers.user-agent', 'http_user_agent', 'user_agent', 'useragent')),
    headers: headers.length === 0 ? undefined : JSON.stringify(headers.map(([name, value]) => [name, String(value)])).toWellFormed(),
    body: optional(anyOf(fields, 'post_data', 'payload', 'body')),
  }
  return [{ event: events.httpRequest, values }]
}

const fetched: Saying = (fields) => {
  const [url, sha256] = [anyOf(fields, 'url', 'download.url'), text(fields, 'shasum')?.toLowerCase()]
  const path = anyOf(fields, 'outfile', 'filename') ?? ''
  return [
    ...(url === undefined ? [] : [{ event: events.downloadAttempt, values: { url: exact(url), tool: 'unknown' } }]),
    ...(sha256 === undefined || !SHA256.test(sha256)
      ? []
      : [
          {
            event: events.fileCaptured,
            values: { sha256, path: exact(path), via: 'shell', truncated: false },
            wish: { kind: 'artifact', sha256, file: path } as const,
          },
        ]),
  ]
}

/** Honeytrap's first bytes. */
const payload: Saying = (fields) => {
  const hex = anyOf(fields, 'attack_connection.payload.data_hex', 'payload.data_hex')
  if (hex === undefined || !/^(?:[0-9a-f]{2})+$/i.test(hex)) return []
  return [{ event: events.protocolError, values: { detail: 'the first bytes', sample: Buffer.from(hex, 'hex') } }]
}

const closed: Saying = (fields) => {
  if (!text(fields, 'eventid')?.endsWith('.session.closed')) return []
  return [
    {
      event: events.disconnect,
      values: { reason: 'client', duration_ms: Math.max(0, Math.round((number(fields, 'duration') ?? 0) * 1000)) },
    },
  ]
}

/** Dionaea's own names for what it plays. */
const DIONAEA: Readonly<Record<string, string>> = {
  smbd: 'smb',
  httpd: 'http',
  ftpd: 'ftp',
  mysqld: 'mysql',
  mssqld: 'mssql',
  mongod: 'mongodb',
  mqttd: 'mqtt',
  pptpd: 'pptp',
  tftpd: 'tftp',
  upnpd: 'upnp',
  mirrord: 'mirror',
  epmapper: 'msrpc',
  SipSession: 'sip',
  SipCall: 'sip',
  Memcache: 'memcached',
  Blackhole: 'blackhole',
}
const named =
  (otherwise: string, ...paths: string[]) =>
  (fields: Fields) => {
    const name = anyOf(fields, ...paths) ?? otherwise
    return deckyOf(own(DIONAEA, name) ?? name, otherwise)
  }

/** What T-Pot's honeypots say beyond who came from where, by the `type` that its Logstash gives them. */
const TYPES: Readonly<Record<string, readonly [service: string | ((fields: Fields) => string), ...says: Saying[]]>> = {
  Adbhoney: ['adb', typed, fetched, closed],
  Beelzebub: [named('ssh', 'Protocol', 'protocol'), credentials, typed],
  Ciscoasa: ['cisco-asa'],
  CitrixHoneypot: ['https', web],
  ConPot: [named('ics', 'data_type', 'protocol'), verb('request')],
  Ddospot: [named('udp', 'proto', 'protocol')],
  Dicompot: ['dicom', verb('input')],
  Dionaea: [named('dionaea', 'connection.protocol'), credentials, fetched],
  ElasticPot: ['elasticsearch', web],
  Endlessh: ['ssh'],
  Galah: ['http', web],
  Glutton: [named('tcp', 'protocol')],
  'Go-pot': ['http', web],
  H0neytr4p: ['https', web],
  Hellpot: ['http', web],
  Heralding: [named('heralding', 'proto'), credentials],
  Honeyaml: ['http', web],
  Honeypots: [named('tcp', 'protocol', 'server'), credentials, verb('command', 'action')],
  Honeytrap: [named('tcp', 'attack_connection.protocol', 'proto'), payload],
  Ipphoney: ['ipp', web],
  Log4pot: ['http', web],
  Mailoney: ['smtp', credentials, verb('data')],
  Medpot: ['hl7', verb('data')],
  Miniprint: ['jetdirect', verb('event')],
  Redishoneypot: ['redis', verb('action', 'cmd')],
  Sentrypeer: ['sip', verb('sip_method')],
  Tanner: ['http', web],
  Wordpot: ['http', web, credentials],
}
/** What is read of every line as text, where it is there. */
const READ = ['t-pot_hostname', 'src_ip', 'src_port', 'dest_ip', 'dest_port', 'session', 'username', 'password', 'input']
/** They watch the wire beside the honeypots, and see ours or others' doings once more. */
const WATCHERS: ReadonlySet<string> = new Set(['Suricata', 'P0f', 'Fatt', 'NGINX', 'Ewsposter', 'Syslog'])

const asIpv4 = (ip: string) => ip.replace(/^::ffff:(?=\d+\.)/, '')

/** The autonomous system that Logstash looked up for `src_ip`, of an attacker with that address. */
function networkOf(fields: Fields, ip: string | null): { readonly src_asn?: string } {
  const asn = anyOf(fields, 'geoip.asn', 'geoip.as.number', 'source.as.number') ?? ''
  const said = asIpv4(at(fields, 'src_ip') ?? '')
  return said === ip && /^[1-9]\d{0,9}$/.test(asn) && Number(asn) < 2 ** 32 ? { src_asn: asn } : {}
}

const savedState = z.object({ cowrie: z.unknown(), visits: z.unknown() })

/** Lines of T-Pot's Logstash or of an export of its index: one object a line, bare or as the `_source` of a hit. */
export const tpotReader: MakeReader = (state) => {
  const saved = savedState.safeParse(state).data
  const book = new SessionBook<CowrieSession>(saved?.cowrie)
  const visits = new Visits('tpot', saved?.visits)

  function read(line: Buffer): Reading {
    const outer = readObject(line)
    if (outer === null) return { unknown: 'not a JSON object' }
    const fields = Object.hasOwn(outer, '_source') ? child(outer, '_source') : outer
    const type = text(fields, 'type')
    if (type === undefined) return { unknown: 'no type' }
    const host = text(fields, 't-pot_hostname')
    if (type === 'Cowrie') {
      const reading = readCowrie(fields, book, host)
      if (!('events' in reading)) return reading
      return {
        events: reading.events.map((one) => ('line' in one ? one : { ...one, origin: { ...one.origin, ...networkOf(fields, one.ip) } })),
      }
    }
    if (WATCHERS.has(type)) return { unused: `type ${type}` }
    const known = own(TYPES, type)
    if (known === undefined) return { unknown: 'a type that is not known' }
    const ts = moment(text(fields, '@timestamp')) ?? moment(text(fields, 'timestamp'))
    if (ts === null) return { unknown: 'no time' }
    const odd = oddMember(fields, READ)
    if (odd !== undefined) return { unknown: `${odd} is no text` }
    const [named, ...says] = known
    const service = typeof named === 'string' ? named : named(fields)
    const address = anyOf(fields, 'src_ip', 'peer.ip', 'attack_connection.remote_ip')
    const ip = address === undefined ? null : asIpv4(address)
    const from = port(fields, 'src_port') ?? port(child(fields, 'peer'), 'port') ?? port(child(fields, 'attack_connection'), 'remote_port')
    const to = port(fields, 'dest_port') ?? port(child(fields, 'attack_connection'), 'local_port')
    const session = anyOf(fields, 'session', 'session_id')
    const ends = session === undefined ? [ip ?? '', String(from), String(to)] : [session]
    const { id, first } = visits.visit(ts, host ?? '', type, ...ends)
    const origin = { honeypot: type, ...networkOf(fields, ip) }
    const place = { ts, decky: deckyOf(host, 'tpot'), service, sessionId: id, ip, port: from ?? null, origin }
    const connect: Said = { event: events.connect, values: { local_port: to, local_ip: anyOf(fields, 'dest_ip') ?? '' } }
    const said = [...(first ? [connect] : []), ...says.flatMap((say) => say(fields))]
    if (said.length === 0) return { unused: `type ${type}, the same visit` }
    return { events: said.map((one): Told => ({ ...place, ...one })) }
  }
  return {
    read,
    state: () => ({ cowrie: book.save(), visits: visits.save() }),
    get open() {
      return book.open + visits.open
    },
  }
}
