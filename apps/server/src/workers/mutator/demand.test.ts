import type { DeckyPlan } from '@decnet/persona'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Asking } from '../../store/mutations.ts'
import { demandOf } from './demand.ts'

const ports = new Map([
  ['ssh', 22],
  ['ftp', 21],
  ['mysql', 3306],
  ['redis', 6379],
])
const decky = (name: string, ip: string, ...services: string[]): DeckyPlan => ({
  name,
  ip,
  seed: name,
  archetype: 'web-server',
  createdAt: 0,
  services: services.map((service) => ({ name: service, port: ports.get(service) ?? 0, config: {} })),
})
const fleet = [decky('web-01', '10.0.0.1', 'ssh'), decky('db-01', '10.0.0.2', 'mysql', 'ssh')]
const asking = (attackerIp: string, type: string, body: Asking['body'], at = 'web-01'): Asking => ({ decky: at, attackerIp, type, body })
const demand = (...askings: Asking[]) =>
  demandOf(askings, fleet, ports).map(({ service, attackers, deckies, ways }) => [service, attackers, [...deckies], [...ways]])

it('closed ports, other deckies from within, accounts and commands ask for services; each attacker counts once', () => {
  expect(
    demand(
      asking('a', 'port_scan', { ports: '20-22,6379', port_count: '4', closed: '3' }),
      asking('a', 'tcp_syn_fingerprint', { local_port: '21' }),
      asking('b', 'tcp_syn_fingerprint', { local_port: '21' }),
      asking('c', 'auth_attempt', { principal: 'mysql' }),
      asking('c', 'command', { command: 'which mysqldump; /usr/bin/redis-cli -h 10.0.0.2', mode: 'exec' }),
      asking('d', 'connect_attempt', { target: 'tcp://10.0.0.2:6379', tool: 'nc' }),
    ),
  ).toEqual([
    [
      'redis',
      3,
      ['web-01', 'db-01'],
      [
        ['at closed ports', 1],
        ['by command', 1],
        ['from another decky', 1],
      ],
    ],
    ['ftp', 2, ['web-01'], [['at closed ports', 2]]],
    [
      'mysql',
      1,
      ['web-01'],
      [
        ['by account', 1],
        ['by command', 1],
      ],
    ],
  ])
})

it.each(['tcp://[2001:DB8::2]:6379', '2001:db8:0:0::2:6379', '::ffff:10.0.0.2:6379', 'redis://root@10.0.0.2:6379'])(
  'another decky is known by each of its addresses, however they are written: %s',
  (target) => {
    const fleet = [decky('web-01', '10.0.0.1', 'ssh'), { ...decky('db-01', '10.0.0.2', 'mysql', 'ssh'), ip6: '2001:db8::2' }]
    expect(demandOf([asking('a', 'forward_attempt', { target })], fleet, ports)).toMatchObject([
      { service: 'redis', deckies: new Set(['db-01']) },
    ])
  },
)

it('what was found, what nobody here has, and who looks at everything ask for nothing', () => {
  expect(
    demand(
      asking('a', 'tcp_syn_fingerprint', { local_port: '22' }),
      asking('a', 'tcp_syn_fingerprint', { local_port: '3306' }, 'db-01'),
      asking('a', 'tcp_syn_fingerprint', { local_port: '5900' }),
      asking('a', 'tcp_syn_fingerprint', { local_port: '21' }, 'gone-01'),
      asking('a', 'port_scan', { ports: '1-65535', port_count: '65535' }),
      asking('a', 'connect_attempt', { target: 'tcp://198.51.100.7:6379' }),
      asking('a', 'connect_attempt', { target: 'redis:6379' }),
      asking('a', 'connect_attempt', { target: '' }),
      asking('a', 'auth_attempt', { principal: 'root' }),
      asking('a', 'command', { command: 'uname -a' }),
    ),
  ).toEqual([])
})

it('is never upset by what attackers write, and takes no time over it', () => {
  const hostile = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('1-'.repeat(10_000)), fc.constant('a;'.repeat(10_000)))
  fc.assert(
    fc.property(
      hostile,
      fc.constantFrom('port_scan', 'tcp_syn_fingerprint', 'command', 'auth_attempt', 'connect_attempt'),
      (text, type) => {
        demandOf(
          [asking('a', type, { ports: text, port_count: '3', local_port: text, command: text, principal: text, target: text })],
          fleet,
          ports,
        )
      },
    ),
  )
})
