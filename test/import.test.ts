import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate, openStore, type Store } from '../apps/server/src/store/open.ts'
import { wish } from '../apps/server/src/store/worker-desires.ts'
import { manifests } from '../apps/server/src/workers/manifests.ts'
import { run } from './rig/client.ts'
import { type CowrieLog, makeCowrieLog } from './rig/cowrie-log.ts'

const DECNET = join(import.meta.dirname, '..', 'bin', 'decnet')
const args = (...given: string[]) => ['import', '--json', '--format', 'cowrie', ...given]

interface Summary {
  readonly files: number
  readonly lines: number
  readonly events: number
  readonly skipped_duplicate: number
  readonly unknown: number
  readonly by_type: Record<string, number>
  readonly kept_aside: string
  readonly folded: boolean
}

/** Folds whose rows are counted here; those that think further have tests of their own. */
const COUNTED = ['credentials', 'profiler', 'reuse-correlator']

async function newHome(path: string): Promise<void> {
  mkdirSync(path, { mode: 0o700 })
  const store = await openStore(join(path, 'decnet.db'))
  await migrate(store)
  for (const { name, kind } of manifests)
    if (kind === 'fold' && !COUNTED.includes(name)) await wish(store.db, { name, stopped: true, by: 'test', now: 0 })
  await store.close()
}

const TABLES = ['log', 'attackers', 'sessions', 'credentials', 'credential_reuse', 'dead_letters'] as const

/** Every row of the tables that hold what happened; without numbers of the log where they may follow the turns that folds took. */
async function tables(home: string, numbered: boolean): Promise<readonly (readonly [table: string, rows: readonly string[]])[]> {
  const store: Store = await openStore(join(home, 'decnet.db'), { readonly: true })
  const shown = (row: unknown) => JSON.stringify(row, (name, value: unknown) => (!numbered && /seq$/.test(name) ? undefined : value))
  try {
    const all = TABLES.map(async (table) => [table, (await store.db.selectFrom(table).selectAll().execute()).map(shown).sort()] as const)
    return await Promise.all(all)
  } finally {
    await store.close()
  }
}
/** Rows that are only on one side, a few of each table. */
const differences = (one: Awaited<ReturnType<typeof tables>>, other: Awaited<ReturnType<typeof tables>>): unknown[] =>
  one.flatMap(([table, rows], index) => {
    const others = other[index]?.[1] ?? []
    const [left, right] = [new Set(rows), new Set(others)]
    const only = [...rows.filter((row) => !right.has(row)), ...others.filter((row) => !left.has(row))]
    return rows.length === others.length && only.length === 0 ? [] : [[table, rows.length, others.length, only.slice(0, 4)]]
  })

/** What the log itself says, by jq, of its events, each once. */
const COUNTS = `
  [.[] | select(.eventid | startswith("cowrie.login."))] as $logins
  | (INDEX(.[] | select(.protocol); .session) | map_values(.protocol)) as $protocols
  | {
      kinds: (group_by(.eventid) | map({key: .[0].eventid, value: length}) | from_entries),
      addresses: ([.[].src_ip] | unique | length),
      sessions: ([.[] | [.sensor, .session]] | unique | length),
      closed: ([.[] | select(.eventid == "cowrie.session.closed") | [.sensor, .session]] | unique | length),
      credentials: ($logins | map([.src_ip, .sensor, $protocols[.session], .username, .password]) | unique | length),
      pairs: ($logins | map([.username, .password]) | unique | length),
      files: ([.[] | select(.eventid | startswith("cowrie.session.file_")) | .shasum | select(.)] | unique | length)
    }`
interface Source {
  readonly kinds: Record<string, number>
  readonly addresses: number
  readonly sessions: number
  readonly closed: number
  readonly credentials: number
  readonly pairs: number
  readonly files: number
}

describe("an imported log of Cowrie's with 100,000 events", { timeout: 600_000 }, () => {
  const work = mkdtempSync(join(tmpdir(), 'import-'))
  const home = join(work, 'home')
  let log: CowrieLog
  let summary: Summary

  const decnetImport = async (...given: string[]): Promise<Summary> => {
    const { code, stdout, stderr } = await run(DECNET, args(...given), { timeoutMs: 500_000 })
    if (code !== 0) throw new Error(stderr)
    return JSON.parse(stdout) as Summary
  }
  const whole = (into: string) => ['--home', into, '--ttylogs', log.ttylogs, '--downloads', log.downloads, log.logs]
  /** The events of the log, each once. */
  const unique = join(work, 'unique.jsonl')
  let source: Source
  beforeAll(async () => {
    log = makeCowrieLog({ folder: join(work, 'cowrie'), events: 100_000 })
    const read = `(gunzip -c "$1"/*.gz; for f in "$1"/cowrie.json*; do case "$f" in *.gz) ;; *) cat "$f" ;; esac; done) | jq -R 'fromjson? // empty' -c | LC_ALL=C sort -u > "$2"`
    execFileSync('bash', ['-c', read, 'bash', log.logs, unique])
    source = JSON.parse(execFileSync('jq', ['-s', COUNTS, unique], { encoding: 'utf8' })) as Source
    await newHome(home)
    summary = await decnetImport(...whole(home))
  }, 600_000)
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  const sql = async <T>(query: (store: Store) => Promise<T>): Promise<T> => {
    const store = await openStore(join(home, 'decnet.db'), { readonly: true })
    return query(store).finally(() => store.close())
  }

  it('says how many lines it read, and keeps aside what it did not understand', () => {
    expect(summary).toMatchObject({ files: 6, lines: log.lines, unknown: log.broken, skipped_duplicate: expect.any(Number), folded: true })
    expect(readFileSync(summary.kept_aside, 'utf8').trimEnd().split('\n')).toHaveLength(log.broken)
  })

  it('has as many events of each type as jq counts in it', async () => {
    const { kinds } = source
    const of = (...names: string[]) => names.reduce((sum, name) => sum + (kinds[`cowrie.${name}`] ?? 0), 0)
    const rows = await sql(({ db }) =>
      db
        .selectFrom('log')
        .select(['type', (eb) => eb.fn.countAll<number>().as('rows')])
        .where('topic', '=', 'system.log')
        .where('type', '<>', 'tick')
        .groupBy('type')
        .execute(),
    )
    const expected = {
      connect: of('session.connect'),
      client_hello: of('client.version', 'client.kex'),
      auth_attempt: of('login.success', 'login.failed', 'client.fingerprint'),
      command: of('command.input'),
      download_attempt: of('session.file_download', 'session.file_download.failed'),
      file_captured: of('session.file_download', 'session.file_upload'),
      forward_attempt: of('direct-tcpip.request', 'direct-tcpip.data'),
      session_recorded: of('log.closed'),
      disconnect: of('session.closed'),
    }
    expect(Object.fromEntries(rows.map(({ type, rows }) => [type, Number(rows)]))).toEqual(expected)
    expect(Object.values(expected).reduce((sum, count) => sum + count, 0)).toBe(summary.events)
    expect(Object.values(kinds).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(100_000)
  })

  it('has the addresses, sessions, credentials and files that jq counts in it', async () => {
    const found = await sql(async ({ db }) => {
      const count = async (table: 'attackers' | 'sessions' | 'credentials') =>
        Number(
          (
            await db
              .selectFrom(table)
              .select((eb) => eb.fn.countAll<number>().as('rows'))
              .executeTakeFirstOrThrow()
          ).rows,
        )
      const secrets = await db.selectFrom('credentials').select(['principal_b64', 'secret_b64']).distinct().execute()
      const files = await db.selectFrom('log').select('body').where('type', '=', 'file_captured').execute()
      const hashes = new Set(files.map(({ body }) => (JSON.parse(body) as { sha256: string }).sha256))
      return {
        addresses: await count('attackers'),
        sessions: await count('sessions'),
        credentials: await count('credentials'),
        pairs: secrets.length,
        files: hashes.size,
      }
    })
    const { addresses, sessions, credentials, pairs, files } = source
    expect(found).toEqual({ addresses, sessions, credentials, pairs, files })
  })

  it('brings the recordings and the files that lie beside it, by their hash', () => {
    const { replays, artifacts } = { replays: join(home, 'imported', 'replays'), artifacts: join(home, 'imported', 'artifacts') }
    expect(readdirSync(replays)).toHaveLength(source.kinds['cowrie.log.closed'] ?? 0)
    expect(readdirSync(artifacts).sort()).toEqual(readdirSync(log.downloads).sort())
    const [first = ''] = readdirSync(replays)
    const [head, ...events] = readFileSync(join(replays, first), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(head).toMatchObject({ version: 2 })
    expect(events.length).toBeGreaterThan(1)
    expect(statSync(join(replays, first)).mode & 0o777).toBe(0o600)
  })

  it('ends every session: those that closed when they did, the others by silence', async () => {
    const reasons = await sql(({ db }) =>
      db
        .selectFrom('sessions')
        .select(['end_reason', (eb) => eb.fn.countAll<number>().as('rows')])
        .groupBy('end_reason')
        .execute(),
    )
    expect(Object.fromEntries(reasons.map(({ end_reason, rows }) => [end_reason, Number(rows)]))).toEqual({
      closed: source.closed,
      idle: source.sessions - source.closed,
    })
    expect(existsSync(join(home, 'imports')) ? readdirSync(join(home, 'imports')) : []).toEqual([])
  })

  it('changes nothing when it is imported twice', async () => {
    const before = await tables(home, true)
    const again = await decnetImport(...whole(home))
    expect(again).toMatchObject({ lines: log.lines, events: 0, unknown: log.broken })
    expect(differences(before, await tables(home, true))).toEqual([])
  })

  it('is the same when it was killed time and again and begun again', async () => {
    const other = join(work, 'killed')
    await newHome(other)
    let kills = 0
    for (let wait = 600; ; wait *= 1.5) {
      const child = spawn(DECNET, args(...whole(other)), { stdio: 'ignore' })
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
      const code = await Promise.race([ended, pause(wait, 'late' as const)])
      if (code === 0) break
      if (code !== 'late') throw new Error(`the import ended with ${code}`)
      child.kill('SIGKILL')
      await ended
      kills++
    }
    expect(kills).toBeGreaterThan(3)
    expect(differences(await tables(home, false), await tables(other, false))).toEqual([])
  })
})
