/** IPv4 as a number and back; a network as its first and last address. */
export const asNumber = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
export const asAddress = (number: number): string => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')

export interface Range {
  readonly first: number
  readonly last: number
}

/** The addresses of `192.168.1.0/24` that hosts may have: without the network's own and its broadcast. */
export function hostsOf(cidr: string): Range {
  const [ip = '', length = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(length))
  const network = Math.floor(asNumber(ip) / size) * size
  return size < 4 ? { first: network, last: network + size - 1 } : { first: network + 1, last: network + size - 2 }
}

/** Where the deckies of a loopback fleet stand, by any address of its network: the network's end is its home's claim. */
export function loopbackRange(ip: string): Range {
  const network = Math.floor(asNumber(ip) / 256) * 256
  return { first: network + 1, last: network + 250 }
}

export const within = (range: Range, ip: string): boolean => asNumber(ip) >= range.first && asNumber(ip) <= range.last

/** Addresses from `from` upward, and then those below it, that nobody has. */
export function* freeAddresses(range: Range, from: number, taken: ReadonlySet<string>): Generator<string> {
  for (let n = from; n <= range.last; n += 1) if (!taken.has(asAddress(n))) yield asAddress(n)
  for (let n = range.first; n < from; n += 1) if (!taken.has(asAddress(n))) yield asAddress(n)
}

/** `192.168.1.7/24` is in `192.168.1.0/24`. */
export function networkOf(cidr: string): string {
  const [ip = '', length = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(length))
  return `${asAddress(Math.floor(asNumber(ip) / size) * size)}/${length}`
}
