import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { homeAt, prepareHome } from '../../../home.ts'
import { compose } from './compose.ts'
import type { ComposeNetwork } from './containers.ts'
import { openEngine, Refusal, socketOf } from './engine.ts'
import { engineTrouble } from './engine-trouble.ts'
import { explain } from './explain.ts'
import { watchEnds } from './watch-ends.ts'

const folder = mkdtempSync(join(tmpdir(), 'engine-'))
afterAll(() => rmSync(folder, { recursive: true }))
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})
let count = 0

/** A server on a socket that answers as told, and keeps what it was asked. */
async function daemon(answer: (path: string, body: Buffer) => { status?: number; body: string }, version: object = { ApiVersion: '1.41' }) {
  count += 1
  const socket = join(folder, `${count}.sock`)
  const asked: string[] = []
  const server = http.createServer(async (request, response) => {
    const body = await buffer(request)
    asked.push(`${request.method} ${request.url}`)
    const said = request.url === '/version' ? { body: JSON.stringify(version) } : answer(request.url ?? '', body)
    response.writeHead(said.status ?? 200).end(said.body)
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  const engine = openEngine(socket)
  closing.push(
    () => engine.close(),
    () => server.closeAllConnections(),
    () => server.close(),
  )
  return { socket, engine, asked }
}

const network: ComposeNetwork = {
  substrate: 'compose',
  driver: 'ipvlan',
  interface: 'eth7',
  subnet: '10.0.0.0/24',
  gateway: null,
  subnet6: null,
  gateway6: null,
}

describe('the Docker engine', () => {
  it.each([
    [{ ApiVersion: '1.41' }, '/v1.41/x', false],
    [{ ApiVersion: '1.43', MinAPIVersion: '1.12' }, '/v1.43/x', false],
    [{ ApiVersion: '1.52', MinAPIVersion: '1.44' }, '/v1.44/x', true],
    [{ ApiVersion: '1.60', MinAPIVersion: '1.50' }, '/v1.50/x', true],
  ])('is spoken to in a version that both know: %o', async (version, path, card) => {
    const { engine, asked } = await daemon(() => ({ body: '[]' }), version)
    expect(await engine.ask('GET', '/x')).toEqual([])
    expect(asked).toEqual(['GET /version', `GET ${path}`])
    expect(await engine.cardWithNetwork()).toBe(card)
  })

  it('that is too old, or absent, or on another machine is told with a way out', async () => {
    const { engine } = await daemon(() => ({ body: '[]' }), { ApiVersion: '1.24' })
    await expect(engine.ask('GET', '/x')).rejects.toMatchObject({ code: 'docker_old', hint: expect.stringContaining('20.10') })
    const nowhere = openEngine(join(folder, 'nowhere.sock'))
    await expect(nowhere.ask('GET', '/x')).rejects.toMatchObject({ code: 'docker_absent', hint: expect.stringContaining('docker.io') })
    expect(() => socketOf('tcp://user:secret@10.0.0.1:2376')).toThrow(/not on this machine: tcp:\/\/10/u)
    expect([socketOf(undefined), socketOf(''), socketOf('unix:///run/user/1/docker.sock')]).toEqual([
      '/var/run/docker.sock',
      '/var/run/docker.sock',
      '/run/user/1/docker.sock',
    ])
  })

  it('says no in its own words, whatever form they have; what is not there is null', async () => {
    const { engine } = await daemon((path) =>
      path.endsWith('/gone') ? { status: 404, body: '{"message":"no such thing"}' } : { status: 502, body: '<html>proxy' },
    )
    expect(await engine.find('/gone')).toBeNull()
    await expect(engine.ask('GET', '/gone')).rejects.toThrow('no such thing')
    await expect(engine.ask('GET', '/page')).rejects.toThrow('<html>proxy')
  })

  it('tells which containers of a mark end, and nothing else that it says', async () => {
    const line = (id: string) => `${JSON.stringify({ Type: 'container', Action: 'die', Actor: { ID: id, Attributes: {} } })}\n`
    const { engine, asked } = await daemon(() => ({ body: `${line('a')}no event\n{}\n${line('b')}` }))
    const over = new AbortController()
    const ended: string[] = []
    const watching = watchEnds(engine, '0badcafe', (id) => ended.push(id), over.signal)
    await expect.poll(() => ended).toEqual(['a', 'b'])
    over.abort()
    await watching
    expect(decodeURIComponent(asked.at(-1) ?? '')).toContain('"label":["decnet.mark=0badcafe"]')
  })

  it('that is absent is trouble, with the way out; one that answers is none', async () => {
    expect(await engineTrouble(`unix://${join(folder, 'nowhere.sock')}`)).toMatch(/^No Docker engine answers at .* Install it /u)
    expect(await engineTrouble('tcp://10.0.0.1:2376')).toMatch(/not on this machine/u)
  })

  it('takes an archive, and its late complaint is heard', async () => {
    let got = 0
    const { engine } = await daemon((path, body) => {
      got = body.length
      return { body: path.includes('bad') ? '{"status":"x"}\r\n{"error":"no space left on device"}' : '{"status":"sha256:1"}' }
    })
    const archive = () => Readable.from([Buffer.alloc(300_000), Buffer.alloc(5)])
    await engine.send('/images/create?good', archive())
    expect(got).toBe(300_005)
    await expect(engine.send('/images/create?bad', archive())).rejects.toThrow('no space left on device')
  })

  it('that went away leaves the fleet unknown: nothing is said to be gone', async () => {
    const home = homeAt(mkdtempSync(join(folder, 'home-')))
    prepareHome(home)
    const options = { mark: '00000000', home, identity: { uid: 1, gid: 1 }, dockerHost: `unix://${folder}/away.sock` }
    const notices: string[] = []
    const it = compose(network, { ...options, notice: (text) => notices.push(text), ended: () => undefined })
    await expect(it.inspect()).rejects.toMatchObject({ code: 'docker_absent' })
    // Nothing was ever made: nothing to complain of.
    await it.remove()
    expect(notices).toEqual([])
  })
})

describe('what an engine refuses', () => {
  it.each([
    ['Address already in use', 'address_taken'],
    ['invalid subinterface vlan name eth7, example formatting is eth0.10', 'no_interface'],
    ['network dm-cd3033922f3e is already using parent interface lan0', 'network_taken'],
    ['Pool overlaps with other one on this address space', 'network_taken'],
    ['failed to create the ipvlan port: operation not supported', 'driver_missing'],
    ["Invalid address 10.44.0.20: It does not belong to any of this network's subnets", 'address_outside'],
    ['write /x: no space left on device', 'disk_full'],
    ['something that nobody has seen before', 'docker_refused'],
  ])('%s → %s, with a way out', (said, code) => {
    const told = explain(new Refusal(500, said), network) as Error
    expect(told).toMatchObject({ code, hint: expect.stringMatching(/.{20}/u) })
    expect(told.message).not.toContain('..')
  })

  it('is only read where an engine spoke: other errors stay what they are', () => {
    const other = new Error('Address already in use')
    expect(explain(other, network)).toBe(other)
  })
})
