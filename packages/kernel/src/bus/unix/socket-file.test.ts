import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nextEvent, nextMessage } from '../conformance.ts'
import { openUnixBroker } from './broker.ts'
import { connectUnixBus } from './client.ts'
import { client, socketFolder, until } from './unix.fixture.ts'

describe('unix socket', () => {
  it('B1: has mode 0660 whatever the umask, and its folder must exist', async () => {
    await using place = await socketFolder()
    await using _broker = await openUnixBroker({ path: place.path })
    const { mode } = await stat(place.path)
    expect(mode & 0o777).toBe(0o660)
    await expect(openUnixBroker({ path: join(place.folder, 'missing', 'bus.sock') })).rejects.toMatchObject({
      code: 'bus_socket_folder_missing',
    })
  })

  it('B1: says whether the socket has the group that it was to have', async () => {
    await using place = await socketFolder()
    const own = (await readFile('/etc/group', 'utf8')).split('\n').find((line) => line.split(':')[2] === String(process.getegid?.()))
    await using given = await openUnixBroker({ path: place.path, group: own?.split(':')[0] ?? '' })
    expect(given.group).toBe('given')
    await using missing = await openUnixBroker({ path: join(place.folder, 'other.sock'), group: 'no-such-group-here' })
    expect(missing.group).toBe('no such group')
    expect((await stat(missing.path)).gid).toBe(process.getegid?.())
  })

  it('is gone when its broker has closed, and nothing else is left in the folder', async () => {
    await using place = await socketFolder()
    const broker = await openUnixBroker({ path: place.path })
    await broker.close()
    await expect(stat(place.path)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await readdir(place.folder)).toEqual([])
  })

  it('refuses a path that the system cannot hold, on both sides', async () => {
    const path = `/tmp/${'x'.repeat(103)}`
    await expect(openUnixBroker({ path })).rejects.toMatchObject({ code: 'bus_socket_path_too_long' })
    expect(() => connectUnixBus({ path, name: 'test' })).toThrow('the system allows 107')
  })

  it('leaves a file alone that is no socket', async () => {
    await using place = await socketFolder()
    await writeFile(place.path, 'precious')
    await expect(openUnixBroker({ path: place.path })).rejects.toMatchObject({ code: 'bus_socket_path_taken' })
    expect((await stat(place.path)).isFile()).toBe(true)
  })

  it('is not stolen while somebody serves it, and the loser’s end changes nothing', async () => {
    await using place = await socketFolder()
    await using first = await openUnixBroker({ path: place.path })
    await expect(openUnixBroker({ path: place.path })).rejects.toMatchObject({ name: 'AppError', code: 'bus_socket_in_use', status: 409 })
    await using other = client(place.path)
    expect(await other.connected()).toBe(true)
    expect(first.status.connected).toBe(true)
  })

  it('is not stolen from a server that is no bus either', async () => {
    await using place = await socketFolder()
    const foreign = createServer((socket) => socket.destroy()).listen(place.path)
    await expect(openUnixBroker({ path: place.path })).rejects.toMatchObject({ code: 'bus_socket_in_use' })
    await new Promise((resolve) => foreign.close(resolve))
  })

  it('goes to exactly one of several brokers that race for it, also over a stale file', async () => {
    for (let round = 0; round < 6; round++) {
      await using place = await socketFolder()
      if (round % 2 === 0) {
        const dead = createServer().listen(join(place.folder, 'dead'))
        await until(() => dead.listening)
        await rename(join(place.folder, 'dead'), place.path)
        await new Promise((resolve) => dead.close(resolve))
      }
      const outcomes = await Promise.allSettled([1, 2].map(() => openUnixBroker({ path: place.path })))
      const brokers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
      const losers = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
      expect(losers).toMatchObject([{ code: 'bus_socket_in_use' }])
      await using peer = client(place.path)
      expect(await peer.connected()).toBe(true)
      await until(() => brokers[0]?.connections.length === 1)
      await brokers[0]?.close()
    }
  })

  it.each(['deleted', 'replaced by a dead socket', 'replaced by a file'])(
    'stands again within a second when %s under load; no connection is lost',
    async (how) => {
      await using place = await socketFolder()
      await using broker = await openUnixBroker({ path: place.path })
      await using sender = client(place.path)
      await using receiver = client(place.path)
      const subscription = receiver.as('reader').subscribe('system.log')
      await subscription.ready
      const publisher = sender.as('writer')
      let sent = 0
      const load = setInterval(() => publisher.publish('system.log', { n: sent++ }), 2)
      try {
        for (let n = 0; n < 20; n++) expect((await nextMessage(subscription)).payload).toEqual({ n })
        await unlink(place.path)
        if (how === 'replaced by a file') await writeFile(place.path, '')
        if (how === 'replaced by a dead socket') {
          const dead = createServer().listen(join(place.folder, 'dead'))
          await until(() => dead.listening)
          await rename(join(place.folder, 'dead'), place.path)
          await new Promise((resolve) => dead.close(resolve))
        }
        const began = Date.now()
        await using late = client(place.path)
        await until(() => late.status.connected, 3_000)
        expect(Date.now() - began).toBeLessThan(1_000)
        for (let n = 20; n < sent; n++)
          expect(await nextEvent(subscription)).toMatchObject({ kind: 'message', message: { payload: { n } } })
        await until(() => broker.status.reconnects === 1)
        expect([sender.status.reconnects, receiver.status.reconnects]).toEqual([0, 0])
        expect((await stat(place.path)).mode & 0o777).toBe(0o660)
      } finally {
        clearInterval(load)
      }
    },
  )

  it('yields to another server that took its place, keeps its connections, and comes back when that one is gone', async () => {
    await using place = await socketFolder()
    await using broker = await openUnixBroker({ path: place.path })
    await using early = client(place.path)
    await early.connected()
    const rival = createServer((socket) => socket.destroy()).listen(join(place.folder, 'rival'))
    await until(() => rival.listening)
    await rename(join(place.folder, 'rival'), place.path)
    await until(() => !broker.status.connected)
    expect(broker.connections.length).toBe(1)
    await new Promise((resolve) => rival.close(resolve))
    await until(() => broker.status.connected)
    await using late = client(place.path)
    expect(await late.connected()).toBe(true)
    expect(early.status.reconnects).toBe(0)
  })

  it('keeps trying while its folder is gone', async () => {
    await using place = await socketFolder()
    const path = join(place.folder, 'home', 'bus.sock')
    await mkdir(join(place.folder, 'home'))
    await using broker = await openUnixBroker({ path })
    await rename(join(place.folder, 'home'), join(place.folder, 'away'))
    await until(() => !broker.status.connected)
    await mkdir(join(place.folder, 'home'))
    await until(() => broker.status.connected)
    await using other = client(path)
    expect(await other.connected()).toBe(true)
  })
})
