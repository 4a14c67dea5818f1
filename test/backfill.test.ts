import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@decnet/kernel'
import type { NewLogRecord } from '@decnet/kernel/log'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { homeAt, prepareHome } from '../apps/server/src/home.ts'
import { logTable } from '../apps/server/src/store/log-table.ts'
import { migrate, openStore } from '../apps/server/src/store/open.ts'
import { manifests } from '../apps/server/src/workers/manifests.ts'
import { DECNET, decnet, errorOf } from './rig/cli.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'
import { openStream } from './rig/stream.ts'

const T0 = Date.UTC(2026, 9, 1)
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const record = (type: string, n: number, body: Record<string, unknown>): NewLogRecord => ({
  ...{ id: newId(), topic: 'system.log', ts: T0 + n * 1_000, source: 'sensor', type, decky: 'web-01', service: 'ssh' },
  ...{ attackerIp: `203.0.113.${n % 50}`, attackerPort: null, sessionId: `session-${n % 50}`, body, msg: null },
})
/** What a sensor saw, at which nobody looked: each tenth command is one that a rule knows, and names are guessed. */
const seen = (count: number): NewLogRecord[] =>
  Array.from({ length: count }, (_, n) =>
    n % 2 === 0
      ? record('command', n, { command: n % 20 === 0 ? 'cat /etc/shadow' : `echo ${n}`, mode: 'interactive' })
      : record('auth_attempt', n, { principal: `user-${n % 7}`, outcome: 'failure', secret_kind: 'plaintext', secret_printable: 'x' }),
  )

async function homeWith(records: readonly NewLogRecord[]): Promise<string> {
  const path = mkdtempSync(join(tmpdir(), 'backfill-'))
  folders.push(path)
  const home = homeAt(path)
  prepareHome(home)
  await using store = await openStore(home.database)
  await migrate(store)
  await logTable(store).transaction((_tx, log) => log.append(records))
  return path
}
async function tagsOf(home: string): Promise<readonly string[]> {
  await using store = await openStore(homeAt(home).database, { readonly: true })
  return (await store.db.selectFrom('ttp_tags').select('uuid').orderBy('uuid').execute()).map(({ uuid }) => uuid)
}
interface Summary {
  readonly records: number
  readonly new_tags: number
  readonly resumed: boolean
  readonly techniques: Record<string, number>
}
async function lookBack(home: string, ...args: readonly string[]): Promise<Summary> {
  const { code, stdout, stderr } = await decnet(['ttp', 'backfill', '--home', home, '--json', ...args])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.trim().split('\n')).toHaveLength(1)
  return JSON.parse(stdout) as Summary
}

describe('without a server', () => {
  it('killed in the middle and begun again, it goes on and ends with the same tags, told of once', async () => {
    const records = seen(5_000)
    const [whole, cut] = [await homeWith(records), await homeWith(records)]
    const all = await lookBack(whole, '--since', 'all')
    expect(all).toMatchObject({ records: 5_000, resumed: false })
    expect(all.techniques['T1003.008']).toBe(250)
    const child = spawn(DECNET, ['ttp', 'backfill', '--since', 'all', '--home', cut], { stdio: 'ignore' })
    const gone = new Promise((resolve) => child.once('exit', resolve))
    {
      await using store = await openStore(homeAt(cut).database, { readonly: true })
      const tags = async () => (await store.db.selectFrom('ttp_tags').select('uuid').limit(1).execute()).length
      await expect.poll(tags, { timeout: 60_000, interval: 20 }).toBeGreaterThan(0)
    }
    child.kill('SIGKILL')
    await gone
    const before = (await tagsOf(cut)).length
    expect(before).toBeLessThan(all.new_tags)
    expect(await lookBack(cut, '--since', 'all')).toMatchObject({ records: 5_000, resumed: true, new_tags: all.new_tags })
    expect(await tagsOf(cut)).toEqual(await tagsOf(whole))
    await using store = await openStore(homeAt(cut).database, { readonly: true })
    const told = await store.db.selectFrom('log').select('body').where('topic', '=', 'ttp.tagged').execute()
    const uuids = told.flatMap(({ body }) => (JSON.parse(body) as { tag_uuids: string[] }).tag_uuids)
    expect(uuids.sort()).toEqual(await tagsOf(cut))
    expect(await lookBack(cut, '--since', 'all')).toMatchObject({ resumed: false, new_tags: 0 })
  })

  it('says what it does not understand', async () => {
    const home = await homeWith([])
    const failure = async (...args: string[]) => {
      const result = await decnet(['ttp', 'backfill', '--home', home, '--json', ...args])
      return [result.code, errorOf(result).code]
    }
    expect(await failure()).toEqual([expect.any(Number), 'usage'])
    expect(await failure('--since', 'yesterday')).toEqual([expect.any(Number), 'usage'])
    expect(await failure('--since', '2026-10-02', '--until', '2026-10-01')).toEqual([expect.any(Number), 'usage'])
    expect(await failure('--since', '7d', '--rule', 'R9999')).toEqual([expect.any(Number), 'rule_unknown'])
    expect(await lookBack(home, '--since', '1y')).toMatchObject({ records: 0, new_tags: 0 })
  })
})

describe('beside a server', () => {
  let fleet: Fleet
  beforeAll(async () => {
    const home = await homeWith(seen(2_000))
    const others = manifests.flatMap(({ name, definition }) => (definition && name !== 'ttp-tagger' ? [name] : []))
    fleet = await startFleet({ home, env: { DECNET_WORKERS: others.join(',') } })
  })
  afterAll(() => fleet?.[Symbol.asyncDispose]())

  it('the server does it while it runs, and whoever watches is told', async () => {
    const watching = await openStream(fleet, { query: '?topics=ttp.>' })
    const first = await lookBack(fleet.home, '--since', '2026-10-01', '--rule', 'R0014')
    expect(first).toMatchObject({ techniques: { 'T1003.008': 100 }, new_tags: 100 })
    const heard = () => watching.signals.some(({ topic }) => topic === 'ttp.rule.fired.T1003')
    await expect.poll(heard, { timeout: 20_000 }).toBe(true)
    watching.close()
    expect(await lookBack(fleet.home, '--since', '2026-10-01', '--rule', 'R0014')).toMatchObject({ new_tags: 0 })
    const rest = await lookBack(fleet.home, '--since', 'all')
    expect(rest.new_tags).toBeGreaterThan(0)
    expect(rest.techniques['T1003.008']).toBeUndefined()
  })
})
