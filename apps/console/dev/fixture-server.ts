/**
 * The API with invented data, for looking at the console: development and screenshots only, never part of the product.
 * `node dev/fixture-server.ts [--port 8099] [--rows 100000] [--rate 3] [--deckies 5] [--empty] [--first-login] [--dist DIR]`; any password logs in but "wrong".
 */
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { parseArgs } from 'node:util'
import type { LogRow } from '@decnet/contracts/api'
import { histogramOf, logsOf, matcherOf, replayOf, statsOf, topOf } from './answers.ts'
import { diceOf } from './dice.ts'
import { fleetAnswers } from './fleet-answers.ts'
import { workersOf } from './workers.ts'
import { makeWorld } from './world.ts'

const { values: flags } = parseArgs({
  options: {
    port: { type: 'string', default: '8099' },
    rows: { type: 'string', default: '100000' },
    rate: { type: 'string', default: '3' },
    deckies: { type: 'string' },
    empty: { type: 'boolean' },
    dist: { type: 'string', default: join(import.meta.dirname, '../dist') },
    'first-login': { type: 'boolean' },
  },
})
const world = makeWorld(Date.now(), flags.empty ? 0 : Number(flags.rows), flags.deckies === undefined ? undefined : Number(flags.deckies))
const fleet = fleetAnswers(world)
const dice = diceOf(3)
const dist = flags.dist
const csp =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:"
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}
let mustChange = flags['first-login'] === true
const iso = (ago: number) => new Date(Date.now() - ago).toISOString()
const me = () => ({
  uuid: '11111111-1111-4111-a111-111111111111',
  username: 'admin',
  role: 'admin',
  must_change_password: mustChange,
  created_at: iso(1e10),
  last_login_at: iso(1e5),
})
const users = [
  me(),
  {
    uuid: '22222222-2222-4222-a222-222222222222',
    username: 'night.shift@soc',
    role: 'viewer',
    must_change_password: false,
    created_at: iso(1e9),
    last_login_at: iso(4e6),
  },
  {
    uuid: '33333333-3333-4333-a333-333333333333',
    username: 'hannah',
    role: 'admin',
    must_change_password: true,
    created_at: iso(1e8),
    last_login_at: null,
  },
]
const workers = workersOf(flags.empty === true)

const json = (res: ServerResponse, body: unknown, status = 200) => {
  res.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
  res.end(JSON.stringify(body))
}
const refuse = (res: ServerResponse, status: number, code: string, detail: string, errors?: { field: string; message: string }[]) =>
  json(res, { type: 'about:blank', title: code, status, code, detail, ...(errors ? { errors } : {}) }, status)
const page = <R>(rows: readonly R[], q: URLSearchParams) => {
  const [limit, offset] = [Number(q.get('limit') ?? 50), Number(q.get('offset') ?? 0)]
  return { total: rows.length, limit, offset, data: rows.slice(offset, offset + limit) }
}
const sorted = <R>(rows: readonly R[], q: URLSearchParams, by: Record<string, (r: R) => string | number>, usual: string) => {
  const of = by[q.get('sort_by') ?? usual] ?? (() => 0)
  const sign = q.get('order') === 'asc' ? 1 : -1
  return [...rows].sort((a, b) => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0) * sign)
}
const has = (q: URLSearchParams, name: string, value: string) => !q.get(name) || q.get(name) === value

const attackersFor = (q: URLSearchParams) =>
  world.attackers.filter(
    (a) =>
      (!q.get('service') || a.services.includes(q.get('service') ?? '')) &&
      (!q.get('decky') || a.deckies.includes(q.get('decky') ?? '')) &&
      has(q, 'severity', a.severity) &&
      (!q.get('search') || `${a.ip} ${a.services} ${a.deckies}`.includes(q.get('search') ?? '')) &&
      a.last_seen >= (q.get('start_time') ?? '') &&
      a.first_seen <= (q.get('end_time') ?? '9'),
  )

function list(path: string, q: URLSearchParams): unknown {
  if (path === '/auth/me') return me()
  if (path === '/stats') return statsOf(world, q)
  if (path === '/attackers')
    return page(
      sorted(
        attackersFor(q),
        q,
        {
          recent: (a) => a.last_seen,
          active: (a) => a.event_count,
          traversals: (a) => a.decky_count,
          score: (a) => a.score,
          first_seen: (a) => a.first_seen,
          ip: (a) => a.ip,
        },
        'recent',
      ),
      q,
    )
  if (path === '/attackers/facets') {
    const rows = attackersFor(q)
    const facet = (f: (a: (typeof rows)[number]) => string[]) => topOf(rows.flatMap((a) => f(a).map((value) => ({ value, source: a.ip }))))
    return { service: facet((a) => a.services), decky: facet((a) => a.deckies), severity: facet((a) => [a.severity]) }
  }
  if (path === '/sessions')
    return page(
      world.sessions
        .filter(
          (s) =>
            (!q.get('attacker') || q.get('attacker') === s.attacker_uuid || q.get('attacker') === s.attacker_ip) &&
            has(q, 'decky', s.decky),
        )
        .sort((a, b) => b.started_at.localeCompare(a.started_at)),
      q,
    )
  if (path === '/credentials')
    return page(
      sorted(
        world.credentials.filter(
          (c) =>
            has(q, 'service', c.service) &&
            has(q, 'decky', c.decky) &&
            has(q, 'attacker_ip', c.attacker_ip) &&
            has(q, 'outcome', c.outcome) &&
            has(q, 'secret_sha256', c.secret_sha256) &&
            c.last_seen >= (q.get('start_time') ?? '') &&
            (!q.get('search') || `${c.principal} ${c.secret_printable}`.includes(q.get('search') ?? '')),
        ),
        q,
        {
          last_seen: (c) => c.last_seen,
          first_seen: (c) => c.first_seen,
          attempt_count: (c) => c.attempt_count,
          principal: (c) => c.principal ?? '',
          secret: (c) => c.secret_printable,
          target_count: (c) => c.target_count,
        },
        'last_seen',
      ),
      q,
    )
  if (path === '/credential-reuse')
    return page(
      [...world.reuse].sort((a, b) => b.target_count - a.target_count),
      q,
    )
  if (path === '/credentials/top')
    return topOf(
      world.credentials.map((c) => ({
        value:
          q.get('by') === 'secret'
            ? c.secret_printable
            : q.get('by') === 'principal'
              ? (c.principal ?? '')
              : `${c.principal} : ${c.secret_printable}`,
        source: c.attacker_ip,
      })),
    )
  if (path === '/logs') return page(logsOf(world, q), q)
  if (path === '/logs/histogram') return histogramOf(world, q)
  if (path === '/deckies') return world.deckies
  const answer = fleet.get(path, q)
  if (answer !== undefined) return answer
  if (path === '/workers') return workers.now()
  if (path === '/users') return users
  if (path === '/health')
    return { status: 'healthy', components: { database: { status: 'ok', detail: null }, bus: { status: 'ok', detail: null } } }
  return undefined
}

function one(path: string, q: URLSearchParams): unknown {
  const [, kind, id = '', part] = path.split('/').map(decodeURIComponent)
  if (kind === 'attackers') {
    const a = world.attackers.find((x) => x.uuid === id)
    if (!a) return undefined
    const rows = () => world.logs.filter((r) => r.attacker_ip === a.ip).reverse()
    if (part === 'commands') {
      const kind = q.get('kind') ?? 'command'
      const lines = rows()
        .filter((r) => r.event_type === 'command')
        .map((r) => ({
          kind: r.fields.mode === 'protocol' ? 'request' : 'command',
          id: r.id,
          seq: r.seq,
          timestamp: r.timestamp,
          session_id: r.session_id,
          decky: r.decky ?? '',
          service: r.service ?? '',
          user: null,
          command: String(r.fields.command),
          command_b64: null,
        }))
      const of = (name: string) => lines.filter((line) => name === 'all' || line.kind === name)
      return { ...page(of(kind), q), commands: of('command').length, requests: of('request').length }
    }
    if (part === 'artifacts')
      return page(
        rows()
          .filter((r) => r.event_type === 'file_captured')
          .map((r) => ({
            id: r.id,
            timestamp: r.timestamp,
            session_id: r.session_id,
            decky: r.decky ?? '',
            service: r.service ?? '',
            kind: 'file',
            path: String(r.fields.path),
            sha256: String(r.fields.sha256),
            size: Number(r.fields.size),
            truncated: false,
          })),
        q,
      )
    return a
  }
  if (kind === 'sessions')
    return part === 'events'
      ? page(
          world.logs.filter((r) => r.session_id === id),
          q,
        )
      : world.sessions.find((s) => s.id === id)
  if (kind === 'deckies') return world.deckies.find((d) => d.name === id)
  if (kind === 'credential-reuse') return world.reuse.find((r) => r.id === id)
  return undefined
}

interface Client {
  res: ServerResponse
  match: (row: LogRow) => boolean
  all: boolean
}
const clients = new Set<Client>()
const recordOf = ({ raw_line: _, msg: __, ...row }: LogRow) => `id: ${row.seq}\nevent: record\ndata: ${JSON.stringify(row)}\n\n`

function stream(req: IncomingMessage, res: ServerResponse, q: URLSearchParams): void {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  res.write(': hello\n\n')
  const client = { res, match: matcherOf(q.get('search') ?? ''), all: !q.get('topics') }
  const since = Number(req.headers['last-event-id'] ?? 0)
  if (since > 0) for (const row of world.logs.slice(since)) if (client.all && client.match(row)) res.write(recordOf(row))
  clients.add(client)
  res.on('close', () => clients.delete(client))
}
/** Goes through the old sessions again, as if they came now. */
const lively = world.logs.filter((r) => r.service !== 'http' || r.seq % 4 === 0).slice(-30_000)
let cursor = 0
function beat(count: number): void {
  for (let i = 0; i < count && world.logs.length > 0; i += 1) {
    const old = (lively[cursor % lively.length] ?? world.logs[0]) as LogRow
    cursor += 1
    const row = { ...old, id: dice.uuid(), seq: world.logs.length + 1, timestamp: iso(0), session_id: `${old.session_id}-again` }
    world.logs.push(row)
    for (const client of clients) if (client.all && client.match(row)) client.res.write(recordOf(row))
  }
}
const rate = flags.empty ? 0 : Number(flags.rate)
if (rate > 0) setInterval(() => beat(Math.max(1, Math.round(rate / 20))), Math.max(50, 1000 / rate))
setInterval(() => {
  for (const c of clients) c.res.write(': still here\n\n')
}, 15_000)

async function act(req: IncomingMessage, res: ServerResponse, path: string): Promise<void> {
  let text = ''
  for await (const chunk of req) text += chunk
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, string>)
  if (path === '/auth/login') {
    if (body.password === 'wrong') return refuse(res, 401, 'wrong-credentials', 'User name or password is wrong.')
    res.setHeader('set-cookie', 'fixture=1; HttpOnly; SameSite=Strict; Path=/')
    return json(res, { access_token: 'x', token_type: 'bearer', must_change_password: mustChange, expires_at: iso(-1e7) })
  }
  if (path === '/auth/logout') res.setHeader('set-cookie', 'fixture=; Max-Age=0; Path=/')
  if (path === '/auth/change-password') {
    if (body.old_password === 'wrong') return refuse(res, 401, 'wrong-credentials', 'Wrong password.')
    mustChange = false
    res.setHeader('set-cookie', 'fixture=; Max-Age=0; Path=/')
  }
  if (path === '/users' && body.username === 'admin')
    return refuse(res, 422, 'invalid', 'Some fields were refused.', [{ field: 'username', message: 'is taken' }])
  const worker = /^\/workers\/([^/]+)\/(stop|start)$/u.exec(path)
  if (worker?.[1]) {
    workers.ask(worker[1], worker[2] === 'stop')
    return json(res, { accepted: true, worker: worker[1], action: worker[2], desired: worker[2] === 'stop' ? 'stopped' : 'running' }, 202)
  }
  const accepted = fleet.send(path, body, new URL(req.url ?? '/', 'http://localhost').searchParams)
  if (accepted) return json(res, accepted.body, accepted.status)
  if (path === '/workers/start-all') workers.startAll()
  json(res, { message: 'done' })
}

async function file(res: ServerResponse, path: string): Promise<void> {
  const name = normalize(path).replace(/^(\.\.\/)+/u, '')
  const found = extname(name) === '' ? null : await readFile(join(dist, name)).catch(() => null)
  const body = found ?? (await readFile(join(dist, 'index.html')).catch(() => 'Build the console first.'))
  res.writeHead(200, {
    'content-type': types[found ? extname(name) : '.html'] ?? 'application/octet-stream',
    'content-security-policy': csp,
    'x-content-type-options': 'nosniff',
  })
  res.end(body)
}

createServer((req, res) => {
  const url = new URL(req.url ?? '/', 'http://localhost')
  const path = url.pathname.replace(/^\/api\/v1/u, '')
  if (!url.pathname.startsWith('/api/')) return void file(res, url.pathname)
  if (path !== '/auth/login' && !req.headers.cookie?.includes('fixture=1')) return refuse(res, 401, 'unauthorised', 'Log in first.')
  if (req.method !== 'GET') return void act(req, res, path)
  if (path === '/stream') return stream(req, res, url.searchParams)
  const replay = /^\/sessions\/([^/]+)\/replay$/u.exec(path)?.[1]
  if (replay) {
    res.writeHead(200, { 'content-type': 'application/x-asciicast' })
    return void res.end(replayOf(world, decodeURIComponent(replay)))
  }
  const answer = list(path, url.searchParams) ?? one(path, url.searchParams)
  if (answer === undefined) return refuse(res, 404, 'not-found', 'There is no such thing.')
  json(res, answer)
}).listen(Number(flags.port), '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${flags.port}\n`))
