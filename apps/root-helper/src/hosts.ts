import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@decnet/kernel'
import type { Logger } from '@decnet/kernel/logging'
import { holdUdpPort, openCard } from './card.ts'
import { keepLease } from './dhcp/keep-lease.ts'
import { getLease, type Lease, releaseLease } from './dhcp/lease.ts'
import { checkInterface, hang, takeUp } from './hang.ts'
import { ip, within } from './namespace.ts'
import { probe } from './probe.ts'
import type { HostWish, StandingHost, WireTo } from './protocol.ts'
import { isWhole, lookInto, reaching, type SeenInside, type WantedInside } from './seen.ts'
import { CARD, cablesOf, namespacesOf, prefixOf, removeCables, removeNamespaces } from './strays.ts'
import { ownAddresses, probeCards } from './taken.ts'
import { ARP, announcement, keyOf } from './who-has.ts'
import type { Wire } from './wire/wire.ts'

const IPV4 = 0x0800
const DHCP_CLIENT = 68
/** How long cards may take to go with their namespaces, milliseconds. */
const GOING_MS = 3_000
const LOOK_MS = 20

/** The hosts of one fleet: network namespaces that carry its mark in their names. */
export interface Hosts {
  /** Makes it, or takes on one that stands already as it is wished. Several may be raised at once. */
  raise(wish: HostWish): Promise<StandingHost>
  lower(name: string): void
  /** Those that stand as they are wished; one that is cut off from its network does not, and is made anew when it is raised. */
  standing(): StandingHost[]
  namespaceOf(name: string): string
  /** A TCP port of it is open from now on, or no more. */
  opened(name: string, port: number): void
  shut(name: string, port: number): void
  /** Removes all, and waits for their cards to be gone; those to be kept stay. */
  sweep(keep?: readonly string[]): Promise<number>
}

export interface HostsOptions {
  readonly mark: string
  readonly to: WireTo
  readonly wire: Wire
  readonly logger: Logger
}

interface Raised {
  readonly wish: HostWish
  readonly over: AbortController
  readonly open: Set<number>
  /** Of whoever asked for its address. */
  lease: Lease | null
  held: { close(): void } | null
}

const has = (all: readonly string[], address: string | null): boolean =>
  address !== null && all.some((each) => keyOf(each) === keyOf(address))

export function openHosts({ mark, to, wire, logger }: HostsOptions): Hosts {
  takeUp(to)
  const raised = new Map<string, Raised>()
  /** Hosts that stood when they were looked at, but not as they are wished. */
  const broken = new Set<string>()
  /** Addresses that servers gave, which their hosts ask for again. */
  const given = new Map<string, string>()
  let hung = false
  const namespaceOf = (name: string): string => `${prefixOf(mark)}${name}`

  let turns: Promise<unknown> = Promise.resolve()
  /** One after the other, with a look at what else has come in between: most of the work holds this thread up. */
  async function turn(signal: AbortSignal): Promise<void> {
    turns = turns.then(() => nextTurn())
    await turns
    signal.throwIfAborted()
  }

  const hostOf = (name: string, { mac, ip, ip6 }: SeenInside): StandingHost => {
    const wish = raised.get(name)?.wish
    // Routers on the network may have given it others.
    return { name, mac, ip, ip6: wish ? (has(ip6, wish.ip6) ? wish.ip6 : null) : (ip6[0] ?? null) }
  }

  const wantedOf = ({ wish, lease }: Raised): WantedInside => (lease ? { ...wish, ip: lease.ip, gateway: lease.gateway } : wish)

  function standing(): StandingHost[] {
    const reaches = reaching(to)
    broken.clear()
    return namespacesOf(mark).flatMap((namespace) => {
      const name = namespace.slice(prefixOf(mark).length)
      const known = raised.get(name)
      const seen = lookInto(namespace)
      if (seen === null) return []
      // Whose lease is lost has no address: it asks for one again as a new one does.
      const asks = known !== undefined && known.wish.ip === null && known.lease === null
      if (known === undefined || (!asks && reaches(namespace) && isWhole(seen, wantedOf(known)))) return [hostOf(name, seen)]
      broken.add(name)
      return []
    })
  }

  /** Whether it is one that can be taken on; what leads to it and away from it is looked at later. */
  function standsAs(wish: HostWish): boolean {
    const seen = lookInto(namespaceOf(wish.name))
    if (seen === null) return false
    const ip = wish.ip ?? seen.ip
    return ip !== null && isWhole(seen, { ...wish, ip, gateway: null, gateway6: null })
  }

  function remove(name: string): void {
    const known = raised.get(name)
    raised.delete(name)
    known?.over.abort()
    known?.held?.close()
    wire.lower(name)
    const namespace = namespaceOf(name)
    removeNamespaces(namespacesOf(mark).filter((each) => each === namespace))
  }

  function giveUp(name: string): void {
    const known = raised.get(name)
    if (known?.lease) giveBack(namespaceOf(name), known.wish, known.lease)
    remove(name)
  }

  function lower(name: string): void {
    given.delete(name)
    giveUp(name)
  }

  function giveBack(namespace: string, wish: HostWish, lease: Lease): void {
    try {
      const card = within(namespace, () => openCard(CARD, IPV4))
      releaseLease(card, wish, lease)
      card.close()
    } catch (err) {
      logger.warn({ err, host: wish.name }, 'an address could not be given back')
    }
  }

  /** @throws {AppError} `address_taken`. */
  async function mustBeFree(wish: HostWish, signal: AbortSignal): Promise<void> {
    const addresses = [wish.ip, wish.ip6].filter((address) => address !== null)
    const own = ownAddresses()
    for (const address of addresses) {
      if (address === wish.gateway || address === wish.gateway6)
        throw new AppError(`${address} is the gateway's address.`, { code: 'address_taken', hint: 'Choose another for this decky.' })
      if (own.has(address))
        throw new AppError(`${address} is an address of this machine.`, { code: 'address_taken', hint: 'Choose another for this decky.' })
    }
    const taken = await ask(wish, addresses, signal)
    for (const [address, mac] of taken)
      throw new AppError(`${address} is taken: ${mac} answers there.`, { code: 'address_taken', hint: 'Choose another for this decky.' })
  }

  async function ask(wish: HostWish, addresses: readonly string[], signal: AbortSignal) {
    const cards = within(namespaceOf(wish.name), () => probeCards(addresses))
    try {
      return await probe(cards, addresses, wish.mac, signal)
    } finally {
      cards.arp.close()
      cards.nd?.close()
    }
  }

  /** Gives the card what the wish or the lease says, and the host its hand. */
  function dress(wish: HostWish, { open, lease }: Pick<Raised, 'open' | 'lease'>, anew: boolean): void {
    const namespace = namespaceOf(wish.name)
    const { ip: address, prefix, gateway } = lease ?? wish
    if (anew)
      ip(
        [
          ...(address === null ? [] : [`addr add ${address}/${prefix} brd + dev ${CARD}`]),
          ...(wish.ip6 === null ? [] : [`addr add ${wish.ip6}/${wish.prefix6} dev ${CARD} nodad`]),
          ...(address === null || gateway === null ? [] : [`route add default via ${gateway} dev ${CARD}`]),
          ...(wish.ip6 === null || wish.gateway6 === null ? [] : [`route add default via ${wish.gateway6} dev ${CARD}`]),
        ],
        namespace,
      )
    if (address === null) return
    wire.raise({ name: wish.name, namespace, device: CARD, stack: wish.stack, ip: address, openTcp: [...open] })
    const card = within(namespace, () => openCard(CARD, ARP))
    card.send(announcement(address, wish.mac))
    card.close()
  }

  function undress(wish: HostWish): void {
    ip([`-4 addr flush dev ${CARD}`], namespaceOf(wish.name))
  }

  /** Asks for an address, and keeps it from then on. */
  async function lease(host: Raised, before: string | undefined): Promise<void> {
    const { wish, over } = host
    const open = () => within(namespaceOf(wish.name), () => openCard(CARD, IPV4))
    const asking = {
      client: wish,
      signal: over.signal,
      taken: async (address: string) => (await ask(wish, [address], over.signal)).size > 0,
    }
    const card = open()
    try {
      host.lease = await getLease({ ...asking, card }, before)
    } finally {
      card.close()
    }
    given.set(wish.name, host.lease.ip)
    const changed = (next: Lease | null) => {
      const same = next !== null && host.lease !== null && next.ip === host.lease.ip && next.prefix === host.lease.prefix
      host.lease = next
      if (next) given.set(wish.name, next.ip)
      if (same) return
      logger.info({ host: wish.name, ip: next?.ip ?? null }, 'an address has changed')
      try {
        undress(wish)
        if (next) dress(wish, host, true)
      } catch (err) {
        logger.error({ err, host: wish.name }, 'an address could not be changed')
      }
    }
    keepLease(host.lease, { ...asking, open, changed }).catch((err: unknown) => {
      if (!over.signal.aborted) logger.error({ err, host: wish.name }, 'an address is not looked after any more')
    })
  }

  async function make(host: Raised): Promise<void> {
    const { wish, over } = host
    const namespace = namespaceOf(wish.name)
    await turn(over.signal)
    checkInterface(to, hung)
    ip([`netns add ${namespace}`])
    await hang(namespace, wish.mac, to, `dn${mark}`, over.signal)
    hung = true
    ip(['link set lo up', `link set ${CARD} up`], namespace)
    if (wish.ip === null) await lease(host, given.get(wish.name))
    else await mustBeFree(wish, over.signal)
    await turn(over.signal)
    dress(wish, host, true)
  }

  async function takeOn(host: Raised): Promise<void> {
    const { wish, over } = host
    await turn(over.signal)
    hung = true
    const before = wish.ip === null ? lookInto(namespaceOf(wish.name))?.ip : null
    if (before !== null && before !== undefined) await lease(host, before)
    const moved = host.lease !== null && host.lease.ip !== before
    if (moved) undress(wish)
    dress(wish, host, moved)
  }

  return {
    namespaceOf,
    lower,
    standing,
    async raise(wish) {
      const { name } = wish
      const known = raised.get(name)
      const stands = !broken.delete(name) && standsAs(wish)
      // A lease that this process keeps itself.
      if (stands && known?.lease && lookInto(namespaceOf(name))?.ip === known.lease.ip)
        return { name, mac: wish.mac, ip: known.lease.ip, ip6: wish.ip6 }
      if (!stands) remove(name)
      known?.over.abort()
      const host: Raised = {
        wish,
        over: new AbortController(),
        open: new Set(wish.openTcp),
        lease: null,
        held: (stands && known?.held) || null,
      }
      raised.set(name, host)
      try {
        await (stands ? takeOn(host) : make(host))
        if (host.lease) host.held ??= within(namespaceOf(name), () => holdUdpPort(DHCP_CLIENT))
      } catch (error) {
        if (raised.get(name) === host) giveUp(name)
        throw error instanceof AppError || !host.over.signal.aborted
          ? error
          : new AppError(`${name} is wanted no more.`, { code: 'given_up', cause: error })
      }
      return { name, mac: wish.mac, ip: host.lease?.ip ?? wish.ip, ip6: wish.ip6 }
    },
    opened(name, port) {
      const host = raised.get(name)
      if (host && !host.open.has(port)) wire.setOpenPorts(name, [...host.open.add(port)])
    },
    shut(name, port) {
      const host = raised.get(name)
      if (host?.open.delete(port)) wire.setOpenPorts(name, [...host.open])
    },
    async sweep(keep = []) {
      const stay = new Set(keep.map(namespaceOf))
      for (const [name, host] of raised) {
        if (stay.has(namespaceOf(name))) continue
        raised.delete(name)
        host.over.abort()
        host.held?.close()
        wire.lower(name)
        if (host.lease) giveBack(namespaceOf(name), host.wish, host.lease)
      }
      const going = namespacesOf(mark).filter((namespace) => !stay.has(namespace))
      removeNamespaces(going)
      if (stay.size > 0) return going.length
      for (const end = Date.now() + GOING_MS; cablesOf(mark).length > 0 && Date.now() < end; ) await pause(LOOK_MS)
      removeCables(cablesOf(mark))
      return going.length
    },
  }
}
