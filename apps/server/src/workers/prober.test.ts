import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import type { PayloadOf, topics } from '@decnet/contracts/topics'
import { attackerId } from '@decnet/kernel'
import { createMemoryBus } from '@decnet/kernel/bus'
import type { NewLogRecord } from '@decnet/kernel/log'
import type { AnyWorker, TickContext } from '@decnet/kernel/worker'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ProberSettings } from '../probe/settings.ts'
import { findAttacker } from '../store/attackers.ts'
import { onEachDatabase } from '../store/fixtures/each-database.ts'
import { logTable, type Tx } from '../store/log-table.ts'
import type { Store } from '../store/open.ts'
import { probesOf, wantProbes } from '../store/probes.ts'
import { deleteOlder } from '../store/retention.ts'
import fingerprintRotation from './fingerprint-rotation/worker.ts'
import { event, settle } from './folds.fixture.ts'
import { prober } from './prober/worker.ts'
import profiler from './profiler/worker.ts'

const ip = '127.0.0.1'
const attacker = attackerId(ip)
const HOUR = 3_600_000
const DAY = 24 * HOUR
const T1 = 1_763_100_000_000

onEachDatabase('the prober', ({ open }) => {
  let store: Store
  let server: http.Server
  let port: number
  let banner: string
  let asked: number
  let now: number
  beforeEach(async () => {
    store = await open()
    banner = 'one'
    asked = 0
    now = T1
    server = http.createServer((_request, response) => {
      asked += 1
      response.writeHead(200, { Server: banner }).end()
    })
    server.listen(0, ip)
    await once(server, 'listening')
    port = (server.address() as net.AddressInfo).port
  })
  afterEach(async () => {
    server.closeAllConnections()
    server.close()
    await store.close()
  })

  const settings = (more: Partial<ProberSettings> = {}): ProberSettings => ({
    ...{ allow: ['127.0.0.0/8'], deny: [], everyMs: DAY },
    ports: { jarm: [], hassh: [], tcpfp: [], tls_certificate: [], http: [port] },
    ...more,
  })
  /** Everything that the folds make of it, too. */
  const fold = async (...records: readonly NewLogRecord[]) => {
    const bus = createMemoryBus()
    await settle(store, bus, [profiler, fingerprintRotation] as unknown as readonly AnyWorker<Tx>[], records)
    await bus.close()
  }
  const came = (from: string) => ({ ...event({ type: 'connect', ip: from, session: `s-${from}` }), ts: now })
  const comes = () => fold(came(ip))
  /** Steps of a prober that was just started; answers what it announced. */
  async function step(given: ProberSettings | null = settings(), steps = 1) {
    const told: [string | undefined, PayloadOf<typeof topics.attackerFingerprinted>][] = []
    const publish: TickContext<typeof topics.attackerFingerprinted>['publish'] = (_topic, _segments, payload, type) =>
      void told.push([type, payload as PayloadOf<typeof topics.attackerFingerprinted>])
    const worker = prober({ log: logTable(store), db: store.db, settings: given ?? undefined, now: () => now })
    for (let n = 0; n < steps; n += 1) await worker.run({ publish, signal: new AbortController().signal })
    return told
  }
  const announced = async (topic: string) => {
    const rows = await store.db
      .selectFrom('log')
      .select(['body', 'type', 'attacker_ip'])
      .where('topic', '=', topic)
      .orderBy('seq')
      .execute()
    return rows.map(({ body, ...row }) => ({ ...row, body: JSON.parse(body) as Record<string, unknown> }))
  }
  const fingerprinted = () => announced('attacker.fingerprinted')

  it('does nothing while it is switched off', async () => {
    await comes()
    await step(null)
    now += DAY
    await step(null)
    expect([asked, await probesOf(store.db, attacker)]).toEqual([0, []])
  })

  it('A2: learns an attacker from the log, asks within minutes, and tells each answer once, with family, address, port and hash', async () => {
    await comes()
    await step()
    now += 11 * 60_000
    const told = await step()
    await step()
    expect(asked).toBe(1)
    const body = { attacker_ip: ip, port, http_hash: expect.any(String), status: 200, server: 'one', title: null }
    expect(told).toEqual([['http', body]])
    expect(await fingerprinted()).toEqual([{ type: 'http', attacker_ip: ip, body }])
    expect(await probesOf(store.db, attacker)).toMatchObject([{ probe: 'http', state: 'found', visits: 1, facts: { server: 'one' } }])
  })

  it('A3: comes again after a day, also when it was started again, and a change is one rotation with the old and the new hash', async () => {
    await comes()
    await step()
    for (const name of ['one', 'one', 'two', 'two']) {
      banner = name
      now += 1.2 * DAY
      await step()
    }
    await fold()
    expect(asked).toBe(4)
    const hashes = (await fingerprinted()).map(({ body }) => body.http_hash)
    expect(hashes[0]).toBe(hashes[1])
    const rotations = await announced('attacker.fingerprint_rotated')
    expect(rotations.map(({ body }) => body)).toMatchObject([{ probe_type: 'http', port, old_hash: hashes[0], new_hash: hashes[2] }])
    expect(await findAttacker(store.db, attacker)).toMatchObject({ rotation_count: 1, last_rotation_at: expect.any(String) })
  })

  it('asks ever more seldom where nothing answers, at least weekly, and forgets nothing that was found', async () => {
    await comes()
    await step()
    now += 11 * 60_000
    await step()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    const waits: number[] = []
    for (let n = 0; n < 6; n += 1) {
      const [before] = await probesOf(store.db, attacker)
      now = Date.parse(before?.due_at ?? '')
      // Who does not come for a month is left alone: six waits can be longer than that.
      await comes()
      await step()
      const [after] = await probesOf(store.db, attacker)
      expect(after).toMatchObject({ state: 'closed', hash: before?.hash, facts: { server: 'one' } })
      waits.push((Date.parse(after?.due_at ?? '') - now) / DAY)
    }
    expect(waits.map((days) => Math.round(days))).toEqual([
      2,
      4,
      expect.closeTo(7, -1),
      expect.closeTo(7, -1),
      expect.closeTo(7, -1),
      expect.closeTo(7, -1),
    ])
    expect(Math.max(...waits)).toBeLessThan(7.8)
  })

  it('never asks an address that is private or our own unless it is allowed, nor one that was allowed and no longer is', async () => {
    await comes()
    await step(settings({ allow: [] }))
    expect(await probesOf(store.db, attacker)).toEqual([])
    await wantProbes(store.db, [{ attacker_uuid: attacker, attacker_ip: ip, port, probe: 'http', due_at: 0 }])
    await step(settings({ allow: [] }))
    expect(await probesOf(store.db, attacker)).toMatchObject([{ state: 'refused', visits: 1 }])
    expect(asked).toBe(0)
  })

  it('asks at once what somebody wants, and leaves those alone who have not come for a month', async () => {
    await comes()
    await step()
    now += 40 * DAY
    await step()
    expect(asked).toBe(0)
    await wantProbes(store.db, [{ attacker_uuid: attacker, attacker_ip: ip, port, probe: 'http', due_at: 0 }])
    await step()
    expect(asked).toBe(1)
  })

  it('asks somebody who comes back after a month within a day', async () => {
    await comes()
    await step()
    now += 40 * DAY
    await step()
    await comes()
    now += DAY
    await step()
    expect(asked).toBe(1)
  })

  it('two at once ask once', async () => {
    await comes()
    await step()
    now += DAY
    await Promise.all([step(), step()])
    expect(asked).toBe(1)
    expect(await fingerprinted()).toHaveLength(1)
  })

  it('visits eight ports in a step at most', async () => {
    let connections = 0
    const shut = net.createServer((socket) => {
      connections += 1
      socket.destroy()
    })
    shut.listen(port, '127.0.0.2')
    await once(shut, 'listening')
    const rows = Array.from({ length: 20 }, (_, n) => ({
      attacker_uuid: attackerId(`127.0.1.${n}`),
      attacker_ip: '127.0.0.2',
      port,
      probe: 'hassh',
      due_at: 0,
    }))
    await fold(...rows.map((_row, n) => came(`127.0.1.${n}`)))
    await wantProbes(store.db, rows)
    const only = settings({ ports: { jarm: [], hassh: [port], tcpfp: [], tls_certificate: [], http: [] } })
    await step(only)
    const visited = await store.db.selectFrom('attacker_probes').select('port').where('visits', '>', 0).execute()
    expect(visited).toHaveLength(8)
    expect(connections).toBeLessThanOrEqual(16)
    await new Promise((resolve) => shut.close(resolve))
  })

  it('what it plans goes with its attacker, and with the port that is no longer asked', async () => {
    await comes()
    await step()
    now += DAY
    await step(settings({ ports: { jarm: [], hassh: [], tcpfp: [], tls_certificate: [], http: [] } }))
    expect(await probesOf(store.db, attacker)).toEqual([])
    await wantProbes(store.db, [{ attacker_uuid: attacker, attacker_ip: ip, port, probe: 'http', due_at: 0 }])
    await deleteOlder(store.db, { attackers: { before: now + DAY } }, { limit: 10, readers: [], now })
    expect(await probesOf(store.db, attacker)).toEqual([])
  })
})
