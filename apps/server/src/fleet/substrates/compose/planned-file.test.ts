import { execFileSync } from 'node:child_process'
import { when } from '@decnet/kernel/testing'
import type { DeckyPlan } from '@decnet/persona'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import type { ComposeNetwork } from './containers.ts'
import { plannedFile } from './planned-file.ts'

const network: ComposeNetwork = {
  substrate: 'compose',
  driver: 'bridge',
  interface: 'br-plan',
  subnet: '10.9.8.0/24',
  gateway: null,
  subnet6: 'fd00:9::/64',
  gateway6: null,
}
const decky = (name: string, ip: string): DeckyPlan => ({
  name,
  ip,
  ip6: `fd00:9::${ip.split('.')[3]}`,
  seed: name,
  archetype: 'linux-server',
  createdAt: Date.UTC(2026, 0, 1),
  services: [{ name: 'ssh', port: 22, config: { banner: 'pays $5' } }],
})
const file = () =>
  plannedFile({
    plan: [decky('web-01', '10.9.8.11'), decky('web-02', '10.9.8.12')],
    network,
    mark: '0badcafe',
    home: { sources: '/srv/decnet/sources' },
    identity: { uid: 65_534, gid: 65_534 },
  })

it('is the whole fleet with the image of this installation, on a network of its own', async () => {
  const { services, networks } = parse(await file(), { version: '1.1' })
  expect(Object.keys(services)).toEqual(['web-01', 'web-01.ssh', 'web-02', 'web-02.ssh'])
  expect(services['web-01'].image).toMatch(/^decnet-sensor:\d+\.\d+\.\d+\S*-[0-9a-f]{12}$/u)
  expect(networks.lan).toMatchObject({ name: 'decnet-0badcafe', driver: 'bridge' })
})

when({ tools: { 'docker-compose': 'docker-compose' } }).describe('docker-compose', () => {
  it('takes it', async () => {
    const input = await file()
    const said = execFileSync('docker-compose', ['-f', '-', 'config', '--services'], { input, encoding: 'utf8' })
    expect(said.trim().split('\n').sort()).toEqual(['web-01', 'web-01.ssh', 'web-02', 'web-02.ssh'])
  })
})
