import { asAddress } from '../addresses.ts'

/** Names of all interfaces, as in /proc/net/dev; the loopback is none of them. */
export const linksOf = (dev: string): string[] =>
  [...dev.matchAll(/^ *([^\s:|]+):/gmu)].flatMap(([, name]) => (name === undefined || name === 'lo' ? [] : [name]))

/** Kernels write an IPv4 address as the number that its bytes are in memory; all that run here are little-endian. */
const fromHex = (hex: string): string => asAddress(Number.parseInt(hex.match(/../gu)?.reverse().join('') ?? '0', 16))

export interface Route {
  readonly interface: string
  readonly gateway: string
  readonly metric: number
}

const RTF_UP_GATEWAY = 0x3

/** The default routes of /proc/net/route, best first. */
export function defaultRoutes(table: string): Route[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/u))
    .flatMap(([name, destination, gateway, flags, , , metric, mask]): Route[] =>
      name !== undefined &&
      destination === '00000000' &&
      mask === '00000000' &&
      gateway !== undefined &&
      (Number.parseInt(flags ?? '0', 16) & RTF_UP_GATEWAY) === RTF_UP_GATEWAY
        ? [{ interface: name, gateway: fromHex(gateway), metric: Number(metric) }]
        : [],
    )
    .toSorted((a, b) => a.metric - b.metric)
}

/** The default routes of /proc/net/ipv6_route, best first; addresses in full. */
export function defaultRoutes6(table: string): Route[] {
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/u))
    .flatMap(([destination, length, , , gateway, metric, , , flags, name]): Route[] =>
      name !== undefined &&
      /^0{32}$/u.test(destination ?? '') &&
      length === '00' &&
      gateway !== undefined &&
      (Number.parseInt(flags ?? '0', 16) & RTF_UP_GATEWAY) === RTF_UP_GATEWAY
        ? [{ interface: name, gateway: gateway.match(/.{4}/gu)?.join(':') ?? '', metric: Number.parseInt(metric ?? '0', 16) }]
        : [],
    )
    .toSorted((a, b) => a.metric - b.metric)
}

const ATF_COM = 0x2

/** Addresses whose owner answered, of /proc/net/arp. */
export const answeredIn = (arp: string): string[] =>
  arp
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/u))
    .flatMap(([ip, , flags]) => (ip !== undefined && (Number.parseInt(flags ?? '0', 16) & ATF_COM) === ATF_COM ? [ip] : []))
