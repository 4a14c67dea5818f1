import { asAddress, hostsOf, networkOf } from '../../addresses.ts'
import { type ComposeNetwork, MARK, projectOf } from './containers.ts'
import { type Engine, Refusal } from './engine.ts'

interface Known {
  readonly Id: string
  readonly Name: string
  readonly Driver: string
  readonly Labels: Readonly<Record<string, string>> | null
  readonly Options: Readonly<Record<string, string>> | null
  readonly IPAM: { readonly Config: readonly { readonly Subnet?: string; readonly Gateway?: string }[] | null }
}

const BRIDGE_NAME = 'com.docker.network.bridge.name'

/** The interface that hosts are put on; for `bridge` the bridge, which Docker makes where there is none. */
export const driverOptions = ({ driver, interface: name }: ComposeNetwork): Record<string, string> =>
  driver === 'bridge' ? { [BRIDGE_NAME]: name } : { parent: name }

/** Docker gives the first address to a gateway that nobody names: a host may want that one, so it is the last. */
export const subnets = ({ subnet, gateway, subnet6, gateway6 }: ComposeNetwork): { Subnet: string; Gateway?: string }[] => [
  { Subnet: networkOf(subnet), Gateway: gateway ?? asAddress(hostsOf(subnet).last) },
  ...(subnet6 === null ? [] : [{ Subnet: subnet6, ...(gateway6 === null ? {} : { Gateway: gateway6 }) }]),
]

function fits(known: Known, network: ComposeNetwork): boolean {
  const options = driverOptions(network)
  const theirs = new Set(known.IPAM.Config?.map(({ Subnet }) => Subnet))
  return (
    known.Driver === network.driver &&
    Object.entries(options).every(([key, value]) => known.Options?.[key] === value) &&
    subnets(network).every(({ Subnet }) => theirs.has(Subnet))
  )
}

export interface Ground {
  readonly id: string
  readonly name: string
  /** It was there, and is another's. */
  readonly shared: boolean
}

/** The network of a fleet: its own, or one that fits and is there already (of one interface Docker has one), or a new one. */
export async function ensureNetwork(engine: Engine, network: ComposeNetwork, mark: string): Promise<Ground> {
  const all = await engine.ask<readonly Known[]>('GET', '/networks')
  const own = all.find((known) => known.Labels?.[MARK] === mark)
  if (own && fits(own, network)) return { id: own.Id, name: own.Name, shared: false }
  if (own) await engine.ask('DELETE', `/networks/${own.Id}`)
  const other = all.find((known) => known !== own && fits(known, network))
  if (other) return { id: other.Id, name: other.Name, shared: true }
  const name = projectOf(mark)
  const { Id: id } = await engine.ask<{ Id: string }>('POST', '/networks/create', {
    Name: name,
    CheckDuplicate: true,
    Driver: network.driver,
    EnableIPv6: network.subnet6 !== null,
    Options: driverOptions(network),
    IPAM: { Driver: 'default', Config: subnets(network) },
    Labels: { [MARK]: mark, 'com.docker.compose.project': name, 'com.docker.compose.network': 'lan' },
  })
  return { id, name, shared: false }
}

/**
 * Removes the fleet's network, and `used` where another fleet made it and is gone. What is in use stays with whoever uses it.
 */
export async function removeNetworks(engine: Engine, mark: string, used: Ground | undefined): Promise<void> {
  for (const { Id, Labels } of await engine.ask<readonly Known[]>('GET', '/networks')) {
    const whose = Labels?.[MARK]
    if (whose !== mark && (whose === undefined || Id !== used?.id)) continue
    try {
      await engine.ask('DELETE', `/networks/${Id}`)
    } catch (error) {
      if (!(error instanceof Refusal) || !(error.status === 404 || /active endpoints/iu.test(error.message))) throw error
    }
  }
}
