import { type FleetNetwork, isLeased } from '@decnet/contracts'
import type { DeployPlan } from '@decnet/contracts/api'
import { cardMaker } from '@decnet/persona'
import pc from 'picocolors'
import { plural } from '../domain/plural.ts'
import { visible } from '../domain/visible.ts'
import { print } from './output.ts'
import { printTable } from './table.ts'

/** So many of those that stay are named. */
const KEPT = 12

/** `netns on eth0 (macvlan), 192.168.1.0/24, gateway 192.168.1.1` */
export function networkWords(network: FleetNetwork): string {
  if (network.substrate === 'loopback') return 'this machine alone (loopback)'
  const how = network.substrate === 'netns' ? network.link : `containers, ${network.driver}`
  const rest = [
    network.subnet,
    network.gateway === null ? 'no gateway' : `gateway ${network.gateway}`,
    ...(network.subnet6 === null ? [] : [network.subnet6]),
    ...(isLeased(network) ? ['addresses by DHCP'] : []),
  ]
  return `${network.interface} (${how}), ${rest.join(', ')}`
}

/** What would come of it, as a diff: + added, - retired, = kept. */
export function showPlan({ network, seed, added, retired, kept }: DeployPlan): void {
  print(`${plural(added.length, 'decky', 'deckies')} on ${networkWords(network)}   ${pc.dim(`seed ${visible(seed)}`)}\n`)
  const leased = isLeased(network)
  const six = added.some(({ ip6 }) => ip6 !== null)
  printTable(
    ['', 'Name', 'Address', ...(six ? ['IPv6'] : []), 'Card', 'Archetype', 'Plays', 'Services'],
    added.map(({ name, ip, ip6, mac, archetype, distro, services }) => [
      pc.green('+'),
      name,
      leased ? 'by DHCP' : ip,
      ...(six ? [ip6 ?? ''] : []),
      `${mac} ${cardMaker(mac) ?? ''}`.trim(),
      archetype,
      distro,
      services.map((service) => service.name).join(' '),
    ]),
    '',
  )
  const again = new Set(added.map(({ name }) => name))
  for (const name of retired) print(`${pc.red('-')} ${name}${again.has(name) ? pc.dim('  made anew') : ''}`)
  for (const name of kept.slice(0, KEPT)) print(pc.dim(`= ${name}`))
  if (kept.length > KEPT) print(pc.dim(`= and ${kept.length - KEPT} more`))
}
