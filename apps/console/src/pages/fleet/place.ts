import type { FleetNetwork } from '@decnet/contracts'
import type { Decky } from '@decnet/contracts/api'

/** Where a fleet stands, in a word: its subnet. */
export function placeOf(network: FleetNetwork | undefined, deckies: readonly Pick<Decky, 'ip'>[]): string {
  if (network && network.substrate !== 'loopback') return network.subnet
  const nets = new Set(deckies.map(({ ip }) => ip.split('.').slice(0, 3).join('.')))
  const [net] = nets
  return net !== undefined && nets.size === 1 ? `${net}.0/24` : 'this machine'
}
