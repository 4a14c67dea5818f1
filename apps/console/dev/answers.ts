import type { LogRow, Stats } from '@decnet/contracts/api'
import { parse } from '../src/search/grammar.ts'
import { size } from '../src/time/words.ts'
import type { World } from './world.ts'

const columns: Record<string, (r: LogRow) => string | null> = {
  decky: (r) => r.decky,
  service: (r) => r.service,
  event: (r) => r.event_type,
  attacker: (r) => r.attacker_ip,
  session: (r) => r.session_id,
  topic: (r) => r.topic,
}

export function matcherOf(search: string): (row: LogRow) => boolean {
  const terms = parse(search)
  return (row) =>
    terms.every((t) => {
      const column = t.key === null ? undefined : columns[t.key]
      const holds = column
        ? column(row) === t.value
        : t.key === null
          ? row.raw_line.toLowerCase().includes(t.value.toLowerCase())
          : String(row.fields[t.key] ?? '') === t.value
      return holds !== t.negated
    })
}

export function logsOf(world: World, q: URLSearchParams): LogRow[] {
  const match = matcherOf(q.get('search') ?? '')
  const [from, to] = [q.get('start_time') ?? '', q.get('end_time') ?? '9']
  const after = Number(q.get('after') ?? 0)
  const before = Number(q.get('before') ?? Number.MAX_SAFE_INTEGER)
  return world.logs.filter((r) => r.seq > after && r.seq < before && r.timestamp >= from && r.timestamp <= to && match(r)).reverse()
}

export function histogramOf(world: World, q: URLSearchParams) {
  const width = Number(q.get('interval_minutes') ?? 15) * 60_000
  const buckets = new Map<number, Record<string, number>>()
  for (const row of logsOf(world, q)) {
    const at = Math.floor(Date.parse(row.timestamp) / width) * width
    const services = buckets.get(at) ?? {}
    services[row.service ?? ''] = (services[row.service ?? ''] ?? 0) + 1
    buckets.set(at, services)
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([at, services]) => ({ time: new Date(at).toISOString(), count: Object.values(services).reduce((n, c) => n + c, 0), services }))
}

export function topOf(rows: readonly { value: string; source: string }[], most = 10) {
  const groups = Map.groupBy(rows, (r) => r.value)
  return [...groups]
    .map(([value, list]) => ({ value, count: list.length, sources: new Set(list.map((r) => r.source)).size }))
    .sort((a, b) => b.count - a.count)
    .slice(0, most)
}

export function statsOf(world: World, q: URLSearchParams): Stats {
  const end = Date.parse(q.get('end_time') ?? '') || Date.now()
  const start = Date.parse(q.get('start_time') ?? '') || end - 86_400_000
  const rows = world.logs.map((r) => ({ ...r, at: Date.parse(r.timestamp) })).filter((r) => r.at >= start - (end - start) && r.at <= end)
  const figure = (pick: (r: LogRow) => string | null) => {
    const cells = Array.from({ length: 24 }, () => new Set<string>())
    const [now, before] = [new Set<string>(), new Set<string>()]
    for (const r of rows) {
      const key = pick(r)
      if (key === null) continue
      if (r.at < start) before.add(key)
      else {
        now.add(key)
        cells[Math.min(23, Math.floor(((r.at - start) / (end - start)) * 24))]?.add(key)
      }
    }
    return { value: now.size, previous: before.size, series: cells.map((c) => c.size) }
  }
  const now = rows.filter((r) => r.at >= start)
  const of = (type: string, field: string) =>
    topOf(now.filter((r) => r.event_type === type).map((r) => ({ value: String(r.fields[field]), source: r.attacker_ip ?? '' })))
  const seen = world.attackers.filter((a) => Date.parse(a.last_seen) >= start && Date.parse(a.first_seen) <= end)
  const byScore = [...seen].sort((a, b) => b.score - a.score)
  const type = (name: string, more: (r: LogRow) => boolean = () => true) => figure((r) => (r.event_type === name && more(r) ? r.id : null))
  return {
    total_logs: world.logs.length,
    unique_attackers: world.attackers.length,
    active_deckies: world.deckies.length,
    deployed_deckies: world.deckies.length,
    period: { start_time: new Date(start).toISOString(), end_time: new Date(end).toISOString() },
    sources: figure((r) => r.attacker_ip),
    sessions: figure((r) => r.session_id),
    logins: type('auth_attempt', (r) => r.fields.outcome === 'success'),
    credentials: type('auth_attempt'),
    files: type('file_captured'),
    commands: type('command'),
    reuse: {
      value: seen.some((a) => a.login_count > 0) ? world.reuse.length : 0,
      previous: 1,
      series: Array.from({ length: 24 }, (_, i) => Number(i > 20)),
    },
    top_attackers: byScore.slice(0, 10).map(({ uuid, ip, score, severity, event_count, last_seen, headline }) => ({
      uuid,
      ip,
      score,
      severity,
      event_count,
      last_seen,
      headline,
    })),
    top_passwords: of('auth_attempt', 'secret_printable'),
    top_usernames: of('auth_attempt', 'principal'),
    top_commands: of('command', 'command'),
    top_deckies: topOf(now.map((r) => ({ value: r.decky ?? '', source: r.attacker_ip ?? '' }))),
    top_services: topOf(now.map((r) => ({ value: r.service ?? '', source: r.attacker_ip ?? '' }))),
    stories: byScore.slice(0, 7).map((a) => ({
      attacker_uuid: a.uuid,
      ip: a.ip,
      severity: a.severity,
      at: a.last_seen,
      text: `${a.ip} ${a.headline}.`,
      technique: null,
      meta: [`${a.session_count} sessions`, a.services.join(', '), ...(a.file_count > 0 ? [`${a.file_count} files, ${size(48_200)}`] : [])],
    })),
  }
}

/** A recording like a real one: typing, pauses, colours, a full-screen program and what an attacker would like the reader to see. */
export function replayOf(world: World, session: string): string {
  const rows = world.logs.filter((r) => r.session_id === session)
  const start = Date.parse(rows[0]?.timestamp ?? '')
  const host = rows[0]?.decky ?? 'host'
  const lines = [JSON.stringify({ version: 2, width: 100, height: 26, timestamp: start / 1000, env: { TERM: 'xterm-256color' } })]
  const put = (at: number, text: string) => lines.push(JSON.stringify([Number(at.toFixed(3)), 'o', text]))
  const prompt = `\u001b[01;32mroot@${host}\u001b[00m:\u001b[01;34m~\u001b[00m# `
  put(
    0.2,
    `Linux ${host} 6.1.0-28-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22) x86_64\r\n\r\nLast login: Fri Nov 21 09:14:02 2026 from 10.20.0.14\r\n`,
  )
  put(0.4, prompt)
  for (const row of rows.filter((r) => r.event_type === 'command')) {
    let at = (Date.parse(row.timestamp) - start) / 1000 - 1.2
    const command = String(row.fields.command)
    for (const char of command) {
      at += 1.2 / Math.max(20, command.length)
      put(at, char)
    }
    put(at + 0.1, `\r\n${answerTo(command)}`)
    put(at + 0.2, prompt)
  }
  return `${lines.join('\n')}\n`
}
function answerTo(command: string): string {
  if (command.startsWith('uname')) return 'Linux srv 6.1.0-28-amd64 #1 SMP PREEMPT_DYNAMIC x86_64 GNU/Linux\r\n'
  if (command === 'id') return 'uid=0(root) gid=0(root) groups=0(root)\r\n'
  if (command === 'free -m')
    return '               total        used        free      shared  buff/cache   available\r\nMem:            7941        1204        4410          48        2326        6459\r\n'
  if (command.startsWith('cat /etc/shadow'))
    return 'root:$y$j9T$Qx3v:19921:0:99999:7:::\r\ndaemon:*:19780:0:99999:7:::\r\nbin:*:19780:0:99999:7:::\r\n'
  if (command.startsWith('ls'))
    return 'total 12\r\ndrwx------ 2 root root 4096 Nov  3 11:02 \u001b[01;34m.\u001b[0m\r\n-rw------- 1 root root  571 Nov  3 11:02 authorized_keys\r\n'
  return ''
}
