import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { decnet } from './rig/cli.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'

interface State {
  readonly tarpits: readonly { readonly service: string; readonly bytes_per_second: number }[]
  readonly connections: readonly { readonly service: string; readonly attacker_ip: string; readonly since: string }[]
}

describe('a tarpit', () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet()
  })
  afterAll(() => fleet[Symbol.asyncDispose]())

  /** What a client has heard of a service so far, and when first. */
  function listen(service: string) {
    const { address, port } = fleet.target(service)
    const socket = net.connect({ host: address, port, localAddress: '127.0.0.9' })
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk
    })
    socket.on('error', () => undefined)
    return { socket, heard: () => heard }
  }
  const post = (path: string, method: string, body?: object) =>
    fetch(`${fleet.api}${path}`, {
      method,
      headers: { authorization: `Bearer ${fleet.token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })

  it('holds up who is there and who comes, says whom, spares other services, and lets go', async () => {
    const { decky } = fleet.target('ssh')
    const path = `/deckies/${decky}/tarpit`
    const set = await post(path, 'POST', { services: ['ssh'], bytes_per_second: 2 })
    expect(set.status).toBe(200)
    // Taken up by the sensor within a second.
    const client = await vi.waitUntil(
      async () => {
        const tried = listen('ssh')
        await new Promise((resolve) => setTimeout(resolve, 1_500))
        if (tried.heard().length < 10) return tried
        tried.socket.destroy()
        return null
      },
      { timeout: 30_000, interval: 100 },
    )
    const held = await vi.waitUntil(
      async () => {
        const state = await fleet.get<State>(path)
        return state.connections.length > 0 ? state : null
      },
      { timeout: 10_000, interval: 200 },
    )
    expect(held).toMatchObject({
      tarpits: [{ service: 'ssh', bytes_per_second: 2 }],
      connections: [{ service: 'ssh', attacker_ip: '127.0.0.9' }],
    })
    const shown = await decnet(['tarpit', decky, '--json', '--home', fleet.home])
    expect(JSON.parse(shown.stdout)).toMatchObject({ decky, running: true, tarpits: [{ service: 'ssh' }] })

    expect((await post(path, 'DELETE')).status).toBe(200)
    await vi.waitUntil(() => client.heard().includes('SSH-2.0-') && client.heard().includes('\n'), { timeout: 20_000 })
    await vi.waitUntil(async () => (await fleet.get<State>(path)).connections.length === 0, { timeout: 10_000, interval: 200 })
    client.socket.destroy()
  })

  it('is refused where it means nothing, with what to say instead', async () => {
    const { decky } = fleet.target('ssh')
    expect((await post('/deckies/nobody-09/tarpit', 'POST', {})).status).toBe(404)
    expect((await post(`/deckies/${decky}/tarpit`, 'POST', { services: ['gopher'] })).status).toBe(409)
    expect((await post(`/deckies/${decky}/tarpit`, 'POST', { bytes_per_second: 0 })).status).toBe(422)
    expect((await post(`/deckies/${decky}/tarpit`, 'POST', { accept_ms: 1_000_000 })).status).toBe(422)
    const off = await decnet(['tarpit', decky, '--off', '--rate', '3', '--home', fleet.home])
    expect(off.code).not.toBe(0)
    expect(off.stderr).toContain('--off takes neither')
  })
})
