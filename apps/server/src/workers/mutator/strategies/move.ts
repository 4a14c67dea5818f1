import { isLeased } from '@decnet/contracts'
import { makePersona } from '@decnet/persona'
import { freeAddresses, hostsOf, loopbackRange, type Range } from '../../../fleet/addresses.ts'
import type { MutationFacts, Strategy } from './strategy.ts'

/** Where deckies of this fleet may stand; null: a lease decides. */
function rangeOf({ network }: MutationFacts, ip: string): Range | null {
  if (network.substrate === 'loopback') return loopbackRange(ip)
  return isLeased(network) ? null : hostsOf(network.subnet)
}

/** The host gets another free address of its network. That nobody else answers there is asked when it is taken. */
export const move: Strategy = (decky, facts) => {
  const range = rangeOf(facts, decky.ip)
  if (!range || range.last <= range.first) return null
  const { network, fleet, now } = facts
  const taken = new Set([...fleet.map(({ ip }) => ip), decky.ip])
  if (network.substrate !== 'loopback' && network.gateway !== null) taken.add(network.gateway)
  const from = makePersona(decky).integer(`mutation/${now}/address`, range.first, range.last)
  const [ip] = freeAddresses(range, from, taken).take(1)
  return ip === undefined ? null : { plan: { ...decky, ip }, reason: `It moved from ${decky.ip} to ${ip}.` }
}
