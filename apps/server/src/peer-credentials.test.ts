import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { peerCredentials } from './peer-credentials.ts'

it('B1: tells user, group and process at the other end of a UNIX socket, and nothing of a socket that is closed or none of these', async () => {
  const { peerOf, reason } = await peerCredentials()
  expect(reason).toBeNull()
  const folder = mkdtempSync(join(tmpdir(), 'peer-'))
  const server = createServer().listen(join(folder, 'sock'))
  const network = createServer().listen(0, '127.0.0.1')
  try {
    await Promise.all([once(server, 'listening'), once(network, 'listening')])
    const client = connect(join(folder, 'sock'))
    const [accepted] = (await once(server, 'connection')) as [Socket]
    expect(peerOf?.(accepted)).toEqual({ uid: process.getuid?.(), gid: process.getgid?.(), pid: process.pid })
    accepted.destroy()
    expect(peerOf?.(accepted)).toBeNull()
    client.destroy()
    const { port } = network.address() as { port: number }
    const remote = connect(port, '127.0.0.1')
    const [overTcp] = (await once(network, 'connection')) as [Socket]
    expect([null, 0, -1, 4_294_967_295]).toContain(peerOf?.(overTcp)?.uid ?? null)
    overTcp.destroy()
    remote.destroy()
  } finally {
    server.close()
    network.close()
    rmSync(folder, { recursive: true })
  }
})

it('is off, with the reason in one line, where the library cannot be loaded', async () => {
  expect(await peerCredentials(() => Promise.reject(new Error('Cannot find the native Koffi module\nat somewhere')))).toEqual({
    peerOf: null,
    reason: 'Cannot find the native Koffi module',
  })
})
