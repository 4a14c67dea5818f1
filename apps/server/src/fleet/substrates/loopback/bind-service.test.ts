import net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Listener } from '../port.ts'
import { bindService, FALLBACK_OFFSET } from './bind-service.ts'

/** An address that no fleet has. */
const IP = '127.88.7.9'

describe('binding a service', () => {
  const listeners: Listener[] = []
  const servers: net.Server[] = []
  afterEach(() => {
    for (const { handle } of listeners.splice(0)) handle?.close()
    for (const server of servers.splice(0)) server.close()
  })
  const bind = (port: number) => {
    const listener = bindService({ name: 'web-01', ip: IP }, { name: 'ssh', port })
    listeners.push(listener)
    return listener.bound
  }
  const take = (port: number) =>
    new Promise<number>((resolve, reject) => {
      const server = net.createServer()
      servers.push(server)
      server.once('error', reject)
      server.listen(port, IP, () => resolve((server.address() as net.AddressInfo).port))
    })

  it('takes the port that is wanted and has nothing to say', async () => {
    const port = await take(0)
    await new Promise((resolve) => servers.splice(0)[0]?.close(resolve))
    expect(bind(port)).toEqual({ decky: 'web-01', service: 'ssh', address: IP, wantedPort: port, port, detail: null })
  })

  it('goes ten thousand higher when somebody listens there, and says so', async () => {
    let port = await take(0)
    while (port + FALLBACK_OFFSET > 65_535) port = await take(0)
    expect(bind(port)).toMatchObject({ port: port + FALLBACK_OFFSET, detail: `port ${port} not to be had: the port is taken` })
  })

  it('goes anywhere when both are taken, or there is none so high', async () => {
    const port = await take(0)
    if (port + FALLBACK_OFFSET <= 65_535) await take(port + FALLBACK_OFFSET)
    const bound = bind(port)
    expect([port, port + FALLBACK_OFFSET, 0, null]).not.toContain(bound.port)
    expect(bound.detail).toContain('the port is taken')
  })

  it('has no port where the address cannot be had, and says why', () => {
    const listener = bindService({ name: 'web-01', ip: '203.0.113.1' }, { name: 'ssh', port: 22 })
    expect([listener.handle, listener.bound.port, listener.bound.detail]).toEqual([undefined, null, 'cannot listen: EADDRNOTAVAIL'])
  })
})
