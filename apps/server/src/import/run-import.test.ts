import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryBus } from '@decnet/kernel/bus'
import { createLogger } from '@decnet/kernel/logging'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readEnvironment } from '../config.ts'
import { indexRules } from '../domain/ttp/engine/index-of-rules.ts'
import { type Home, homeAt, prepareHome } from '../home.ts'
import { recordingsIn } from '../recordings.ts'
import { logTable } from '../store/log-table.ts'
import { migrate, openStore, type Store } from '../store/open.ts'
import { writeState } from '../supervisor/state.ts'
import { nullVectors } from '../vectors/memory.ts'
import { hostWorkers } from '../workers/host.ts'
import { workersNamed } from '../workers/manifests.ts'
import { importFolders } from './folders.ts'
import { importIntakes } from './import-intakes.ts'
import { type ImportRequest, runImport } from './run-import.ts'

const line = (index: number) =>
  JSON.stringify({
    eventid: ['cowrie.session.connect', 'cowrie.login.failed', 'cowrie.session.closed'][index % 3],
    session: `s${Math.floor(index / 3)}`,
    username: 'root',
    password: `p${index}`,
    src_ip: `198.51.100.${index % 200}`,
    src_port: 1024 + index,
    sensor: 'svr04',
    timestamp: new Date(Date.UTC(2026, 0, 5) + index * 1000).toISOString(),
  })
const log = (count: number) => Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('')

describe('an import', () => {
  let work: string
  let home: Home
  let file: string
  let request: ImportRequest
  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'run-import-'))
    home = homeAt(join(work, 'home'))
    file = join(work, 'cowrie.json')
    writeFileSync(file, log(30))
    const env = { ...readEnvironment(home.path), databaseUrl: undefined }
    const sources = { recordings: null, downloads: null }
    request = { format: 'cowrie', paths: [file], sources, home, env, wait: true, progress: () => undefined }
  })
  afterEach(() => rmSync(work, { recursive: true, force: true }))

  const stored = async <T>(look: (store: Store) => Promise<T>): Promise<T> => {
    const store = await openStore(home.database, { readonly: true })
    return look(store).finally(() => store.close())
  }
  const sessions = () => stored(({ db }) => db.selectFrom('sessions').select(['decky', 'service', 'end_reason']).execute())

  it('is in the tables when it ends, where no server runs, and adds only what is new when its log has grown', async () => {
    expect(await runImport(request)).toMatchObject({ fresh: 30, folded: true, aside: null, totals: { lines: 30, events: 30 } })
    expect(await sessions()).toEqual(Array(10).fill({ decky: 'svr04', service: 'ssh', end_reason: 'closed' }))
    writeFileSync(file, log(45))
    expect(await runImport(request)).toMatchObject({ fresh: 15, folded: true, totals: { events: 45 } })
    expect(await sessions()).toHaveLength(15)
    expect(readdirSync(importFolders(home).waiting)).toEqual([])
  })

  it('ends a session that goes on in the next file, whichever file comes first', async () => {
    const said = (session: string, second: number, eventid: string, more = {}) =>
      `${JSON.stringify({ ...JSON.parse(line(0)), eventid: `cowrie.${eventid}`, session, timestamp: new Date(Date.UTC(2026, 0, 5) + second * 1000).toISOString(), ...more })}\n`
    const begins = (session: string) => said(session, 0, 'session.connect') + said(session, 1, 'command.input', { input: 'w' })
    const goesOn = (session: string) =>
      said(session, 4_000, 'command.input', { input: 'id' }) + said(session, 4_001, 'command.input', { input: 'ls' })
    for (const text of [begins('one') + goesOn('two'), goesOn('one') + begins('two')]) {
      writeFileSync(file, text)
      expect(await runImport(request)).toMatchObject({ fresh: 4, folded: true })
    }
    const rows = await stored(({ db }) => db.selectFrom('sessions').select(['end_reason', 'ended_at', 'command_count']).execute())
    expect(rows).toEqual(Array(2).fill({ end_reason: 'idle', ended_at: Date.UTC(2026, 0, 5, 1, 6, 41), command_count: 3 }))
  })

  it('waits in the home when nobody wants to wait, and is taken in by the next one that does', async () => {
    expect(await runImport({ ...request, wait: false })).toMatchObject({ fresh: null, folded: false, totals: { events: 30 } })
    expect(existsSync(home.database)).toBe(false)
    expect(await runImport(request)).toMatchObject({ fresh: 30, totals: { events: 30 } })
  })

  it('is read again where the database is another one than that which took it in', async () => {
    await runImport(request)
    await runImport({ ...request, wait: false })
    for (const part of ['', '-wal', '-shm']) rmSync(`${home.database}${part}`, { force: true })
    expect(await runImport(request)).toMatchObject({ fresh: 30 })
  })

  it('is taken in by the server, where one runs', async () => {
    prepareHome(home)
    const store = await openStore(home.database)
    await migrate(store)
    const intakes = importIntakes(importFolders(home).waiting)
    const logger = createLogger({ name: 'test', level: 'silent' })
    const host = hostWorkers({
      manifests: workersNamed(['ingester', 'profiler']),
      parts: {
        log: logTable(store),
        intakes,
        db: store.db,
        retention: {},
        recordings: recordingsIn(home),
        rules: {
          set: async () => ({ index: indexRules([]), release: '18' }),
          own: async () => ({ rules: new Map(), beneath: new Map(), broken: [] }),
        },
        vectors: nullVectors(),
        now: Date.now,
        logger,
      },
      bus: createMemoryBus(),
      logger,
      vitals: () => ({}),
    })
    writeState(home, null)
    try {
      const importing = runImport(request)
      await host.run()
      expect(await importing).toMatchObject({ fresh: 30, folded: true })
      expect(await sessions()).toHaveLength(10)
    } finally {
      await host.close()
      await intakes[Symbol.asyncDispose]()
      await store.close()
    }
  })

  it('says so when the server is gone before everything was taken in', async () => {
    prepareHome(home)
    const store = await openStore(home.database)
    await migrate(store)
    await store.close()
    writeState(home, null)
    const importing = runImport({ ...request, progress: () => rmSync(home.stateFile, { force: true }) })
    await expect(importing).rejects.toMatchObject({ code: 'import_waiting' })
    expect(readdirSync(importFolders(home).waiting)).toHaveLength(1)
  })

  it('of one log is not done twice at the same time', async () => {
    const both = await Promise.allSettled([runImport({ ...request, wait: false }), runImport({ ...request, wait: false })])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'import_running' } })
  })

  it.each([
    ['of a format that is none', 'toString', 'cowrie.json', 'import_format'],
    ['of nothing that is there', 'cowrie', 'nowhere.json', 'import_absent'],
    ['of a folder without a log', 'cowrie', 'empty', 'import_nothing'],
    ['of another format, of lines', 'rfc5424', 'cowrie.json', 'import_other_format'],
    ['of another format, of JSON', 'opencanary', 'cowrie.json', 'import_other_format'],
  ])('%s is refused', async (_what, format, name, code) => {
    mkdirSync(join(work, 'empty'))
    await expect(runImport({ ...request, format, paths: [join(work, name)] })).rejects.toMatchObject({ code })
    expect(existsSync(home.path)).toBe(false)
  })

  it('tells no event of an empty file, and of one that holds nothing it knows', async () => {
    writeFileSync(file, '')
    expect(await runImport(request)).toMatchObject({ fresh: 0, totals: { files: 1, lines: 0, events: 0 } })
    writeFileSync(file, 'nothing\nknown\n')
    expect(await runImport(request)).toMatchObject({ fresh: 0, likely: null, totals: { lines: 2, unknown: 2 } })
  })

  it('names the format that it looks like, also where the first lines are of none', async () => {
    const other = { ...request, format: 'rfc5424' }
    await expect(runImport(other)).rejects.toMatchObject({
      message: expect.stringContaining('it looks like cowrie'),
      hint: expect.stringContaining('--format cowrie'),
    })
    writeFileSync(file, `${'x\n'.repeat(49)}${log(30)}`)
    await expect(runImport(other)).rejects.toMatchObject({ code: 'import_other_format' })
    writeFileSync(file, `${'x\n'.repeat(60)}${log(30)}`)
    expect(await runImport(other)).toMatchObject({ fresh: 0, likely: null, totals: { lines: 90, unknown: 90 } })
  })

  it('counts events that nobody can be blamed for, and keeps what their lines say', async () => {
    const of = (src_ip: unknown, n: number) => `${JSON.stringify({ ...JSON.parse(line(0)), session: `n${n}`, src_ip })}\n`
    writeFileSync(file, ['999.1.1.1', 'fe80::1%eth0', 'evil.example.com', undefined, { x: 1 }].map(of).join(''))
    expect(await runImport(request)).toMatchObject({
      fresh: 4,
      totals: { lines: 5, events: 4, unknown: 1, nameless: 3, reasons: { 'src_ip is no text': 1 } },
    })
    const rows = await stored(({ db }) =>
      db.selectFrom('log').select(['attacker_ip', 'body']).where('type', '=', 'connect').orderBy('seq').execute(),
    )
    expect(rows.map(({ attacker_ip, body }) => [attacker_ip, JSON.parse(body).src_ip])).toEqual([
      [null, '999.1.1.1'],
      ['fe80::1', undefined],
      [null, 'evil.example.com'],
      [null, undefined],
    ])
  })
})
