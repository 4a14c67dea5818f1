import { attackerProbes } from '@decnet/contracts/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { usualPorts } from '../probe/settings.ts'
import { type ApiRig, openApi } from './api.fixture.ts'

const IP = '203.0.113.7'
const PRIVATE = '10.1.2.3'

describe.each([true, false])('probes over the API, the prober switched on: %s', (on) => {
  let rig: ApiRig
  let admin: string
  let viewer: string
  beforeAll(async () => {
    const ports = { ...usualPorts, tcpfp: [], jarm: [], tls_certificate: [], http: [], hassh: [22, 2222] }
    rig = await openApi(on ? { prober: { allow: ['203.0.113.0/24'], deny: [], everyMs: 86_400_000, ports } } : {})
    admin = await rig.login('ana')
    viewer = await rig.login('vic')
    await rig.context.write('workers.wish', { name: 'prober', stopped: true, by: 'test', now: 0 })
    await rig.feed({ attackerIp: IP, type: 'connect' }, { attackerIp: PRIVATE, type: 'connect', sessionId: 's-2' })
  })
  afterAll(() => rig[Symbol.asyncDispose]())
  const ask = (who: string, token = admin) => rig.request('POST', `/attackers/${who}/probe`, { token })
  const list = async (who: string) => attackerProbes.parse((await rig.request('GET', `/attackers/${who}/probes`, { token: viewer })).json())

  it('an admin asks for one now, and everybody sees what is planned and what was found', async () => {
    const answer = await ask(IP)
    expect(answer.statusCode).toBe(on ? 202 : 409)
    if (!on) {
      expect(answer.json()).toMatchObject({ code: 'prober_off' })
      expect(await list(IP)).toMatchObject({ enabled: false, data: [] })
      return
    }
    expect(answer.json()).toEqual({ probes: 2 })
    const { enabled, refused, data } = await list(IP)
    expect([enabled, refused]).toEqual([true, null])
    expect(data).toMatchObject([22, 2222].map((port) => ({ port, probe: 'hassh', state: 'waiting', due_at: null, visits: 0 })))
  })

  it('an address that may not be probed is refused, and says why', async () => {
    const answer = await ask(PRIVATE)
    expect(answer.statusCode).toBe(on ? 422 : 409)
    if (on) expect(answer.json()).toMatchObject({ code: 'address_refused', detail: expect.stringContaining('is private') })
    expect(await list(PRIVATE)).toMatchObject({ enabled: on, refused: 'is private', data: [] })
  })

  it('nobody is asked for whom nobody knows, and no viewer asks', async () => {
    expect((await ask('198.51.100.200')).statusCode).toBe(404)
    expect((await ask(IP, viewer)).statusCode).toBe(403)
    expect((await rig.request('GET', '/attackers/198.51.100.200/probes', { token: viewer })).statusCode).toBe(404)
  })
})
