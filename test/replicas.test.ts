import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { exampleRecord } from '@decnet/kernel/log/conformance'
import { when } from '@decnet/kernel/testing'
import { LEASE_MS } from '@decnet/kernel/worker'
import { expect } from 'vitest'
import { startDatabase, TOOLS } from '../apps/server/src/store/fixtures/database-servers.ts'
import { logTable } from '../apps/server/src/store/log-table.ts'
import { migrate, openStore } from '../apps/server/src/store/open.ts'
import { ROOT } from './rig/fleet.ts'

const WAIT = { timeout: 60_000, interval: 200 }
const ATTACKERS = 64

/** A replica in a process of its own, waited for until it runs. */
async function startReplica(home: string, database: string): Promise<ChildProcess> {
  const child = spawn(join(ROOT, 'bin', 'decnet'), ['worker', 'profiler', '--json', '--home', home], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DECNET_DB_URL: database, DECNET_BUS_ENABLED: 'false' },
  })
  const [line] = await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit').then(() => ['ended'])])
  expect(String(line)).toContain('profiler')
  return child
}

for (const engine of ['postgres', 'mysql'] as const) {
  when({ tools: TOOLS[engine] }).test(
    `a replica that stands still for longer than its lease writes nothing when it wakes: each event is counted once (${engine})`,
    { timeout: 180_000 },
    async () => {
      const home = mkdtempSync(join(tmpdir(), 'replicas-'))
      const server = await startDatabase(engine)
      const replicas: ChildProcess[] = []
      try {
        const url = await server.createDatabase()
        await using store = await openStore(url)
        await migrate(store)
        const log = logTable(store)
        let appended = 0
        let over = false
        const writing = (async () => {
          for (; !over; await pause(100)) {
            const records = Array.from({ length: 50 }, () =>
              exampleRecord({ attackerIp: `203.0.113.${appended++ % ATTACKERS}`, sessionId: `session-${appended % ATTACKERS}` }),
            )
            await log.transaction((_tx, log) => log.append(records))
          }
        })()
        const held = async () => {
          const rows = await store.db
            .selectFrom('cursors')
            .select(['owner', 'epoch'])
            .where('name', '=', 'profiler')
            .orderBy('part')
            .execute()
          return { owners: new Set(rows.flatMap(({ owner }) => owner ?? [])), epochs: rows.map(({ epoch }) => Number(epoch)) }
        }
        replicas.push(await startReplica(home, url), await startReplica(home, url))
        await expect.poll(async () => (await held()).owners.size, WAIT).toBe(2)
        const before = await held()

        const sleeper = replicas[0]
        sleeper?.kill('SIGSTOP')
        await pause(LEASE_MS)
        // The other has all of it now, under later terms.
        await expect.poll(async () => (await held()).owners.size, WAIT).toBe(1)
        await pause(1_000)
        sleeper?.kill('SIGCONT')
        // It comes back as one that asks, and is given its part.
        await expect.poll(async () => (await held()).owners.size, WAIT).toBe(2)
        over = true
        await writing
        expect((await held()).epochs.some((epoch, part) => epoch > (before.epochs[part] ?? 0))).toBe(true)

        const sum = async (column: 'event_count' | 'command_count') =>
          Number(
            (
              await store.db
                .selectFrom('attackers')
                .select((eb) => eb.fn.sum<number>(column).as('n'))
                .executeTakeFirstOrThrow()
            ).n,
          )
        await expect.poll(() => sum('event_count'), WAIT).toBe(appended)
        await pause(1_000)
        expect([await sum('event_count'), await sum('command_count')]).toEqual([appended, appended])
        const observed = await store.db.selectFrom('log').select('attacker_ip').where('topic', '=', 'attacker.observed').execute()
        expect([observed.length, new Set(observed.map(({ attacker_ip }) => attacker_ip)).size]).toEqual([ATTACKERS, ATTACKERS])
      } finally {
        for (const replica of replicas) {
          replica.kill('SIGCONT')
          replica.kill('SIGKILL')
        }
        await server[Symbol.asyncDispose]()
        rmSync(home, { recursive: true, force: true })
      }
    },
  )
}
