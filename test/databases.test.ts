import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copy } from '../apps/server/src/store/copy.ts'
import { type DatabaseServer, startDatabase, TOOLS } from '../apps/server/src/store/fixtures/database-servers.ts'
import { grow } from '../apps/server/src/store/fixtures/grown-store.ts'
import { migrate, openStore } from '../apps/server/src/store/open.ts'
import { DECNET, decnet, errorOf } from './rig/cli.ts'
import { startFleet } from './rig/fleet.ts'

const GROWN = 100_000

interface LogPage {
  readonly total: number
  readonly data: readonly { readonly fields: Record<string, unknown> }[]
}

/** One visit to a service that speaks lines. */
const say = (address: string, port: number, text: string) =>
  new Promise<void>((resolve, reject) => {
    const socket = net.connect(port, address, () => socket.write(`${text}\r\nQUIT\r\n`))
    socket
      .on('error', reject)
      .on('data', () => undefined)
      .on('close', () => resolve())
    socket.setTimeout(5_000, () => socket.destroy())
  })

for (const [engine, title] of [
  ['mysql', 'MariaDB'],
  ['postgres', 'PostgreSQL'],
] as const) {
  when({ tools: TOOLS[engine] }).describe(`${title} as the store`, () => {
    let server: DatabaseServer
    let folder: string
    beforeAll(async () => {
      server = await startDatabase(engine)
      folder = mkdtempSync(join(tmpdir(), 'databases-'))
    })
    afterAll(async () => {
      await server[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    })

    it(`takes a home of ${GROWN.toLocaleString('en')} events, every row compared`, async () => {
      await using from = await openStore(join(folder, 'grown.db'))
      await migrate(from)
      await grow(from, GROWN)
      await using to = await openStore(await server.createDatabase())
      expect((await copy(from, to)).rows.log).toBe(GROWN)
    })

    it('carries a whole fleet, and while it is away nothing is lost', async () => {
      const url = await server.createDatabase()
      await using fleet = await startFleet({ env: { DECNET_DB_URL: url } })
      const found = (text: string) => fleet.get<LogPage>(`/logs?search=${encodeURIComponent(text)}`)
      const { address, port } = fleet.target('ftp')
      await say(address, port, 'USER before-the-outage')
      await expect.poll(async () => (await found('before-the-outage')).total, { timeout: 15_000 }).toBeGreaterThan(0)

      await server.kill()
      for (let visit = 0; visit < 10; visit += 1) await say(address, port, `USER away-${visit}-x`)
      await expect(found('before')).rejects.toThrow('503')
      await server.start()
      const back = async () => {
        const page = await found('away-').catch(() => null)
        return page === null ? [] : [...new Set(page.data.map(({ fields }) => /away-\d/u.exec(JSON.stringify(fields))?.[0]))].sort()
      }
      await expect.poll(back, { timeout: 30_000, interval: 500 }).toEqual(Array.from({ length: 10 }, (_, n) => `away-${n}`))

      const attackers = await decnet(['attackers', '--home', fleet.home, '--database', url, '--json'])
      expect(attackers.stdout).toContain('127.0.0.1')
      const doctor = await decnet(['doctor', '--home', fleet.home, '--json'], { env: { DECNET_DB_URL: url } })
      expect(doctor.stdout).toMatch(/(MariaDB|PostgreSQL) \d+/u)
      expect(doctor.stdout).not.toContain('pass%3Aword')
      expect((await fleet.stop()).code).toBe(0)
      // What an operator sees of it afterwards, and nobody of its password.
      const events = await decnet(['events', '--home', fleet.home, '--limit', '1000', '--json'], { env: { DECNET_DB_URL: url } })
      expect(events.stdout).toContain('away-9')
    })
  })
}

describe('a database that is not there', () => {
  it.each(['postgres', 'mysql'])('keeps a fleet from starting, and says why (%s)', async (engine) => {
    const home = mkdtempSync(join(tmpdir(), 'databases-'))
    const result = await decnet(['up', '--json', '--home', home, '--listen', '127.0.0.1:0'], {
      env: { DECNET_DB_URL: `${engine}://decnet:s3cret-of-nobody@127.0.0.1:1/decnet` },
    })
    expect(result.code, DECNET).toBe(1)
    expect(errorOf(result)).toMatchObject({
      code: 'database_unreachable',
      message: expect.stringContaining(`${engine}://decnet@127.0.0.1:1/decnet`),
    })
    expect(result.stdout + result.stderr).not.toContain('s3cret-of-nobody')
    rmSync(home, { recursive: true, force: true })
  })
})
