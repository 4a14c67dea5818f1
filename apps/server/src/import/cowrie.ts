import { hash } from 'node:crypto'
import { type AnyEventType, events } from '@decnet/contracts/events'
import { deterministicId } from '@decnet/kernel'
import { VALUE_LIMIT } from '@decnet/kernel/service'
import { bytesOf, exact, type Fields, fromRepr, logged, number, oddMember, port, readObject, text } from './foreign-json.ts'
import { deckyOf, type MakeReader, moment, type Reading, type Told, type Wish } from './reading.ts'
import { SessionBook } from './session-book.ts'

/** What later lines of a session do not say again. */
interface Session {
  readonly id: string | null
  readonly service: 'ssh' | 'telnet'
  readonly ip: string | null
  readonly port: number | null
  /** A line of input was seen. */
  typed?: boolean
  /** The last program that fetches things that a line named. */
  tool?: string
  columns?: number
  rows?: number
}

/** A line on its way, with what its session knows. */
interface Line {
  readonly fields: Fields
  readonly session: Session
  readonly sensor: string
}
interface Said {
  readonly event: AnyEventType
  readonly values: Readonly<Record<string, unknown>>
  readonly origin?: Readonly<Record<string, string>>
  readonly wish?: Wish
}

const SHA256 = /^[0-9a-f]{64}$/
const FETCHING = /\b(wget|curl|tftp|ftpget|scp|axel|lwp-download|fetch)\b/
const say = (event: AnyEventType, values: Said['values'], more: Omit<Said, 'event' | 'values'> = {}): Said => ({ event, values, ...more })

/** A value that Cowrie wrote by `repr` in some releases and as text in others. */
const plain = (value: string | undefined): string | Buffer | undefined =>
  value === undefined ? undefined : (fromRepr(value) ?? exact(value))
const typed = (value: string | undefined): string | Buffer | undefined => (value === undefined ? undefined : logged(value))
const secretOf = (value: string | undefined): Buffer | undefined => {
  const secret = typed(value)
  return typeof secret === 'string' ? bytesOf(secret) : secret
}

/** A line that somebody typed, with its hash where it is longer than an event holds. */
export function commandValues(input: string | Buffer): Readonly<Record<string, unknown>> {
  if (input.length * 3 <= VALUE_LIMIT) return { command: input }
  const whole = typeof input === 'string' ? bytesOf(input) : input
  return whole.length <= VALUE_LIMIT ? { command: input } : { command: input, command_sha256: hash('sha256', whole) }
}

function login(outcome: 'success' | 'failure') {
  return ({ fields }: Line): Said[] => [
    say(events.authAttempt, {
      principal: typed(text(fields, 'username')),
      secret: secretOf(text(fields, 'password')),
      secret_kind: 'plaintext',
      outcome,
      method: 'password',
    }),
  ]
}

/** `failed` and `success` repeat the `input` line before them, or a part of it; without one they are all there is. */
const outcomeOfCommand = ({ fields, session }: Line): Said[] => {
  const input = typed(text(fields, 'input'))
  return session.typed || input === undefined ? [] : [say(events.command, commandValues(input))]
}

function input({ fields, session }: Line): Said[] {
  const line = typed(text(fields, 'input'))
  if (line === undefined) return []
  session.typed = true
  const tool = FETCHING.exec(String(line).slice(0, VALUE_LIMIT))?.[1]
  if (tool !== undefined) session.tool = tool
  return [say(events.command, commandValues(line))]
}

function captured(fields: Fields, path: string | undefined, via: 'shell' | 'scp' | 'sftp'): Said[] {
  const sha256 = text(fields, 'shasum')?.toLowerCase() ?? ''
  if (!SHA256.test(sha256)) return []
  const wish: Wish = { kind: 'artifact', sha256, file: text(fields, 'outfile') ?? sha256 }
  return [say(events.fileCaptured, { sha256, path: exact(path ?? ''), via, truncated: false }, { wish })]
}

function download({ fields, session }: Line): Said[] {
  const url = text(fields, 'url')
  const fetched = url === undefined ? [] : [say(events.downloadAttempt, { url: exact(url), tool: session.tool ?? 'unknown' })]
  return [...fetched, ...captured(fields, text(fields, 'destfile') ?? text(fields, 'filename') ?? url, 'shell')]
}

function forward({ fields }: Line): Said[] {
  const target = `${text(fields, 'dst_ip') ?? ''}:${text(fields, 'dst_port') ?? ''}`
  const data = plain(text(fields, 'data'))
  return [say(events.forwardAttempt, { kind: 'direct-tcpip', target: exact(target), data })]
}

function keyOffered({ fields }: Line): Said[] {
  const key = text(fields, 'key')
  const values = {
    principal: typed(text(fields, 'username')),
    secret_kind: 'publickey',
    outcome: 'unknown',
    method: 'publickey',
    key_fingerprint: text(fields, 'fingerprint')?.toWellFormed(),
    key_algorithm: text(fields, 'type')?.toWellFormed(),
  }
  return [say(events.authAttempt, values, key === undefined ? {} : { origin: { key: key.slice(0, 8192).toWellFormed() } })]
}

function keyExchange({ fields }: Line): Said[] {
  const lists = ['kexAlgs', 'encCS', 'macCS', 'compCS'].map((name) => {
    const list = fields[name]
    return Array.isArray(list) ? list.map(String).join(',') : ''
  })
  const algorithms = text(fields, 'hasshAlgorithms') ?? (lists.some((list) => list !== '') ? lists.join(';') : undefined)
  return [say(events.clientHello, { hassh: text(fields, 'hassh'), hassh_algorithms: algorithms?.toWellFormed() })]
}

function recorded({ fields, session, sensor }: Line): Said[] {
  const file = text(fields, 'ttylog')
  if (file === undefined) return []
  const { columns = 80, rows = 24 } = session
  return [say(events.sessionRecorded, {}, { wish: { kind: 'recording', file, columns, rows, title: sensor } })]
}

const handlers: Readonly<Record<string, (line: Line) => Said[]>> = {
  'cowrie.session.connect': ({ fields, session }) => [
    say(events.connect, {
      local_port: port(fields, 'dst_port') ?? port(fields, 'dest_port') ?? (session.service === 'ssh' ? 22 : 23),
      local_ip: text(fields, 'dst_ip') ?? text(fields, 'dest_ip') ?? '',
    }),
  ],
  'cowrie.client.version': ({ fields }) => [say(events.clientHello, { client_version: plain(text(fields, 'version')) })],
  'cowrie.client.kex': keyExchange,
  'cowrie.client.fingerprint': keyOffered,
  'cowrie.login.success': login('success'),
  'cowrie.login.failed': login('failure'),
  'cowrie.command.input': input,
  'cowrie.session.input': input,
  'cowrie.command.success': outcomeOfCommand,
  'cowrie.command.failed': outcomeOfCommand,
  'cowrie.session.file_download': download,
  'cowrie.session.file_download.failed': download,
  'cowrie.session.file_upload': ({ fields }) =>
    captured(fields, text(fields, 'filename') ?? text(fields, 'destfile'), text(fields, 'message')?.startsWith('SCP') ? 'scp' : 'sftp'),
  'cowrie.direct-tcpip.request': forward,
  'cowrie.direct-tcpip.data': forward,
  'cowrie.log.closed': recorded,
  'cowrie.session.closed': ({ fields }) => [
    say(events.disconnect, { reason: 'client', duration_ms: Math.max(0, Math.round((number(fields, 'duration') ?? 0) * 1000)) }),
  ],
  'cowrie.client.size': ({ fields, session }) => {
    const [columns, rows] = [port(fields, 'width'), port(fields, 'height')]
    if (columns !== undefined && rows !== undefined) Object.assign(session, { columns, rows })
    return []
  },
}

/** What Cowrie also says, and what tells nothing of an attacker's doing that is not told already. */
const UNUSED =
  /^cowrie\.(?:client\.(?:var|lex)|session\.params|log\.open|direct-tcpip\.ja4h?|(?:virustotal|abuseipdb|reversedns|greynoise|malshare|telegram|dshield)\..*)$/

/** What is read of a line as text, whatever the line tells. */
const READ = [
  ...['sensor', 'session', 'protocol', 'src_ip', 'src_port', 'dst_ip', 'dst_port', 'dest_ip', 'dest_port', 'username', 'password'],
  ...['version', 'hassh', 'hasshAlgorithms', 'fingerprint', 'key', 'input', 'url', 'filename', 'destfile', 'outfile', 'shasum'],
  ...['data', 'ttylog', 'duration'],
]

/** The service is said when a session begins; of one whose beginning is missing, the log prefix says it. */
function serviceOf(fields: Fields): Session['service'] {
  const said = text(fields, 'protocol') ?? text(fields, 'system') ?? text(fields, 'message') ?? ''
  return /^telnet$|Telnet/.test(said) ? 'telnet' : 'ssh'
}

/**
 * Cowrie's JSON log, one object a line, as its output reference documents it. A session's address is the one that it began with: lines of a
 * tunnel name another.
 */
export const cowrieReader: MakeReader = (state) => {
  const book = new SessionBook<Session>(state)

  function read(line: Buffer): Reading {
    const fields = readObject(line)
    return fields === null ? { unknown: 'not a JSON object' } : readCowrie(fields, book)
  }
  return {
    read,
    state: () => book.save(),
    get open() {
      return book.open
    },
  }
}

/** One object of Cowrie's log; `host` is what its machine is called where that says more than the sensor's own name. */
export function readCowrie(fields: Fields, book: SessionBook<Session>, host?: string): Reading {
  const id = text(fields, 'eventid')
  const ts = moment(text(fields, 'timestamp')) ?? moment(text(fields, '@timestamp'))
  const sensor = text(fields, 'sensor') ?? ''
  const name = text(fields, 'session')
  if (id === undefined) return { unknown: 'no eventid' }
  const handler = Object.hasOwn(handlers, id) ? handlers[id] : undefined
  if (handler === undefined) return UNUSED.test(id) ? { unused: id } : { unknown: 'an eventid that is not known' }
  if (ts === null) return { unknown: 'no time' }
  if (handler === input && typeof fields.input !== 'string') return { unknown: 'an input that is no text' }
  const odd = oddMember(fields, READ)
  if (odd !== undefined) return { unknown: `${odd} is no text` }
  const key = JSON.stringify([sensor, name])
  const known = name === undefined || id === 'cowrie.session.connect' ? undefined : book.get(key)
  const sessionId = () => (name === undefined ? null : deterministicId('import', 'cowrie', sensor, name))
  const session = known ?? {
    id: sessionId(),
    service: serviceOf(fields),
    ip: text(fields, 'src_ip') ?? null,
    port: port(fields, 'src_port') ?? null,
  }
  const said = handler({ fields, session, sensor: sensor.toWellFormed() })
  if (name !== undefined) {
    book.set(key, session)
    if (id === 'cowrie.session.closed') book.end(key)
  }
  if (said.length === 0) return { unused: id }
  const place = {
    ts,
    decky: deckyOf(host ?? sensor, 'cowrie'),
    service: session.service,
    sessionId: session.id,
    ip: session.ip,
    port: session.port,
  }
  const origin = name === undefined ? {} : { origin_session: name.slice(0, 64).toWellFormed() }
  return { events: said.map((one): Told => ({ ...place, ...one, origin: { ...origin, ...one.origin } })) }
}
export type CowrieSession = Session
