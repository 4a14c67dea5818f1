import { type DeckyPlan, makePersona } from '@decnet/persona'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type ComposeNetwork, containersOf, type Fleet, folderOf, hostContainer, serviceContainer } from './containers.ts'
import { createBody } from './create-body.ts'
import { renderCompose } from './render-compose.ts'

const network: ComposeNetwork = {
  substrate: 'compose',
  driver: 'macvlan',
  interface: 'eth0',
  subnet: '192.168.1.0/24',
  gateway: '192.168.1.1',
  subnet6: null,
  gateway6: null,
}
const fleet: Fleet = {
  mark: '0badcafe',
  network,
  networkName: 'decnet-0badcafe',
  image: { tag: 'decnet-sensor:0.1.0-abc', idle: ['/bin/idle'], serve: ['/bin/node', '/app/main.ts'] },
  folder: '/home/op/.decnet/sources',
  identity: { uid: 65_534, gid: 65_534 },
}
const decky = (name: string, rest: Partial<DeckyPlan> = {}): DeckyPlan => ({
  name,
  seed: name,
  archetype: 'linux-server',
  ip: '192.168.1.20',
  createdAt: Date.UTC(2026, 0, 1),
  services: [
    { name: 'ssh', port: 22, config: {} },
    { name: 'http', port: 80, config: { title: 'no' } },
  ],
  ...rest,
})
interface File {
  services: Record<string, Record<string, unknown>>
  networks: Record<string, Record<string, unknown>>
}
// As older readers of YAML take it.
const read = (text: string) => parse(text, { version: '1.1' }) as File

describe('a fleet as a compose file', () => {
  it('has a host that owns the address and a service for each service that shares its network', () => {
    const { services, networks } = read(renderCompose([decky('web-01')], fleet))
    const { mac, hostname } = makePersona(decky('web-01'))
    expect(Object.keys(services)).toEqual(['web-01', 'web-01.ssh', 'web-01.http'])
    expect(services['web-01']).toMatchObject({
      hostname,
      mac_address: mac,
      networks: { lan: { ipv4_address: '192.168.1.20' } },
      command: ['/bin/idle'],
      restart: 'no',
      labels: { 'decnet.mark': '0badcafe', 'decnet.decky': 'web-01' },
    })
    expect(services['web-01.ssh']).toMatchObject({
      network_mode: 'service:web-01',
      depends_on: ['web-01'],
      labels: { 'decnet.mark': '0badcafe', 'decnet.decky': 'web-01', 'decnet.service': 'ssh' },
    })
    expect(networks.lan).toEqual({
      name: 'decnet-0badcafe',
      driver: 'macvlan',
      driver_opts: { parent: 'eth0' },
      ipam: { config: [{ subnet: '192.168.1.0/24', gateway: '192.168.1.1' }] },
      labels: { 'decnet.mark': '0badcafe' },
    })
  })

  it('gives no container any right, bounds what each takes, and shows each its own folder only', () => {
    const { services } = read(renderCompose([decky('web-01'), decky('web-02', { ip: '192.168.1.21' })], fleet))
    for (const [key, service] of Object.entries(services)) {
      expect(service).toMatchObject({
        user: '65534:65534',
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges'],
        read_only: true,
        mem_limit: expect.any(Number),
        pids_limit: expect.any(Number),
        logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } },
      })
      expect(service).not.toHaveProperty('cap_add')
      expect(service).not.toHaveProperty('privileged')
      const volumes = (service.volumes ?? []) as { source: string; target: string; read_only: boolean }[]
      expect(volumes.every(({ source }) => source === `${fleet.folder}/${key}` || source.startsWith(`${fleet.folder}/${key}/`))).toBe(true)
      expect(volumes.filter(({ read_only }) => !read_only).map(({ target }) => target)).toEqual(
        volumes.length === 0 ? [] : ['/data/spool', '/data/artifacts', '/data/replays'],
      )
    }
  })

  it('shows the system that each host plays: a Windows has another TTL than a Linux', () => {
    const of = (osFamily: 'linux' | 'windows') =>
      read(renderCompose([decky('a', { osFamily })], fleet)).services.a?.sysctls as Record<string, string>
    expect(of('linux')['net.ipv4.ip_default_ttl']).toBe('64')
    expect(of('windows')['net.ipv4.ip_default_ttl']).toBe('128')
    // Without it a service that has no right could not listen on port 22.
    expect(of('linux')['net.ipv4.ip_unprivileged_port_start']).toBe('0')
  })

  it('a second address, a bridge, a network of somebody else', () => {
    const both = { ...fleet, network: { ...network, subnet6: 'fd00:1::/64', gateway6: 'fd00:1::1' } }
    const six = read(renderCompose([decky('a', { ip6: 'fd00:1::20' })], both))
    expect(six.services.a?.networks).toEqual({ lan: { ipv4_address: '192.168.1.20', ipv6_address: 'fd00:1::20' } })
    expect(six.networks.lan).toMatchObject({ enable_ipv6: true, ipam: { config: [{}, { subnet: 'fd00:1::/64', gateway: 'fd00:1::1' }] } })
    expect((six.services.a?.sysctls as object | undefined) ?? {}).toHaveProperty(['net.ipv6.conf.eth0.hop_limit'])
    const bridge = read(
      renderCompose([decky('a')], { ...fleet, network: { ...network, driver: 'bridge', interface: 'br-lab', gateway: null } }),
    )
    expect(bridge.networks.lan).toMatchObject({
      driver_opts: { 'com.docker.network.bridge.name': 'br-lab' },
      // Docker would give a gateway the first address, which a host may want.
      ipam: { config: [{ subnet: '192.168.1.0/24', gateway: '192.168.1.254' }] },
    })
    expect(read(renderCompose([], { ...fleet, networkName: 'lan' }, { shared: true })).networks).toEqual({
      lan: { external: true, name: 'lan' },
    })
  })

  it('on ipvlan hosts have the card of the interface: none is asked for', () => {
    const ipvlan = { ...fleet, network: { ...network, driver: 'ipvlan' as const } }
    expect(read(renderCompose([decky('a')], ipvlan)).services.a).not.toHaveProperty('mac_address')
  })

  it('a dollar sign is not taken for a variable, nor a word for a truth', () => {
    const text = renderCompose([decky('a')], { ...fleet, folder: '/srv/$HOME' })
    expect(text).toContain('/srv/$$HOME/a.ssh')
    expect(parse(text, { version: '1.1' })).toEqual(parse(text, { version: '1.2' }))
  })
})

describe('a container', () => {
  it('is another one when its own service, its host or the image changes, and the same one when a neighbour does', () => {
    const config = (plan: DeckyPlan, name: string, of = fleet) =>
      containersOf([plan], of).find(({ key }) => key === name)?.labels['decnet.config']
    const before = decky('a')
    const [ssh, http] = before.services
    if (!ssh || !http) throw new Error('two services')
    const other = decky('a', { services: [ssh, { ...http, config: { title: 'other' } }] })
    expect(config(other, 'a.ssh')).toBe(config(before, 'a.ssh'))
    expect(config(other, 'a')).toBe(config(before, 'a'))
    expect(config(other, 'a.http')).not.toBe(config(before, 'a.http'))
    expect(config(decky('a', { services: [ssh, { ...http, revision: 2 }] }), 'a.http')).not.toBe(config(before, 'a.http'))
    expect(config(decky('a', { ip: '192.168.1.30' }), 'a')).not.toBe(config(before, 'a'))
    expect(config(decky('a', { ip: '192.168.1.30' }), 'a.ssh')).not.toBe(config(before, 'a.ssh'))
    expect(config(before, 'a.ssh', { ...fleet, image: { ...fleet.image, tag: 'decnet-sensor:0.2.0-def' } })).not.toBe(
      config(before, 'a.ssh'),
    )
  })

  it('names its card where the engine wants it: with itself until 1.43, with its network since 1.44', () => {
    const { mac } = makePersona(decky('a'))
    const body = (cardWithNetwork: boolean) => createBody(hostContainer(decky('a'), fleet), fleet, null, cardWithNetwork)
    expect(body(false)).toMatchObject({ MacAddress: mac })
    expect(body(true)).toMatchObject({ NetworkingConfig: { EndpointsConfig: { 'decnet-0badcafe': { MacAddress: mac } } } })
    expect(body(true)).not.toHaveProperty('MacAddress')
  })

  it('of a service joins the network of the host that runs', () => {
    const plan = decky('a')
    const [ssh] = plan.services
    if (!ssh) throw new Error('a service')
    const body = createBody(serviceContainer(plan, ssh, fleet), fleet, 'f00d', false)
    expect(body).toMatchObject({ HostConfig: { NetworkMode: 'container:f00d', CapDrop: ['ALL'], ReadonlyRootfs: true } })
    expect(body).not.toHaveProperty('Hostname')
  })

  it('keeps what it sees under a name that a source of the log may have', () => {
    expect(folderOf('web-01', 'ssh')).toBe('web-01.ssh')
    const [a, b] = ['a', 'b'].map((end) => folderOf(`${'x'.repeat(62)}${end}`, 'ssh'))
    expect([a?.length, b?.length]).toEqual([64, 64])
    expect(a).not.toBe(b)
  })
})
