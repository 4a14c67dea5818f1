import type { FleetNetwork } from '@decnet/contracts'
import { type DeckyOrder, type DeployRequest, type FleetNetworks, mutateInterval } from '@decnet/contracts/api'

/** One kind of host that is wanted, as a form holds it; '' means that the seed chooses. */
export interface Wanted {
  /** '' of whichever kind. */
  readonly archetype: string
  readonly amount: number
  readonly name: string
  readonly ip: string
  readonly distro: string
  /** Empty: what such a host has. */
  readonly services: readonly string[]
}

export interface Place {
  readonly id: string
  readonly title: string
  readonly about: string
  /** What keeps it from being chosen. */
  readonly barred: string | null
  /** Null: where the fleet stands. */
  readonly network: FleetNetwork | null
}

/** What of a network may be said otherwise than it was found. */
export interface Ground {
  readonly subnet: string
  readonly gateway: string
  readonly subnet6: string
  readonly dhcp: boolean
}

export interface Draft {
  readonly place: string
  readonly ground: Ground
  readonly wanted: readonly Wanted[]
  readonly replace: boolean
  readonly start: string
  readonly seed: string
  /** Minutes; '' as the fleet does. */
  readonly interval: string
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
/** A seed that can be read aloud. `random`: bytes. */
export const seedOf = (random: Uint8Array): string => [...random].map((byte) => LETTERS[byte % LETTERS.length]).join('')

/** Minutes that somebody wrote: null where nothing stands, undefined where it is no such number. */
export function minutesOf(text: string): number | null | undefined {
  const said = text.trim()
  return said === '' ? null : mutateInterval.safeParse(/^\d{1,9}$/u.test(said) ? Number(said) : undefined).data
}

/** Where the fleet stands, in words. */
export function standing(network: FleetNetwork): string {
  if (network.substrate === 'loopback') return 'this machine alone'
  const how = network.substrate === 'compose' ? 'containers' : network.link === 'bridge' ? 'behind the bridge' : 'beside'
  return `${network.subnet}, ${how} ${network.substrate === 'compose' ? `on ${network.interface}` : network.interface}`
}

const same = (a: FleetNetwork, b: FleetNetwork) =>
  a.substrate === b.substrate && (a.substrate === 'loopback' || b.substrate === 'loopback' || a.interface === b.interface)

/** Loopback, traffic shaping, and what Docker makes for its containers. */
const NO_PLACE = /^(?:lo$|ifb|veth|docker|br-[0-9a-f]{12}$)/u
/** Where hosts can be expected: not on what serves something else, unless nothing else is there. */
function likely(interfaces: FleetNetworks['interfaces']): FleetNetworks['interfaces'] {
  const some = interfaces.filter(({ name, default_route }) => default_route || !NO_PLACE.test(name))
  return some.length > 0 ? some : interfaces
}

/** Where a fleet may stand on this machine, the likeliest first. */
export function placesOf({ now, deckies, root, linux, interfaces }: FleetNetworks): readonly Place[] {
  const needs = !linux ? 'Needs Linux.' : !root ? 'Needs root: start DECNET as root to use it.' : null
  const lan = ({ subnet, gateway, subnet6, gateway6 }: (typeof interfaces)[number]) => ({
    subnet: subnet ?? '',
    gateway,
    subnet6,
    gateway6: subnet6 === null ? null : gateway6,
  })
  const others: Place[] = [
    {
      id: 'loopback',
      title: 'This machine alone',
      about: 'Addresses of the loopback interface. Needs no right; nobody on the network sees it.',
      barred: null,
      network: { substrate: 'loopback' },
    },
    ...likely(interfaces).flatMap((each): Place[] => [
      {
        id: `netns ${each.name}`,
        title: `${each.subnet ?? 'A network'} on ${each.name}`,
        about: each.bridge
          ? 'A real host on the bridge for each decky: own address, own MAC.'
          : `Real hosts beside this one: own address, own MAC.${each.default_route ? ' The machine’s default route goes through it.' : ''}`,
        barred: needs,
        network: { substrate: 'netns', link: each.bridge ? 'bridge' : 'macvlan', interface: each.name, dhcp: false, ...lan(each) },
      },
    ]),
    ...interfaces
      .filter(({ default_route }) => default_route)
      .map(
        (each): Place => ({
          id: `compose ${each.name}`,
          title: `Containers on ${each.name}`,
          about: 'A container for each decky and service. Needs Docker.',
          barred: null,
          network: { substrate: 'compose', driver: each.bridge ? 'bridge' : 'macvlan', interface: each.name, ...lan(each) },
        }),
      ),
  ]
  if (deckies === 0) return others
  const here: Place = { id: 'here', title: 'Where the fleet stands', about: `On ${standing(now)}.`, barred: null, network: null }
  return [here, ...others.filter(({ network }) => network === null || !same(network, now))]
}

/** What the form of a place begins with. */
export const groundOf = (network: FleetNetwork | null): Ground =>
  network === null || network.substrate === 'loopback'
    ? { subnet: '', gateway: '', subnet6: '', dhcp: false }
    : {
        subnet: network.subnet,
        gateway: network.gateway ?? '',
        subnet6: network.subnet6 ?? '',
        dhcp: network.substrate === 'netns' && network.dhcp,
      }

function networkOf(network: FleetNetwork | null, ground: Ground): FleetNetwork | null {
  if (network === null || network.substrate === 'loopback') return network
  const lan = {
    subnet: ground.subnet.trim(),
    gateway: ground.gateway.trim() === '' ? null : ground.gateway.trim(),
    subnet6: ground.subnet6.trim() === '' ? null : ground.subnet6.trim(),
  }
  return network.substrate === 'netns' ? { ...network, ...lan, dhcp: ground.dhcp } : { ...network, ...lan }
}

function orderOf({ archetype, amount, name, ip, distro, services }: Wanted, minutes: number | null): DeckyOrder {
  return {
    amount,
    service_config: {},
    mutate_interval: minutes,
    ...(archetype === '' ? {} : { archetype }),
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    ...(ip.trim() === '' || amount > 1 ? {} : { ip: ip.trim() }),
    ...(distro === '' ? {} : { distro }),
    ...(services.length === 0 ? {} : { services: [...services] }),
  }
}

/** How many deckies are wanted. */
export const amountOf = ({ wanted }: Pick<Draft, 'wanted'>): number => wanted.reduce((sum, { amount }) => sum + amount, 0)

/** What the server is asked for; null while nothing is wanted, or something is that cannot be asked for. */
export function requestOf(draft: Draft, place: Place | undefined): DeployRequest | null {
  const minutes = minutesOf(draft.interval)
  if (amountOf(draft) === 0 || minutes === undefined || place === undefined || place.barred !== null) return null
  const network = networkOf(place.network, draft.ground)
  return {
    ...(network === null ? {} : { network }),
    ...(draft.start.trim() === '' ? {} : { ip_start: draft.start.trim() }),
    replace_fleet: draft.replace,
    seed: draft.seed,
    deckies: draft.wanted.filter(({ amount }) => amount > 0).map((wanted) => orderOf(wanted, minutes)),
  }
}
