import type { FleetNetwork } from '@decnet/contracts'
import type { FleetNetworks } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { networkOf } from '../addresses.ts'
import type { NetworkOrder } from '../order/order.ts'
import { shortAddress6 } from './address6.ts'

type Seen = Pick<FleetNetworks, 'root' | 'linux' | 'interfaces'> & {
  /** Those that are not worth being named. */
  readonly parts?: ReadonlySet<string>
}
type Lan = Exclude<FleetNetwork, { substrate: 'loopback' }>

const STAY = 'Leave the fleet on this machine alone: decnet deploy --loopback'
const refuse = (code: string, field: string, message: string, hint: string) =>
  new AppError(message, { code, status: 422, hint, fields: [{ field, message }] })

const listed = ({ interfaces, parts }: Seen) => {
  const names = interfaces.flatMap(({ name }) => (parts?.has(name) ? [] : [name]))
  return names.length === 0 ? 'It has none but the loopback.' : `It has ${names.join(', ')}.`
}

/** @throws {AppError} `needs_linux`, `needs_root`, `no_interface`, `not_a_bridge`: what this machine, or whoever plays the fleet, cannot have. */
export function checkNetwork(network: FleetNetwork, machine: Seen): void {
  if (network.substrate === 'loopback') return
  const bridged = network.substrate === 'netns' ? network.link === 'bridge' : network.driver === 'bridge'
  if (network.substrate === 'netns' && !machine.linux) throw refuse('needs_linux', 'network', 'Hosts on a real network need Linux.', STAY)
  if (network.substrate === 'netns' && !machine.root)
    throw refuse('needs_root', 'network', 'Hosts on a real network need root.', `Do it with sudo, as \`decnet up\` too. ${STAY}`)
  const found = machine.interfaces.find(({ name }) => name === network.interface)
  if (network.substrate === 'netns' || !bridged) {
    if (!found)
      throw refuse('no_interface', 'network.interface', `This machine has no network interface ${network.interface}.`, listed(machine))
    const bridges = machine.interfaces.filter(({ bridge }) => bridge).map(({ name }) => name)
    if (bridged && !found.bridge)
      throw refuse(
        'not_a_bridge',
        'network.interface',
        `${network.interface} is no bridge.`,
        bridges.length === 0
          ? `Make one (ip link add br0 type bridge), or leave --bridge out: -i ${network.interface}`
          : `There are ${bridges.join(', ')}.`,
      )
  }
}

/**
 * The network that an order means: what it does not say comes from the interface that it names, or from the one with the default route.
 * @throws {AppError} what `checkNetwork` says; `no_default_route`, `no_subnet_known`.
 */
export function chooseNetwork(order: NetworkOrder, machine: Seen): FleetNetwork {
  if (order.substrate === 'loopback') return { substrate: 'loopback' }
  const substrate = order.substrate ?? 'netns'
  if (substrate === 'netns' && order.link === 'ipvlan')
    throw refuse(
      'no_ipvlan',
      'network.link',
      'Namespaces have no IPvlan here.',
      'Use macvlan or a bridge, or containers: --compose --ipvlan',
    )
  const out = machine.interfaces.find(({ default_route }) => default_route)
  const name = order.interface ?? out?.name
  if (name === undefined)
    throw refuse(
      'no_default_route',
      'network.interface',
      'This machine has no default route, so that nobody knows on which network the deckies shall stand.',
      `Name an interface: -i NAME. ${listed(machine)}`,
    )
  const link = order.link ?? 'macvlan'
  const shape = (subnet: string): Lan => {
    const seen = machine.interfaces.find((each) => each.name === name)
    const lan = {
      interface: name,
      subnet,
      // The gateway of another subnet is none of this one's.
      gateway: order.gateway !== undefined ? order.gateway : seen?.subnet === subnet ? seen.gateway : null,
      subnet6: order.subnet6 === undefined || order.subnet6 === null ? null : canonical6(order.subnet6),
      gateway6: order.gateway6 !== undefined ? order.gateway6 : order.subnet6 ? (seen?.gateway6 ?? null) : null,
    }
    return substrate === 'netns'
      ? { substrate, link: link === 'bridge' ? link : 'macvlan', ...lan, dhcp: order.dhcp ?? false }
      : { substrate, driver: link, ...lan }
  }
  checkNetwork(shape('0.0.0.0/0'), machine)
  const subnet = order.subnet === undefined ? machine.interfaces.find((each) => each.name === name)?.subnet : networkOf(order.subnet)
  if (!subnet)
    throw refuse(
      'no_subnet_known',
      'network.subnet',
      `${name} has no IPv4 address, so that its subnet is not known.`,
      'Name it: --subnet 192.168.1.0/24',
    )
  return shape(subnet)
}

const canonical6 = (cidr: string): string => {
  const [prefix = '', length = '64'] = cidr.split('/')
  return `${shortAddress6(prefix)}/${length}`
}
