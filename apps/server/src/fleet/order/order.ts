import { interfaceName } from '@decnet/contracts'
import { deployRequest, mutateInterval } from '@decnet/contracts/api'
import { z } from 'zod'

/** What an order says of the network; what it does not say is found out from the machine. */
export const networkOrder = z.strictObject({
  substrate: z.enum(['loopback', 'netns', 'compose']).exactOptional(),
  link: z.enum(['macvlan', 'ipvlan', 'bridge']).exactOptional(),
  interface: interfaceName.exactOptional(),
  subnet: z.cidrv4('must be a network such as 192.168.1.0/24').exactOptional(),
  gateway: z.ipv4('must be an IPv4 address').nullable().exactOptional(),
  subnet6: z.cidrv6('must be a network such as 2001:db8::/64').nullable().exactOptional(),
  gateway6: z.ipv6('must be an IPv6 address').nullable().exactOptional(),
  dhcp: z.boolean().exactOptional(),
})
export type NetworkOrder = z.output<typeof networkOrder>

/** A deployment as people write it: a request whose network may be half said, and whose interval may be said once for all. */
export const fleetOrder = deployRequest.extend({
  network: networkOrder.exactOptional(),
  /** Of every decky that has none of its own. */
  mutate_interval: mutateInterval.default(null),
})
export type FleetOrder = z.output<typeof fleetOrder>

export type OrderFormat = 'ini' | 'yaml'

/** Where something stands in a text, lines and columns from 1. */
export interface Position {
  readonly line: number
  readonly column?: number
}
export interface Fault extends Position {
  readonly field: string
  readonly message: string
}

/** A text as values in the shape of an order, not yet checked, and where each stands. */
export interface OrderText {
  readonly value: unknown
  /** Those of the text itself; with any, the value is of no use. */
  readonly faults: readonly Fault[]
  readonly warnings: readonly string[]
  /** Of the nearest thing around a path that stands in the text. */
  positionOf(path: readonly (string | number)[]): Position
}
