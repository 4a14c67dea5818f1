import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { askPort } from './ask-port.ts'
import { FAMILIES } from './probe.ts'

const means = (timeoutMs = 300) => ({ timeoutMs, signal: new AbortController().signal })
const target = (port: number) => ({ address: '127.0.0.1', host: '127.0.0.1', port })

describe('asking a port', () => {
  const servers: net.Server[] = []
  const sockets = new Set<net.Socket>()
  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
  })
  async function listen(server: net.Server): Promise<number> {
    servers.push(server)
    server.on('connection', (socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as net.AddressInfo).port
  }
  const names = async (port: number) => {
    const { state, findings } = await askPort(target(port), FAMILIES, means())
    return [state, ...findings.keys()]
  }

  it('that is closed says so, without asking further', async () => {
    const port = await listen(net.createServer())
    await new Promise((resolve) => servers.pop()?.close(resolve))
    expect(await names(port)).toEqual(['closed'])
  })

  it.each<readonly [string, (socket: net.Socket) => void]>([
    ['hangs up', (socket) => socket.end()],
    ['says nothing', () => undefined],
    ['says something else', (socket) => socket.end('hello\r\n')],
    [
      'never ends',
      (socket) => {
        const more = () => {
          if (!socket.destroyed) socket.write(Buffer.alloc(65_536, 'A'), () => setImmediate(more))
        }
        more()
      },
    ],
    [
      'promises a packet that never comes',
      (socket) => socket.write(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.of(0, 0, 0x7f, 0xff, 4, 20)])),
    ],
    ['answers every hello with noise', (socket) => socket.once('data', () => socket.end(Buffer.from('16030300050200000100', 'hex')))],
  ])('that %s has a TCP stack at most, and it ends in time', async (_what, act) => {
    const port = await listen(net.createServer(act))
    expect((await names(port)).filter((name) => name !== 'tcpfp')).toEqual(['open'])
  })

  it('that resets at once has nothing to tell', async () => {
    const port = await listen(net.createServer((socket) => socket.resetAndDestroy()))
    const [state, ...found] = await names(port)
    expect(['open', 'silent']).toContain(state)
    expect(found.filter((name) => name !== 'tcpfp')).toEqual([])
  })

  it('that is a web server tells its headers; a redirect is told and not followed', async () => {
    const asked: string[] = []
    const web = http.createServer((request, response) => {
      asked.push(request.url ?? '')
      response.writeHead(302, { Location: '/elsewhere', Server: 'odd/1.0' }).end('<title>gone</title>')
    })
    const port = await listen(web)
    const { findings } = await askPort(target(port), ['http'], means())
    expect(findings.get('http')).toMatchObject({
      payload: { status: 302, server: 'odd/1.0', title: 'gone' },
      facts: { location: '/elsewhere', scheme: 'http' },
    })
    expect(asked).toEqual(['/'])
  })

  it('stops when it is told to', async () => {
    const port = await listen(net.createServer(() => undefined))
    const stop = new AbortController()
    const asking = askPort(target(port), FAMILIES, { timeoutMs: 60_000, signal: stop.signal })
    setTimeout(() => stop.abort(), 50)
    expect((await asking).findings.has('jarm')).toBe(false)
  })

  it('connects to addresses only, never to what a name leads to', async () => {
    await expect(askPort({ address: 'localhost', host: 'localhost', port: 1 }, FAMILIES, means())).rejects.toThrow('is no address')
  })
})
