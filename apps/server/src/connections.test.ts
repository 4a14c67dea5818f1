import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nextMessage } from '@decnet/kernel/bus/conformance'
import { createLogger } from '@decnet/kernel/logging'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { serveBus } from './connections.ts'
import { serveBroker } from './serve-broker.ts'

const logger = createLogger({ name: 'test', level: 'silent' })

describe('the bus that a server has', () => {
  let folder: string
  const settings = () => ({
    enabled: true,
    type: 'unix',
    socketPath: join(folder, 'bus.sock'),
    group: 'decnet',
    controlUsers: null,
    bridge: false,
    nats: null,
  })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bus-'))
  })
  afterEach(() => {
    chmodSync(folder, 0o700)
    rmSync(folder, { recursive: true, force: true })
  })

  it('is one that it serves, or joins where somebody serves it already', async () => {
    await using first = await serveBus(settings(), logger)
    await using second = await serveBus(settings(), logger)
    expect(['pause' in first.bus, 'pause' in second.bus]).toEqual([true, false])
    expect(await second.bus.connected()).toBe(true)
    const heard = first.bus.as('reader').subscribe('system.log')
    second.bus.as('writer').publish('system.log', { n: 1 })
    expect((await nextMessage(heard)).payload).toEqual({ n: 1 })
  })

  it('is that of another who comes later, where it may not serve one itself', async () => {
    // A folder that cannot hold it, also for root.
    const elsewhere = { ...settings(), socketPath: join('/proc', 'bus.sock') }
    await using waits = await serveBus(elsewhere, logger)
    expect('pause' in waits.bus).toBe(false)
    expect(waits.bus.status).toMatchObject({ adapter: 'unix', connected: false })
  })

  it('is none where it is switched off, whatever else is said', async () => {
    await using none = await serveBus({ ...settings(), enabled: false, type: 'no such type' }, logger)
    expect(none.bus.status.adapter).toBe('null')
  })

  it('is refused where a rule about users could not be kept, or names nobody', async () => {
    const ruled = { ...settings(), controlUsers: ['root'] }
    const blind = async () => ({ peerOf: null, reason: 'no library' })
    await expect(serveBroker(ruled, logger, blind)).rejects.toMatchObject({ code: 'peers_unknown', hint: expect.any(String) })
    await expect(serveBroker({ ...ruled, controlUsers: ['no such user'] }, logger)).rejects.toMatchObject({ code: 'user_unknown' })
    await using without = await serveBroker(settings(), logger, blind)
    expect(without.connections).toEqual([])
  })

  it('lets its own process control workers, and by number those who are named', async () => {
    await using bus = await serveBroker({ ...settings(), controlUsers: [String(process.getuid?.())] }, logger)
    await using peer = (await serveBus(settings(), logger)).bus
    const heard = bus.as('reader').subscribe('system.*.control')
    await peer.connected()
    peer.as('api').publish('system.mutator.control', {}, 'theirs')
    expect((await nextMessage(heard)).type).toBe('theirs')
    bus.as('api').publish('system.mutator.control', {}, 'own')
    expect((await nextMessage(heard)).type).toBe('own')
    expect(bus.connections).toMatchObject([{ peer: { uid: process.getuid?.(), pid: process.pid }, refused: 0 }])
  })
})
