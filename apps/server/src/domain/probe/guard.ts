import { inNetwork } from '../ttp/rule/cidr.ts'

/** What operators say of addresses: networks (`10.0.0.0/8`, `2001:db8::/32`) or single addresses. */
export interface GuardRules {
  /** May be probed although they are private, reserved or our own. */
  readonly allow: readonly string[]
  /** Never probed; stronger than `allow`. */
  readonly deny: readonly string[]
}

/** IANA's registry of special addresses, IPv4 (RFC 6890 and those after it). */
const SPECIAL: readonly (readonly [network: string, what: string])[] = [
  ['0.0.0.0/8', 'no host'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared by a provider’s customers'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'for documentation'],
  ['192.88.99.0/24', 'a 6to4 relay'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'for benchmarks'],
  ['198.51.100.0/24', 'for documentation'],
  ['203.0.113.0/24', 'for documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
  ['::/128', 'no host'],
  ['::1/128', 'loopback'],
  ['64:ff9b::/96', 'NAT64'],
  ['64:ff9b:1::/48', 'NAT64'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link-local'],
  ['fec0::/10', 'private'],
  ['ff00::/8', 'multicast'],
  ['2001::/32', 'Teredo'],
  ['2001::/23', 'reserved'],
  ['2001:db8::/32', 'for documentation'],
  ['2002::/16', '6to4'],
  ['3fff::/20', 'for documentation'],
]
const special = SPECIAL.map(([network, what]) => ({ within: inNetwork(network), what }))
/** All that is handed out to hosts of the internet (RFC 4291 §2.4); with the exceptions above. */
const [global6, every4, every6] = ['2000::/3', '0.0.0.0/0', '::/0'].map((network) => inNetwork(network))
/** `010.0.0.1` is eight to some and ten to others. */
const AMBIGUOUS = /(?:^|[.:])0\d+\.|\.0\d+$/u

/** Whether a text is a network or an address that rules may name. */
export const isNetwork = (text: string): boolean => inNetwork(text) !== null

/**
 * Makes the one guard of all probes: why an address may not be probed, as the end of a sentence (`… is loopback`), or null where it may. Takes
 * IPv4 and IPv6 in their usual forms only; what carries an IPv4 address within an IPv6 one is refused, also where either is allowed.
 * `own`: the addresses of this machine and of its deckies.
 */
export function addressGuard({ allow, deny }: GuardRules, own: readonly string[]): (address: string) => string | null {
  const among = (networks: readonly string[]) => {
    const tests = networks.map(inNetwork)
    return (address: string) => tests.some((within) => within?.(address))
  }
  const [allowed, denied, ours] = [among(allow), among(deny), among(own)]
  return (address) => {
    if (AMBIGUOUS.test(address) || (!every4?.(address) && !every6?.(address))) return 'is no address'
    if (denied(address)) return 'is among those that are never probed'
    const six = address.includes(':')
    if (six && every4?.(address)) return 'is IPv4 written as IPv6'
    if (allowed(address)) return null
    if (ours(address)) return 'is one of our own'
    const found = special.find(({ within }) => within?.(address))
    if (found) return `is ${found.what}`
    return six && !global6?.(address) ? 'is not of the internet' : null
  }
}
