import { addressOf } from '../../address.ts'

/** Whether an address lies in a network (`10.0.0.0/8`, `2001:db8::/32`, or one address); null where `network` is none. */
export function inNetwork(network: string): ((address: string) => boolean) | null {
  const [base = '', length, more] = network.trim().split('/')
  const address = addressOf(base)
  if (!address || more !== undefined || (length !== undefined && !/^\d{1,3}$/u.test(length))) return null
  const prefix = length === undefined ? address.bits : Number(length)
  if (prefix > address.bits) return null
  const shift = BigInt(address.bits - prefix)
  const wanted = address.value >> shift
  return (text) => {
    const other = addressOf(text)
    return other !== null && other.bits === address.bits && other.value >> shift === wanted
  }
}
