import type { FleetNetwork } from '@decnet/contracts'
import { compose } from './compose/compose.ts'
import { type ComposeOptions, reapContainers } from './compose/reap.ts'
import { loopback } from './loopback/loopback.ts'
import { type NetnsOptions, netns } from './netns/netns.ts'
import type { Substrate } from './port.ts'

export interface SubstrateOptions extends NetnsOptions {
  readonly containers: Omit<ComposeOptions, 'mark'>
}

/** What a network asks for. @throws {AppError} when this machine cannot have it. */
export const substrates =
  ({ containers, ...options }: SubstrateOptions) =>
  (network: FleetNetwork): Substrate => {
    const { mark } = options
    if (network.substrate !== 'compose') void reapContainers({ mark, ...containers })
    switch (network.substrate) {
      case 'loopback':
        return loopback()
      case 'netns':
        return netns(network, options)
      case 'compose':
        return compose(network, { mark, ...containers })
    }
  }
