import { type AnyEventType, events } from '@decnet/contracts/events'
import { own } from '@decnet/kernel'
import { bytesOf, child, exact, type Fields, logged, number, oddMember, port, readObject, text } from './foreign-json.ts'
import { deckyOf, type MakeReader, moment, type Reading, type Told } from './reading.ts'
import { Visits } from './visits.ts'

type Values = Readonly<Record<string, unknown>>
type Said = readonly [event: AnyEventType, values: Values]

const typed = (value: string | undefined): string | Buffer | undefined => (value === undefined ? undefined : logged(value))
const secretOf = (value: string | undefined): Buffer | undefined => {
  const secret = typed(value)
  return typeof secret === 'string' ? bytesOf(secret) : secret
}
const ofNames = (data: Fields, ...names: string[]): string | undefined =>
  names.map((name) => text(data, name)).find((value) => value !== undefined)

const login =
  (method: string, kind = 'plaintext') =>
  (data: Fields): Said[] => [
    [
      events.authAttempt,
      {
        principal: typed(ofNames(data, 'USERNAME', 'UserName', 'Username')),
        secret: secretOf(ofNames(data, 'PASSWORD', 'Password')),
        secret_kind: kind,
        outcome: 'failure',
        method,
      },
    ],
  ]

/** A verb of a protocol, as it would be typed. */
const request =
  (...names: string[]) =>
  (data: Fields): Said[] => {
    const words = names.map((name) => text(data, name) ?? own(data, name)).filter((value) => value !== undefined && value !== '')
    const line = words.map((word) => (typeof word === 'string' ? word : flat(word))).join(' ')
    return line === '' ? [] : [[events.command, { command: exact(line), mode: 'protocol' }]]
  }

/** A list or an object in one line, as far as it is plain. */
function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .slice(0, 100)
    .map(([name, part]) => (Array.isArray(value) ? String(part) : `${name}: ${String(part)}`))
    .join(Array.isArray(value) ? ' ' : '; ')
}

const visited = (): Said[] => []

function web(method: 'GET' | 'POST' | 'OTHER') {
  return (data: Fields): Said[] => [
    [
      events.httpRequest,
      {
        method: method === 'OTHER' ? (text(data, 'METHOD') ?? 'UNKNOWN') : method,
        path: exact(text(data, 'PATH') ?? '/'),
        host: typed(text(data, 'HOSTNAME')),
        user_agent: typed(text(data, 'USERAGENT')),
      },
    ],
    ...(text(data, 'PASSWORD') === undefined && text(data, 'USERNAME') === undefined ? [] : login('form')(data)),
  ]
}

function vnc(data: Fields): Said[] {
  const password = text(data, 'VNC Password')
  const answer = text(data, 'VNC Client Response')
  const guessed = password !== undefined && !password.startsWith('<')
  const hidden = { secret: answer === undefined ? undefined : Buffer.from(answer, 'hex'), secret_kind: 'vnc_des' }
  const shown = guessed ? { secret: secretOf(password), secret_kind: 'plaintext' } : hidden
  return [
    [events.authAttempt, { ...shown, outcome: 'failure', method: 'vnc', challenge: text(data, 'VNC Server Challenge')?.toWellFormed() }],
  ]
}

function greeted(data: Fields): Said[] {
  const version = text(data, 'REMOTEVERSION')
  return version === undefined ? [] : [[events.clientHello, { client_version: exact(version) }]]
}

function sample(data: Fields): Said[] {
  const bytes = ofNames(data, 'DATA', 'SECRET_STRING')
  return bytes === undefined ? [] : [[events.protocolError, { detail: 'sent to a banner', sample: typed(bytes) }]]
}

/** Log types of OpenCanary's logger, each with the service it tells of and what it tells beyond a visit. */
const TYPES: Readonly<Record<number, readonly [service: string, (data: Fields) => Said[]]>> = {
  2000: ['ftp', login('USER/PASS')],
  2001: ['ftp', visited],
  3000: ['http', web('GET')],
  3001: ['http', web('POST')],
  3002: ['http', web('OTHER')],
  3003: ['http', web('OTHER')],
  4000: ['ssh', visited],
  4001: ['ssh', greeted],
  4002: ['ssh', login('password')],
  5000: ['smb', request('AUDITACTION', 'SHARENAME', 'FILENAME')],
  5001: ['portscan', visited],
  5002: ['portscan', visited],
  5003: ['portscan', visited],
  5004: ['portscan', visited],
  5005: ['portscan', visited],
  6001: ['telnet', login('password')],
  6002: ['telnet', visited],
  7001: ['http-proxy', login('basic')],
  8001: ['mysql', login('mysql_native_password', 'mysql_native_password')],
  9001: ['mssql', login('sql')],
  9002: ['mssql', login('windows')],
  10001: ['tftp', request('OPCODE', 'FILENAME')],
  11001: ['ntp', request('NTP CMD')],
  12001: ['vnc', vnc],
  13001: [
    'snmp',
    (data) => [
      [
        events.authAttempt,
        { secret: secretOf(text(data, 'COMMUNITY_STRING')), secret_kind: 'plaintext', outcome: 'unknown', method: 'community' },
      ],
      ...request('REQUESTS')(data),
    ],
  ],
  14001: [
    'rdp',
    (data) =>
      ofNames(data, 'USERNAME', 'UserName') === undefined && text(data, 'PASSWORD') === undefined
        ? request('INPUT')(data)
        : login('rdp')(data),
  ],
  15001: ['sip', request('HEADERS')],
  16001: ['git', (data) => request('VERB', 'REPO', 'HOST')({ VERB: 'git-upload-pack', ...data })],
  17001: ['redis', request('CMD', 'ARGS')],
  18001: ['tcp-banner', visited],
  18002: ['tcp-banner', visited],
  18003: ['tcp-banner', sample],
  18004: ['tcp-banner', sample],
  18005: ['tcp-banner', sample],
  19001: ['llmnr', request('QUERY')],
}

/** What is read of a line as text, and of its `logdata`; what is a request may be anything. */
const READ = ['node_id', 'src_host', 'src_port', 'dst_host', 'dst_port']
const READ_OF_DATA = [
  ...['USERNAME', 'UserName', 'Username', 'PASSWORD', 'Password', 'METHOD', 'PATH', 'HOSTNAME', 'USERAGENT', 'REMOTEVERSION'],
  ...['VNC Password', 'VNC Client Response', 'VNC Server Challenge', 'COMMUNITY_STRING', 'DATA', 'SECRET_STRING'],
]

const isEmpty = (value: unknown): boolean => value == null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)

/** What OpenCanary says of itself: boot, messages, errors, pings. */
const isAboutItself = (type: number) => type >= 1000 && type < 2000

/** OpenCanary's JSON log, one object a line, by the log types of its logger. */
export const openCanaryReader: MakeReader = (state) => {
  const visits = new Visits('opencanary', state)

  function read(line: Buffer): Reading {
    const fields = readObject(line)
    if (fields === null) return { unknown: 'not a JSON object' }
    const type = number(fields, 'logtype')
    if (type === undefined || !Number.isInteger(type)) return { unknown: 'no logtype' }
    if (isAboutItself(type)) return { unused: `logtype ${type}` }
    const known = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
    if (known === undefined) return { unknown: 'a logtype that is not known' }
    const ts = moment(text(fields, 'utc_time')) ?? moment(text(fields, 'local_time'))
    if (ts === null) return { unknown: 'no time' }
    const [service, saying] = known
    const data = child(fields, 'logdata')
    if (Object.keys(data).length === 0 && !isEmpty(fields.logdata)) return { unknown: 'logdata is no object' }
    const odd = oddMember(fields, READ) ?? oddMember(data, READ_OF_DATA)
    if (odd !== undefined) return { unknown: `${odd} is no text` }
    const node = text(fields, 'node_id') ?? ''
    const ip = text(fields, 'src_host') || null
    const [from, to] = [port(fields, 'src_port') ?? null, port(fields, 'dst_port')]
    const { id, first } = visits.visit(ts, node, service, ip ?? '', String(from), String(to))
    const place = { ts, decky: deckyOf(node, 'opencanary'), service, sessionId: id, ip, port: from, origin: { logtype: String(type) } }
    const connect: Said = [events.connect, { local_port: to, local_ip: text(fields, 'dst_host') ?? '' }]
    const said = [...(first ? [connect] : []), ...saying(data)]
    if (said.length === 0) return { unused: `logtype ${type}` }
    return { events: said.map(([event, values]): Told => ({ ...place, event, values })) }
  }
  return {
    read,
    state: () => visits.save(),
    get open() {
      return visits.open
    },
  }
}
