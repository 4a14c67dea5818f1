import {
  type Contacts,
  type DeployPlan,
  type DeployRequest,
  deployRequest,
  type FleetArchetype,
  type Lifecycle,
  type Mutation,
} from '@decnet/contracts/api'
import type { World } from './world.ts'

const kinds: readonly (readonly [name: string, services: string[], likely: string[]])[] = [
  ['linux-server', ['ssh'], ['http', 'redis']],
  ['web-server', ['ssh', 'http'], ['mysql', 'ftp']],
  ['database-server', ['ssh', 'mysql'], ['redis']],
  ['mail-server', ['ssh', 'smtp'], ['http']],
  ['file-server', ['ssh', 'ftp'], ['http']],
  ['monitoring-node', ['ssh', 'http'], ['redis', 'mysql']],
  ['devops-host', ['ssh', 'redis'], ['http', 'mysql', 'ftp', 'telnet']],
  ['edge-gateway', ['ssh', 'telnet', 'http'], []],
  ['backup-server', ['ssh', 'ftp'], []],
]
const archetypes: FleetArchetype[] = kinds.map(([name, services, likely_services]) => ({
  name,
  os_family: 'linux',
  services,
  likely_services,
  distros: ['debian12', 'ubuntu24'],
  hardware: 'server',
}))
const network = {
  now: { substrate: 'loopback' as const },
  deckies: 5,
  root: true,
  linux: true,
  interfaces: [
    { name: 'eth0', bridge: false, subnet: '192.168.20.0/24', gateway: '192.168.20.1', subnet6: null, gateway6: null, default_route: true },
    { name: 'br-lab', bridge: true, subnet: '10.60.0.0/16', gateway: null, subnet6: 'fd00:60::/64', gateway6: null, default_route: false },
  ],
}
const settings = [
  {
    name: 'banner',
    type: 'string',
    title: 'Banner',
    description: 'What it says first; empty: what such a system says.',
    default: '',
    max: 255,
  },
  {
    name: 'max_attempts',
    type: 'integer',
    title: 'Attempts',
    description: 'Passwords that one connection may try.',
    default: 6,
    min: 1,
    max: 100,
  },
  { name: 'password_login', type: 'boolean', title: 'Passwords let in', description: 'Off: keys alone are asked for.', default: true },
  { name: 'users', type: 'list', title: 'Further users', description: 'Names that are let in besides.', default: [] },
]
const page = <T>(data: readonly T[]) => ({ total: data.length, limit: 500, offset: 0, data })
const iso = (at: number) => new Date(at).toISOString()

function contactsOf({ sessions, attackers }: World, from: string, to: string): Contacts {
  const here = sessions.filter((s) => (s.ended_at ?? '9') >= from && s.started_at <= to)
  const sum = (list: typeof here) => ({
    sessions: list.length,
    events: list.reduce((n, s) => n + s.event_count, 0),
    logged_in: list.some((s) => s.logged_in),
    last:
      list
        .map((s) => s.ended_at ?? s.started_at)
        .sort()
        .at(-1) ?? from,
  })
  const of = new Map(attackers.map((a) => [a.ip, a]))
  const all = [...Map.groupBy(here, (s) => s.attacker_ip)]
    .map(([ip, list]) => ({ ip, uuid: of.get(ip)?.uuid ?? '', severity: of.get(ip)?.severity ?? null, ...sum(list) }))
    .sort((a, b) => Number(b.logged_in) - Number(a.logged_in) || b.events - a.events)
  const first = all.slice(0, 40)
  const drawn = new Set(first.map(({ ip }) => ip))
  return {
    period: { start_time: from, end_time: to },
    attacker_count: all.length,
    attackers: first,
    links: [
      ...Map.groupBy(
        here.filter((s) => drawn.has(s.attacker_ip)),
        (s) => `${s.attacker_ip} ${s.decky}`,
      ),
    ].map(([, list]) => ({
      ip: list[0]?.attacker_ip ?? '',
      decky: list[0]?.decky ?? '',
      ...sum(list),
    })),
    deckies: [...Map.groupBy(here, (s) => s.decky)].map(([decky, list]) => ({
      decky,
      attackers: new Set(list.map((s) => s.attacker_ip)).size,
      ...sum(list),
    })),
  }
}

/** What the API says of the fleet beside the deckies themselves. */
export function fleetAnswers(world: World) {
  const operations: Lifecycle[] = []
  const now = Date.now()
  const mutations = (name: string): Mutation[] => {
    const services = world.deckies.find((d) => d.name === name)?.services.map((s) => s.name) ?? []
    const at = (hours: number, part: Partial<Mutation>): Mutation => ({
      id: `${name} ${hours}`,
      timestamp: iso(now - hours * 3_600_000),
      old_services: services,
      new_services: services,
      trigger: 'scheduled',
      actor: null,
      strategy: 'shuffle',
      reason: null,
      ...part,
    })
    return [
      at(3, {
        old_services: [...services.slice(0, 2), 'ftp'],
        reason: 'Attackers of this network asked for what it has now.',
        strategy: 'behavioral',
        trigger: 'behavioral',
      }),
      at(9, {
        old_services: services.slice(0, 2),
        new_services: [...services.slice(0, 2), 'ftp'],
        trigger: 'operator',
        actor: 'hannah',
        strategy: null,
      }),
      at(16, { old_services: [...services.slice(0, 2), 'telnet'], new_services: services.slice(0, 2) }),
      at(31 * 24, { old_services: [], new_services: [...services.slice(0, 2), 'telnet'], trigger: 'creation', strategy: null }),
    ]
  }
  const history = (decky_name: string): Lifecycle[] => [
    {
      id: `${decky_name} 1`,
      decky_name,
      operation: 'add_service',
      status: 'failed',
      error: 'port 25 is taken by postfix (pid 812)',
      trigger: 'operator',
      actor: 'hannah',
      old_services: ['ssh'],
      new_services: ['ssh', 'smtp'],
      created_at: iso(now - 9e6),
      started_at: iso(now - 9e6),
      finished_at: iso(now - 9e6 + 1400),
    },
    {
      id: `${decky_name} 0`,
      decky_name,
      operation: 'deploy',
      status: 'succeeded',
      error: null,
      trigger: 'creation',
      actor: 'admin',
      old_services: [],
      new_services: ['ssh'],
      created_at: iso(now - 2.6e9),
      started_at: iso(now - 2.6e9),
      finished_at: iso(now - 2.6e9 + 700),
    },
  ]
  const plan = (order: DeployRequest): DeployPlan => ({
    network: order.network ?? network.now,
    seed: order.seed ?? '',
    added: order.deckies.flatMap((each, n) =>
      Array.from({ length: each.amount }, (_, i) => {
        const [kind, services, likely] =
          kinds.find(([name]) => name === each.archetype) ?? (kinds[(i + n) % kinds.length] as (typeof kinds)[number])
        return {
          name: `${each.name ?? kind.slice(0, 3)}-${['kestrel', 'alder', 'birch', 'harbor', 'linden'][(i * 3 + n) % 5]}-${String(i + 1).padStart(2, '0')}`,
          ip: each.ip ?? `192.168.20.${20 + n * 20 + i}`,
          ip6: null,
          mac: '52:54:00:11:22:33',
          hostname: kind,
          archetype: kind,
          distro: i % 2 === 0 ? 'Debian GNU/Linux 12 (bookworm)' : 'Ubuntu 24.04.1 LTS',
          os_family: 'linux' as const,
          services: [...services, ...likely.slice(0, i % 3)].map((name) => ({ name, port: 22 })),
          mutate_interval: null,
        }
      }),
    ),
    retired: order.replace_fleet ? world.deckies.map((d) => d.name) : [],
    kept: order.replace_fleet ? [] : world.deckies.map((d) => d.name),
  })
  return {
    get(path: string, q: URLSearchParams): unknown {
      const [, kind, name = '', part] = path.split('/')
      if (path === '/fleet/contacts') return contactsOf(world, q.get('start_time') ?? '', q.get('end_time') ?? '9')
      if (path === '/fleet/network') return network
      if (path === '/fleet/archetypes') return archetypes
      if (path === '/fleet/distros') return [{ name: 'debian12', title: 'Debian 12', archetypes: kinds.map(([kind]) => kind) }]
      if (path === '/topologies/services')
        return ['ssh', 'telnet', 'http', 'ftp', 'smtp', 'redis', 'mysql'].map((service) => ({
          name: service,
          title: { ssh: 'OpenSSH', http: 'Web site', redis: 'Redis key-value store' }[service] ?? service.toUpperCase(),
          ports: [{ port: 22, transport: 'tcp' }],
          fields: 4,
        }))
      if (path.startsWith('/topologies/services/'))
        return { name: 'ssh', title: 'OpenSSH', ports: [], events: [], fields: settings, json_schema: {} }
      if (path === '/deckies/lifecycle') {
        const began = operations.map((o, n): Lifecycle => {
          const age = Date.now() - Date.parse(o.created_at) - n * 350
          return {
            ...o,
            status: age < 800 ? 'pending' : age < 2200 ? 'running' : n === 3 ? 'failed' : 'succeeded',
            error: n === 3 && age >= 2200 ? '192.168.20.23 is taken: somebody answers there.' : null,
            started_at: o.created_at,
            finished_at: age < 2200 ? null : iso(Date.parse(o.created_at) + 1400),
          }
        })
        return page(q.get('decky') ? history(q.get('decky') ?? '') : began)
      }
      if (kind === 'deckies' && part === 'mutations') return page(mutations(name))
      if (kind === 'deckies' && part === 'services') return { config: { max_attempts: 3 }, saved: null }
      return undefined
    },
    send(path: string, body: unknown, q: URLSearchParams): { status: number; body: unknown } | null {
      if (path !== '/deckies/deploy') return null
      const order = deployRequest.parse(body)
      const clash = order.deckies.findIndex((each) => each.ip === '192.168.20.1')
      if (clash >= 0) {
        const message = '192.168.20.1 is the gateway.'
        const problem = {
          type: 'about:blank',
          title: 'deploy_clash',
          status: 409,
          code: 'deploy_clash',
          detail: message,
          errors: [{ field: `deckies.${clash}.ip`, message }],
        }
        return { status: 409, body: problem }
      }
      const made = plan(order)
      const dry = q.get('dry_run') === 'true'
      if (!dry)
        operations.splice(
          0,
          operations.length,
          ...made.added.map(
            (d, n): Lifecycle => ({
              id: `op-${n}`,
              decky_name: d.name,
              operation: 'deploy',
              status: 'pending',
              error: null,
              trigger: 'creation',
              actor: 'admin',
              old_services: [],
              new_services: [],
              created_at: iso(Date.now()),
              started_at: null,
              finished_at: null,
            }),
          ),
        )
      return { status: dry ? 200 : 202, body: { lifecycle_ids: dry ? [] : operations.map(({ id }) => id), plan: made, warnings: [] } }
    },
  }
}
