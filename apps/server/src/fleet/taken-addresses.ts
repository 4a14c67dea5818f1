import { type FleetNetwork, isLeased } from '@decnet/contracts'
import type { DeployPlan } from '@decnet/contracts/api'
import type { Home } from '../home.ts'
import { answering } from './lan/answering.ts'
import { checkNetwork } from './lan/choose-network.ts'
import type { Machine } from './lan/detect-lan.ts'
import { takenAddresses as probed } from './substrates/netns/netns.ts'

/** On a network where somebody answers at every address that is chosen, there is no end of asking. */
const ROUNDS = 8

const SYSTEM = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** By probes that need root and no address of our own there (RFC 5227); else by what the system finds out for anybody. */
function answeringOn(network: FleetNetwork, addresses: readonly string[], machine: Machine, home: Pick<Home, 'logs' | 'cache'>) {
  if (network.substrate !== 'netns' || process.getuid?.() !== 0) return answering(addresses, machine)
  return probed(network, addresses, { logs: home.logs, env: { PATH: SYSTEM, NODE_ENV: 'production', NODE_COMPILE_CACHE: home.cache } })
}

/**
 * Addresses that a plan must leave alone: this machine's, and those of whoever answers where it would put a decky. `plan`: what would be made
 * around these. @throws {AppError} what `plan` and `checkNetwork` say, before anything is asked of the network.
 */
export async function takenAddresses(
  plan: (taken: readonly string[]) => Promise<DeployPlan>,
  machine: Machine,
  home: Pick<Home, 'logs' | 'cache'>,
): Promise<readonly string[]> {
  const taken = [...machine.own]
  const asked = new Set<string>()
  for (let round = 0; round < ROUNDS; round += 1) {
    const { network, added } = await plan(taken)
    checkNetwork(network, machine)
    if (network.substrate === 'loopback' || isLeased(network)) break
    const next = added.map(({ ip }) => ip).filter((ip) => !asked.has(ip))
    for (const ip of next) asked.add(ip)
    const found = next.length === 0 ? [] : await answeringOn(network, next, machine, home)
    if (found.length === 0) break
    taken.push(...found)
  }
  return taken
}
