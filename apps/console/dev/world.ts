import { createHash } from 'node:crypto'
import type { Attacker, Credential, CredentialReuse, Decky, LogRow, Session, Severity } from '@decnet/contracts/api'
import { type Dice, diceOf } from './dice.ts'
import { fleetOf } from './fleet.ts'
import { commands, hostileCommands, hostileNames, passwords, paths, users } from './hostile.ts'

export const sha = (text: string) => createHash('sha256').update(text).digest('hex')
const b64 = (text: string) => Buffer.from(text).toString('base64')
type Kind = 'scanner' | 'sprayer' | 'prober' | 'intruder' | 'odd'

interface Actor {
  uuid: string
  ip: string
  kind: Kind
  start: number
  length: number
}

/** Everything that the fixture API answers from. Logs are oldest first; `seq` is index + 1. */
export interface World {
  now: number
  deckies: Decky[]
  logs: LogRow[]
  sessions: Session[]
  attackers: Attacker[]
  credentials: Credential[]
  reuse: CredentialReuse[]
}

const day = 86_400_000
function addressOf(dice: Dice, i: number): string {
  if (i % 11 === 3) return `2001:db8:${dice.hex(4)}:${dice.hex(4)}::${dice.hex(4)}`
  if (i % 23 === 7) return `2001:db8:${dice.hex(4)}:${dice.hex(4)}:${dice.hex(4)}:${dice.hex(4)}:${dice.hex(4)}:${dice.hex(4)}`
  return `${dice.pick(['203.0.113', '198.51.100', '192.0.2'])}.${(i * 7 + 3) % 254 || 1}`
}

function actorsOf(dice: Dice, now: number, count: number): Actor[] {
  const taken = new Set(['203.0.113.77'])
  const unique = (i: number): string => {
    const ip = addressOf(dice, i)
    if (taken.has(ip)) return unique(i + 1 + dice.int(200))
    taken.add(ip)
    return ip
  }
  return Array.from({ length: count }, (_, i) => {
    const kind: Kind =
      i === 0 ? 'intruder' : i === 1 ? 'odd' : i % 41 === 4 ? 'intruder' : i % 7 === 2 ? 'sprayer' : i % 3 === 1 ? 'prober' : 'scanner'
    const ago = i < 2 ? 0.05 : dice.next() * 9
    return {
      uuid: dice.uuid(),
      ip: i === 0 ? '203.0.113.77' : unique(i),
      kind,
      start: now - ago * day,
      length: (i < 2 ? 0.046 : Math.min(ago, dice.next() * 0.8)) * day,
    }
  })
}

export function makeWorld(now: number, size: number, hosts?: number): World {
  const dice = diceOf(77)
  const deckies = fleetOf(now, size === 0, hosts)
  const world: World = { now, deckies, logs: [], sessions: [], attackers: [], credentials: [], reuse: [] }
  if (size === 0) return world
  const actors = actorsOf(dice, now, 312)
  const targets = deckies.flatMap((d) => d.services.map((s) => ({ decky: d.name, service: s.name, port: s.port })))
  while (world.logs.length < size) {
    const actor =
      world.sessions.length < 16 ? (actors[world.sessions.length % 2] as Actor) : (actors[2 + dice.int(actors.length - 2)] as Actor)
    if (actor.kind === 'intruder' && world.sessions.length >= 16 && dice.next() < 0.85) continue
    const target =
      actor.kind === 'prober'
        ? dice.pick(targets.filter((t) => t.service === 'http'))
        : actor.kind === 'intruder' || actor.kind === 'odd'
          ? dice.pick(targets.filter((t) => ['ssh', 'telnet', 'ftp', 'redis'].includes(t.service)))
          : dice.pick(targets)
    addSession(world, dice, actor, target, actor.start + dice.next() * actor.length)
  }
  world.logs.sort((a, b) => a.timestamp.localeCompare(b.timestamp))
  world.logs.forEach((row, i) => {
    row.seq = i + 1
  })
  fold(world, actors)
  return world
}

function addSession(world: World, dice: Dice, actor: Actor, target: { decky: string; service: string; port: number }, start: number): void {
  const id = `${actor.ip.replaceAll(':', '.')}-${dice.hex(12)}`
  const port = 30_000 + dice.int(30_000)
  let at = start
  const count = { event: 0, command: 0, credential: 0, file: 0 }
  const log = (event_type: string, fields: Record<string, unknown>, wait: number) => {
    at += wait * 1000 * (0.3 + dice.next() * 1.4)
    count.event += 1
    const timestamp = new Date(Math.min(at, world.now)).toISOString()
    world.logs.push({
      id: dice.uuid(),
      seq: 0,
      timestamp,
      topic: 'system.log',
      decky: target.decky,
      service: target.service,
      event_type,
      attacker_ip: actor.ip,
      attacker_port: port,
      session_id: id,
      fields,
      msg: null,
      raw_line: `<134>1 ${timestamp} ${target.decky} ${target.service} - ${event_type} [relay@55555 src_ip="${actor.ip}" src_port="${port}" ${Object.entries(
        fields,
      )
        .map(([k, v]) => `${k}="${String(v).slice(0, 300)}"`)
        .join(' ')}]`,
    })
  }
  const attempt = (principal: string, secret: string, outcome: string) => {
    count.credential += 1
    log(
      'auth_attempt',
      {
        principal,
        secret_b64: b64(secret),
        secret_printable: secret,
        secret_sha256: sha(secret),
        secret_kind: 'plaintext',
        outcome,
        method: 'password',
      },
      1.6,
    )
  }
  const shell = ['ssh', 'telnet'].includes(target.service)
  let principal: string | null = null
  let inside = false
  log('connect', { local_port: target.port, local_ip: '127.77.0.11' }, 0)
  if (target.service === 'ssh')
    log(
      'client_hello',
      { client_version: dice.pick(['SSH-2.0-libssh_0.9.6', 'SSH-2.0-Go', 'SSH-2.0-OpenSSH_9.2p1', 'SSH-2.0-PuTTY_Release_0.78']) },
      0.1,
    )
  if (target.service === 'http') {
    for (let i = 0; i < (actor.kind === 'prober' ? 4 + dice.int(14) : 1); i += 1)
      log(
        'http_request',
        {
          method: dice.pick(['GET', 'GET', 'POST']),
          path: dice.pick(paths),
          version: '1.1',
          status: dice.pick([404, 404, 200, 403]),
          user_agent: 'Mozilla/5.0 zgrab/0.x',
          headers: '[["Host","127.77.0.11"]]',
        },
        0.4,
      )
  } else if (target.service === 'redis' && actor.kind !== 'scanner') {
    for (const command of ['INFO server', 'CONFIG SET dir /root/.ssh', 'CONFIG SET dbfilename authorized_keys', 'SAVE']) {
      count.command += 1
      log('command', { command, user: '', mode: 'exec' }, 1.2)
    }
  } else if (actor.kind !== 'scanner') {
    const tries = actor.kind === 'sprayer' ? 8 + dice.int(40) : 1 + dice.int(5)
    for (let i = 0; i < tries; i += 1) {
      principal = actor.kind === 'odd' ? dice.pick(hostileNames) : dice.pick(users)
      attempt(principal, actor.kind === 'odd' && i % 2 === 0 ? dice.pick(hostileNames.slice(0, 9)) : dice.pick(passwords), 'failure')
    }
    if ((actor.kind === 'intruder' || actor.kind === 'odd') && (shell || target.service === 'ftp')) {
      principal = actor.kind === 'odd' ? (hostileNames[1] ?? '') : 'root'
      attempt(principal, 'K3strel!2024', 'success')
      inside = true
    }
    if (inside && shell) {
      for (let i = 0; i < 6 + dice.int(14); i += 1) {
        const command = actor.kind === 'odd' && i % 3 === 0 ? dice.pick(hostileCommands) : dice.pick(commands)
        count.command += 1
        log('command', { command, user: principal, cwd: '/root', mode: 'interactive' }, 9)
        if (command.includes('198.51.100.7'))
          log('download_attempt', { url: command.match(/http:\S+/u)?.[0].slice(0, 200) ?? '', tool: 'curl' }, 0.1)
      }
      if (dice.next() < 0.4) {
        count.file += 1
        log('file_captured', { sha256: sha(id), size: 1000 + dice.int(2_000_000), path: '/dev/shm/.k', via: 'scp', truncated: 'false' }, 4)
      }
    }
  }
  const open = at > world.now - 60_000
  if (!open) log('disconnect', { reason: 'client', duration_ms: at - start, bytes_in: 4000, bytes_out: 21_000 }, 2)
  world.sessions.push({
    id,
    attacker_uuid: actor.uuid,
    attacker_ip: actor.ip,
    decky: target.decky,
    service: target.service,
    started_at: new Date(Math.min(start, world.now)).toISOString(),
    ended_at: open ? null : new Date(Math.min(at, world.now)).toISOString(),
    duration_s: open ? null : (at - start) / 1000,
    end_reason: open ? null : 'closed',
    event_count: count.event,
    command_count: count.command,
    credential_count: count.credential,
    file_count: count.file,
    principal,
    logged_in: inside,
    client: target.service === 'ssh' ? 'SSH-2.0-libssh_0.9.6' : null,
    has_replay: inside && shell,
  })
}

const levels: readonly [number, Severity][] = [
  [80, 'critical'],
  [55, 'high'],
  [30, 'medium'],
  [10, 'low'],
  [0, 'info'],
]

/** What the server's workers would have derived. */
function fold(world: World, actors: readonly Actor[]): void {
  const known = new Map(actors.map((a) => [a.ip, a]))
  const creds = new Map<string, Credential>()
  for (const row of world.logs) {
    if (row.event_type !== 'auth_attempt') continue
    const text = String(row.fields.secret_printable)
    const principal = String(row.fields.principal)
    const key = `${row.attacker_ip} ${row.decky} ${row.service} ${principal} ${text}`
    const before = creds.get(key)
    if (before) {
      before.attempt_count += 1
      before.last_seen = row.timestamp
      if (row.fields.outcome === 'success') before.outcome = 'success'
    } else
      creds.set(key, {
        id: String(creds.size + 1),
        attacker_ip: row.attacker_ip ?? '',
        attacker_uuid: known.get(row.attacker_ip ?? '')?.uuid ?? null,
        decky: row.decky ?? '',
        service: row.service ?? '',
        principal,
        principal_b64: b64(principal),
        secret_kind: 'plaintext',
        secret_sha256: sha(text),
        secret_b64: b64(text),
        secret_printable: text,
        outcome: row.fields.outcome === 'success' ? 'success' : 'failure',
        method: 'password',
        first_seen: row.timestamp,
        last_seen: row.timestamp,
        attempt_count: 1,
        target_count: 1,
      })
  }
  world.credentials = [...creds.values()]
  const bySecret = Map.groupBy(world.credentials, (c) => c.secret_sha256)
  for (const [secret, list] of bySecret) {
    const targets = [...new Map(list.map((c) => [`${c.decky} ${c.service}`, { decky: c.decky, service: c.service }])).values()]
    for (const c of list) c.target_count = ['K3strel!2024', 'hunter2', 'vizxv'].includes(c.secret_printable) ? targets.length : 1
    const first = list[0]
    if (!first || first.target_count < 2) continue
    world.reuse.push({
      id: `${secret.slice(0, 8)}-${secret.slice(8, 12)}-4${secret.slice(13, 16)}-a${secret.slice(17, 20)}-${secret.slice(20, 32)}`,
      secret_sha256: secret,
      secret_kind: 'plaintext',
      principal: first.principal,
      secret_b64: first.secret_b64,
      secret_printable: first.secret_printable,
      attacker_uuids: [...new Set(list.flatMap((c) => c.attacker_uuid ?? []))],
      attacker_ips: [...new Set(list.map((c) => c.attacker_ip))],
      deckies: [...new Set(targets.map((t) => t.decky))],
      services: [...new Set(targets.map((t) => t.service))],
      targets,
      target_count: targets.length,
      attempt_count: list.reduce((n, c) => n + c.attempt_count, 0),
      confidence: 1,
      first_seen: first.first_seen,
      last_seen: list.at(-1)?.last_seen ?? first.last_seen,
      updated_at: first.last_seen,
    })
  }
  const logsBy = Map.groupBy(world.logs, (r) => r.attacker_ip)
  const sessionsBy = Map.groupBy(world.sessions, (s) => s.attacker_ip)
  for (const actor of actors) {
    const rows = logsBy.get(actor.ip) ?? []
    const sessions = sessionsBy.get(actor.ip) ?? []
    const [first, last] = [rows[0], rows.at(-1)]
    if (first && last)
      world.attackers.push(
        attackerOf(actor, rows, sessions, first, last, world.credentials.filter((c) => c.attacker_ip === actor.ip).length),
      )
  }
  for (const d of world.deckies) {
    const rows = world.logs.filter((r) => r.decky === d.name)
    d.event_count = rows.length
    d.attacker_count = new Set(rows.map((r) => r.attacker_ip)).size
    d.last_contact = rows.at(-1)?.timestamp ?? null
  }
}

function attackerOf(
  actor: Actor,
  rows: readonly LogRow[],
  sessions: readonly Session[],
  first: LogRow,
  last: LogRow,
  credentials: number,
): Attacker {
  const sum = (f: (s: Session) => number) => sessions.reduce((n, s) => n + f(s), 0)
  const [logins, files, deckies] = [sum((s) => Number(s.logged_in)), sum((s) => s.file_count), [...new Set(sessions.map((s) => s.decky))]]
  const parts = [
    { part: 'got_in', points: logins > 0 ? 30 : 0, why: `${logins} log-ins succeeded` },
    { part: 'reused_secret', points: logins > 1 && deckies.length > 1 ? 26 : 0, why: `one password worked on ${deckies.length} deckies` },
    { part: 'dropped_file', points: files > 0 ? 22 : 0, why: `${files} files were left, last /dev/shm/.k` },
    { part: 'breadth', points: Math.min(12, deckies.length * 3), why: `touched ${deckies.length} deckies` },
    { part: 'persistence', points: Math.min(10, sessions.length / 4), why: `came back ${sessions.length} times` },
  ].filter((p) => p.points > 0)
  const score = Math.min(
    100,
    parts.reduce((n, p) => n + p.points, 0),
  )
  const tries = sum((s) => s.credential_count)
  const odd = actor.kind === 'odd' ? ` as ${hostileNames[1] ?? ''}` : ''
  return {
    uuid: actor.uuid,
    ip: actor.ip,
    first_seen: first.timestamp,
    last_seen: last.timestamp,
    event_count: rows.length,
    session_count: sessions.length,
    credential_count: credentials,
    command_count: sum((s) => s.command_count),
    file_count: files,
    login_count: logins,
    service_count: new Set(sessions.map((s) => s.service)).size,
    decky_count: deckies.length,
    services: [...new Set(sessions.map((s) => s.service))],
    deckies,
    is_traversal: deckies.length > 1,
    traversal_path: deckies.length > 1 ? deckies.join(' > ') : null,
    score,
    severity: levels.find(([from]) => score >= from)?.[1] ?? 'info',
    score_parts: parts,
    headline:
      logins > 0
        ? `tried ${tries} passwords on ${deckies.length} deckies, got in ${logins} times${odd}${files > 0 ? ` and left ${files} files` : ''}`
        : tries > 0
          ? `tried ${tries} passwords on ${deckies.length} deckies, never got in`
          : rows.some((r) => r.event_type === 'http_request')
            ? `asked for ${rows.length} pages on ${deckies.length} deckies`
            : `knocked ${sessions.length} times and left`,
  }
}
