import { randomBytes } from 'node:crypto'
import { closeSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { type Card, openCard } from './card.ts'
import { checkInterface, hang, takeUp } from './hang.ts'
import { enter, ip, newNamespace } from './namespace.ts'
import { probe } from './probe.ts'
import type { WireTo } from './protocol.ts'
import { CARD } from './strays.ts'
import { ARP, IPV6, macText } from './who-has.ts'

/** Cards of this thread's namespace to ask with; the caller closes them. */
export function probeCards(addresses: readonly string[]): { readonly arp: Card; readonly nd: Card | null } {
  return { arp: openCard(CARD, ARP), nd: addresses.some(isIPv6) ? openCard(CARD, IPV6) : null }
}

/** Addresses of this machine itself: on some wires it cannot hear its own guests. */
export const ownAddresses = (): ReadonlySet<string> =>
  new Set(Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address)))

/**
 * Which of these addresses somebody has on a network, asked from a card of its own that is gone afterwards, however that comes.
 * @throws {AppError} `no_interface`, `no_macvlan`, `no_bridge`, `network_refused`.
 */
export async function takenOn(wire: WireTo, addresses: readonly string[], signal: AbortSignal): Promise<string[]> {
  takeUp(wire)
  checkInterface(wire)
  const space = newNamespace()
  let cards: ReturnType<typeof probeCards> | undefined
  try {
    const path = `/proc/${process.pid}/fd/${space}`
    // Of nobody's make.
    const mac = macText(Buffer.concat([Buffer.from([0x02]), randomBytes(5)]))
    await hang(path, mac, wire, `dnp${(process.pid % 36 ** 4).toString(36)}x`, signal)
    cards = enter(space, () => {
      ip([`link set ${CARD} up`])
      return probeCards(addresses)
    })
    const answered = await probe(cards, addresses, mac, signal)
    const own = ownAddresses()
    return addresses.filter((address) => answered.has(address) || own.has(address))
  } finally {
    cards?.arp.close()
    cards?.nd?.close()
    closeSync(space)
  }
}
