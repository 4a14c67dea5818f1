import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decnet, errorOf, follow } from './rig/cli.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'
import { openStream } from './rig/stream.ts'
import { ftpLogin } from './rig/wire.ts'

const within = async (ms: number, holds: () => Promise<boolean> | boolean) => {
  for (const end = Date.now() + ms; !(await holds()); await pause(50))
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${holds}`)
}

describe('a bus that is a process of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bus-'))
  const socket = join(folder, 'bus.sock')
  let bus: ReturnType<typeof follow>
  let fleet: Fleet
  const startBus = async () => {
    bus = follow(['bus', '--socket', socket, '--heartbeat', '1', '--json'])
    await within(30_000, () => bus.said().includes('\n'))
  }
  const connected = async () => (await fleet.get<{ bus_connected: boolean }>('/workers')).bus_connected
  beforeAll(async () => {
    await startBus()
    fleet = await startFleet({ env: { DECNET_BUS_SOCKET: socket } })
  })
  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
    bus.child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  it('B2: the fleet uses it, loses nothing while it is killed and started again, and its live stream goes on', async () => {
    expect(await connected()).toBe(true)
    const stream = await openStream(fleet, { query: '?topics=system.log' })
    const tried = new Set<string>()
    let going = true
    const attacks = (async () => {
      while (going) {
        const user = `visitor-${tried.size}`
        tried.add(user)
        await ftpLogin(fleet.target('ftp'), user, 'pass')
        await pause(10)
      }
    })()
    for (let round = 0; round < 2; round++) {
      const before = tried.size
      await within(20_000, () => tried.size > before + 3)
      bus.child.kill('SIGKILL')
      await within(30_000, async () => !(await connected()))
      const during = tried.size
      await within(20_000, () => tried.size > during + 3)
      await startBus()
      await within(30_000, connected)
    }
    going = false
    await attacks
    const arrived = () =>
      stream.records.filter(({ event_type: type }) => type === 'auth_attempt').map(({ fields }) => String(fields.principal))
    await within(20_000, () => arrived().length >= tried.size)
    expect(arrived()).toEqual([...tried])
    stream.close()
  })

  it('W1: its heartbeat reaches the panel, also of the one that was started later', async () => {
    type Row = { name: string; status: string; extra: { pid?: number } }
    const row = async () => (await fleet.get<{ workers: Row[] }>('/workers')).workers.find(({ name }) => name === 'bus')
    await within(30_000, async () => (await row())?.extra.pid === bus.child.pid)
    expect((await row())?.status).toBe('ok')
  })

  it('W3: is not stopped from the console: that has another process to be told, which the answer names', async () => {
    type Row = { name: string; stoppable: boolean; stops_with: string | null }
    const { workers } = await fleet.get<{ workers: Row[] }>('/workers')
    expect(workers.find(({ name }) => name === 'bus')).toMatchObject({ stoppable: false, stops_with: 'decnet bus' })
    for (const action of ['stop', 'start']) {
      const answer = await fetch(`${fleet.api}/workers/bus/${action}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${fleet.token}` },
      })
      expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('decnet bus')])
    }
    expect(await connected()).toBe(true)
  })

  it('is neither taken nor removed by a fleet, and outlives it', async () => {
    const second = await decnet(['bus', '--socket', socket, '--json'])
    expect([second.code, errorOf(second).code]).toEqual([1, 'bus_socket_in_use'])
    expect((await fleet.stop()).code).toBe(0)
    expect(existsSync(socket)).toBe(true)
    expect(bus.child.exitCode).toBeNull()
    bus.child.kill('SIGTERM')
    await within(5_000, () => bus.child.exitCode !== null)
    expect([bus.child.exitCode, existsSync(socket)]).toEqual([0, false])
  })
})

describe('a fleet without a bus', () => {
  it('B4: works by polling: what is tried reaches the live stream, its attacker and its credential are found, workers keep up', async () => {
    await using fleet = await startFleet({ env: { DECNET_BUS_ENABLED: 'false' } })
    expect(existsSync(join(fleet.home, 'run', 'bus.sock'))).toBe(false)
    const stream = await openStream(fleet)
    for (const nth of [0, 1]) await ftpLogin(fleet.target('ftp', nth), 'polled', 'correct-pony')
    for (const topic of ['system.log', 'attacker.observed', 'credential.captured', 'credential.reuse.detected'])
      await stream.waitFor((record) => record.topic === topic, topic, 60_000)
    stream.close()
    type Row = { name: string; kind: string; state: string; lag: number | null }
    const { workers, bus_connected } = await fleet.get<{ workers: Row[]; bus_connected: boolean }>('/workers')
    expect(bus_connected).toBe(false)
    const folds = workers.filter(({ kind }) => kind === 'fold')
    expect(folds.map(({ state }) => state)).toEqual(folds.map(() => 'running'))
  })
})
