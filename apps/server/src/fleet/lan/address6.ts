import { addressOf, groupsOf } from '../../domain/address.ts'

/** As RFC 5952 writes it, which is how the system says it too. */
export const shortAddress6 = (address: string): string => new URL(`http://[${address}]/`).hostname.slice(1, -1)

/** The address that a host with that card gives itself in a /64 (or the first /64 of a larger one): modified EUI-64, RFC 4291 appendix A. */
export function eui64(cidr: string, mac: string): string {
  const network = (addressOf(cidr.split('/')[0] ?? '')?.value ?? 0n) >> 64n
  const card = BigInt(`0x${mac.replaceAll(':', '')}`) ^ (2n << 40n)
  const id = ((card >> 24n) << 40n) | (0xfffen << 24n) | (card & 0xffffffn)
  return shortAddress6(groupsOf((network << 64n) | id).join(':'))
}
