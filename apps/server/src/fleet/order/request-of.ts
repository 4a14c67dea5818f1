import type { DeployRequest } from '@decnet/contracts/api'
import { chooseNetwork } from '../lan/choose-network.ts'
import type { Machine } from '../lan/detect-lan.ts'
import type { FleetOrder } from './order.ts'

/** An order with all that it leaves to the machine. @throws {AppError} what `chooseNetwork` says. */
export function requestOf({ network, mutate_interval, deckies, ...rest }: FleetOrder, machine: Machine): DeployRequest {
  return {
    ...rest,
    ...(network === undefined ? {} : { network: chooseNetwork(network, machine) }),
    deckies: deckies.map((decky) => ({ ...decky, mutate_interval: decky.mutate_interval ?? mutate_interval })),
  }
}
