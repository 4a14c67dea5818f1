import { readFileSync } from 'node:fs'
import { AppError, isNodeError } from '@decnet/kernel'
import { z } from 'zod'
import { askIp, within } from './namespace.ts'
import { type CardState, cardState } from './netdevice.ts'
import type { WireTo } from './protocol.ts'
import { CARD } from './strays.ts'
import { keyOf } from './who-has.ts'

/** What a host has on its card, asked of its system. */
export interface SeenInside extends CardState {
  /** IPv6 addresses that reach further than the next cable, as the system writes them. */
  readonly ip6: readonly string[]
  /** Of its default routes, in the form of `keyOf`. */
  readonly gateways: readonly string[]
}

const GLOBAL = '00'
const UP_GATEWAY = 0x3

/** A file of /proc/net of this thread's namespace, by lines and fields; a kernel without IPv6 has none of its files. */
function table(name: string): string[][] {
  try {
    return readFileSync(`/proc/thread-self/net/${name}`, 'latin1')
      .split('\n')
      .map((line) => line.trim().split(/\s+/u))
  } catch (error) {
    if (isNodeError(error) && error.code === 'ENOENT') return []
    throw error
  }
}

const isGateway = (flags = '0') => (Number.parseInt(flags, 16) & UP_GATEWAY) === UP_GATEWAY
/** The kernel prints IPv4 addresses as numbers of this machine, which count from the last byte. */
const turned = (hex: string) => Buffer.from(hex, 'hex').reverse().toString('hex')

function gateways(): string[] {
  const four = table('route').flatMap(([card, to, via = '', flags, , , , mask]) =>
    card === CARD && to === '00000000' && mask === '00000000' && isGateway(flags) ? [turned(via)] : [],
  )
  const six = table('ipv6_route').flatMap(([to, length, , , via = '', , , , flags, card]) =>
    card === CARD && /^0{32}$/u.test(to ?? '') && length === '00' && isGateway(flags) ? [via] : [],
  )
  return [...four, ...six]
}

/** Looks into a namespace; null when it is none any more, or has no card. */
export function lookInto(namespace: string): SeenInside | null {
  try {
    return within(namespace, () => {
      const card = cardState(CARD)
      if (card === null) return null
      const ip6 = table('if_inet6').flatMap(([address, , , scope, , name]) =>
        name === CARD && scope === GLOBAL && address !== undefined ? [address.replaceAll(/.{4}(?=.)/gu, '$&:')] : [],
      )
      return { ...card, ip6, gateways: gateways() }
    })
  } catch (error) {
    if (error instanceof AppError || isNodeError(error)) return null
    throw error
  }
}

/** What a host is to have there. */
export interface WantedInside {
  readonly mac: string
  readonly ip: string | null
  readonly ip6: string | null
  readonly gateway: string | null
  readonly gateway6: string | null
}

/** Whether a host has what it is to have; what else it has does not matter. */
export function isWhole(seen: SeenInside, { mac, ip, ip6, gateway, gateway6 }: WantedInside): boolean {
  const among = (all: readonly string[], address: string | null) => address === null || all.includes(keyOf(address))
  return (
    seen.up &&
    seen.mac === mac &&
    seen.ip === ip &&
    among(seen.ip6.map(keyOf), ip6) &&
    among(seen.gateways, ip === null ? null : gateway) &&
    among(seen.gateways, ip6 === null ? null : gateway6)
  )
}

const ports = z.array(z.object({ flags: z.array(z.string()), link_netnsid: z.number().optional() }))
const spaces = z.array(z.object({ name: z.string(), id: z.number().optional() }))

/**
 * Which namespaces' cards have a way out of this machine: on what is there and up, with a cable that is in where there is one. The same for
 * one host and for hundreds. @throws {AppError} `network_refused`, `iproute_missing`.
 */
export function reaching({ link, interface: name }: WireTo): (namespace: string) => boolean {
  if (!cardState(name)?.up) return () => false
  // A card of that kind goes with what it is on.
  if (link === 'macvlan') return () => true
  const ids = new Set(
    ports.parse(askIp('link', 'show', 'master', name)).flatMap(({ flags, link_netnsid: id }) => (flags.includes('UP') ? [id] : [])),
  )
  const plugged = new Set(spaces.parse(askIp('netns', 'list')).flatMap(({ name, id }) => (id !== undefined && ids.has(id) ? [name] : [])))
  return (namespace) => plugged.has(namespace)
}
