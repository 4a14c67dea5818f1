import { type LanNetwork, LEASED } from '@decnet/contracts'
import { AppError } from '@decnet/kernel'
import { type DeckyPlan, makePersona, stackOf } from '@decnet/persona'
import type { HostWish, Order, StandingHost, WireTo } from '@decnet/root-helper'
import type { SeenHost, Substrate } from '../port.ts'
import { type HelperOptions, startHelper } from './ask-helper.ts'

export type NetnsNetwork = Extract<LanNetwork, { substrate: 'netns' }>

export interface NetnsOptions extends HelperOptions {
  /** Eight hexadecimal digits: whose hosts these are. */
  readonly mark: string
}

const prefixLength = (cidr: string): number => Number(cidr.split('/')[1])
const seen = ({ name, ip, ip6, mac }: StandingHost): SeenHost => ({ name, ip: ip ?? '', ip6, mac, services: null })
const wireOf = ({ link, interface: name }: Pick<NetnsNetwork, 'link' | 'interface'>): WireTo => ({ link, interface: name })

/** @throws {AppError} `needs_root`, `needs_linux`. */
function mustBeAble(): void {
  if (process.platform !== 'linux')
    throw new AppError('Hosts on a real network need Linux.', {
      code: 'needs_linux',
      hint: 'Leave the fleet on the loopback: decnet deploy --loopback',
    })
  if (process.getuid?.() !== 0)
    throw new AppError('Hosts on a real network need root.', {
      code: 'needs_root',
      hint: 'Start the fleet with sudo, or leave it on the loopback: decnet deploy --loopback',
    })
}

/**
 * Which of these addresses somebody has on a network, asked by a root helper that is there for this alone: for a network where no fleet
 * stands. In about a second. @throws {AppError} `needs_root`, `needs_linux`, `no_interface`, `no_macvlan`, `no_bridge`.
 */
export async function takenAddresses(
  network: Pick<NetnsNetwork, 'link' | 'interface'>,
  addresses: readonly string[],
  options: Omit<HelperOptions, 'died'>,
): Promise<readonly string[]> {
  mustBeAble()
  const helper = startHelper(() => [], { ...options, died: () => undefined })
  try {
    return (await helper.ask({ do: 'taken', wire: wireOf(network), addresses: [...addresses] })).value
  } finally {
    await helper.stop()
  }
}

/** Deckies as network namespaces on a real network, made by the root helper. @throws {AppError} `needs_root`, `needs_linux`. */
export function netns(network: NetnsNetwork, { mark, ...options }: NetnsOptions): Substrate {
  mustBeAble()
  /** What stands, with the TCP ports that are open in it: a helper that starts again takes it on. */
  const standing = new Map<string, { readonly wish: HostWish; host: StandingHost; readonly open: Set<number> }>()
  const begin = (): Order[] => [
    { do: 'begin', mark, wire: wireOf(network), keep: [...standing.keys()] },
    ...[...standing.values()].map(({ wish, open }): Order => ({ do: 'raise', host: { ...wish, openTcp: [...open] } })),
  ]
  const helper = startHelper(begin, options)

  const wishOf = (decky: DeckyPlan): HostWish => {
    const persona = makePersona(decky)
    return {
      name: decky.name,
      mac: decky.mac ?? persona.mac,
      ip: decky.ip === LEASED ? null : decky.ip,
      hostname: persona.hostname,
      osFamily: persona.os.family,
      prefix: prefixLength(network.subnet),
      gateway: network.gateway,
      ip6: decky.ip6 ?? null,
      prefix6: network.subnet6 === null ? 64 : prefixLength(network.subnet6),
      gateway6: network.gateway6,
      stack: stackOf(persona),
      openTcp: [],
    }
  }

  return {
    name: 'netns',
    inspect: async () => (await helper.ask({ do: 'inspect' })).value.map(seen),
    async raise(decky) {
      const wish = wishOf(decky)
      const { value } = await helper.ask({ do: 'raise', host: wish })
      standing.set(decky.name, { wish, host: value, open: new Set() })
      return seen(value)
    },
    async lower(name) {
      standing.delete(name)
      await helper.ask({ do: 'lower', name })
    },
    async open({ name }, { name: service, port }) {
      const entry = standing.get(name)
      const bound = { decky: name, service, address: entry?.host.ip ?? '', wantedPort: port }
      // Nothing else has an address in there: one socket takes both families, and whatever a lease brings.
      const address = entry?.wish.ip6 ? '::' : (entry?.wish.ip ?? '0.0.0.0')
      try {
        const { value, handle } = await helper.ask({ do: 'open', name, transport: 'tcp', address, port })
        entry?.open.add(port)
        return { bound: { ...bound, port: value.port, detail: null }, handle }
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        return { bound: { ...bound, port: null, detail: error.message }, handle: undefined }
      }
    },
    async shut({ handle, bound: { decky, port } }) {
      handle?.close()
      if (handle === undefined || port === null || !standing.get(decky)?.open.delete(port)) return
      // A helper that dies meanwhile hears of it when it begins again.
      helper.ask({ do: 'shut', name: decky, port }).catch(() => undefined)
    },
    remove: () => helper.stop(),
  }
}
