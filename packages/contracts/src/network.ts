import { z } from 'zod'

/** As Linux takes it: 15 bytes, no slash, no blank. */
export const interfaceName = z.string().regex(/^[\w.@-]{1,15}$/u, 'is the name of a network interface: 15 characters at most')

const lan = {
  /** `192.168.1.0/24` */
  subnet: z.cidrv4(),
  gateway: z.ipv4().nullable(),
  subnet6: z.cidrv6().nullable().default(null),
  gateway6: z.ipv6().nullable().default(null),
}

/** Where a fleet stands: on this machine alone, or on a real network in one of two ways. */
export const fleetNetwork = z.discriminatedUnion('substrate', [
  /** Addresses of the loopback interface; needs no right. */
  z.object({ substrate: z.literal('loopback') }),
  /** A network namespace for each decky: a card of its own on an interface of this machine (macvlan), or a cable into a bridge. Needs root. */
  z.object({
    substrate: z.literal('netns'),
    link: z.enum(['macvlan', 'bridge']),
    interface: interfaceName,
    ...lan,
    /** Addresses are asked for by DHCP. */
    dhcp: z.boolean().default(false),
  }),
  /** Containers: one that owns the address, one for each service that shares its network. Needs Docker. */
  z.object({ substrate: z.literal('compose'), driver: z.enum(['macvlan', 'ipvlan', 'bridge']), interface: interfaceName, ...lan }),
])
export type FleetNetwork = z.infer<typeof fleetNetwork>
export type LanNetwork = Extract<FleetNetwork, { subnet: string }>

/** Stands where a plan has no address because DHCP gives it. */
export const LEASED = '0.0.0.0'
/** Whether DHCP gives the hosts of a network their addresses. */
export const isLeased = (network: FleetNetwork): boolean => network.substrate === 'netns' && network.dhcp
