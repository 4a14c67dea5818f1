import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@decnet/kernel'
import { ip } from './namespace.ts'
import { cardState } from './netdevice.ts'
import type { WireTo } from './protocol.ts'
import { CARD, isCable, linkNames, removeCables } from './strays.ts'

/** How long a card of the same number, which goes with its namespace, may take to be gone, milliseconds. */
const GOING_MS = 3_000
const LOOK_MS = 50

/** Others that this machine has, for whoever named one that it has not. */
function others(): string {
  const names = [...linkNames()].filter((name) => name !== 'lo' && !isCable(name))
  return names.length > 0 ? `It has ${names.slice(0, 8).join(', ')}: name one with --interface.` : 'It has none but the loopback.'
}

/**
 * @param hung whether hosts have hung there already.
 * @throws {AppError} `no_interface` when there is nothing to hang hosts on; `interface_down`.
 */
export function checkInterface({ interface: wanted }: WireTo, hung = false): void {
  const there = cardState(wanted)
  if (there?.up) return
  if (there)
    throw new AppError(`The network interface ${wanted} is down.`, {
      code: 'interface_down',
      hint: `Take it up: ip link set ${wanted} up. Deckies on it come back then.`,
    })
  throw new AppError(`This machine has no network interface ${wanted}${hung ? ' any more' : ''}.`, {
    code: 'no_interface',
    hint: hung ? 'Deckies on it come back when it does.' : others(),
  })
}

/** Takes up what hosts are to have their cards on; somebody who takes it down later means it. A bridge is its owner's. */
export function takeUp({ link, interface: name }: WireTo): void {
  if (link === 'macvlan' && cardState(name)?.up === false) ip([`link set ${name} up`])
}

/** What the kernel says, in words that say what to do. */
function explained(error: unknown, { link, interface: wanted }: WireTo): unknown {
  if (!(error instanceof AppError) || error.code !== 'network_refused') return error
  if (link === 'macvlan' && /unknown device type|operation not supported/iu.test(error.message))
    return new AppError('The kernel of this machine has no macvlan.', {
      code: 'no_macvlan',
      hint: 'Load it (modprobe macvlan), or put the interface into a bridge and hang the deckies there: link bridge.',
      cause: error,
    })
  if (link === 'bridge' && /does not have|not supported|is not a bridge|invalid argument/iu.test(error.message))
    return new AppError(`${wanted} is no bridge.`, {
      code: 'no_bridge',
      hint: `Name a bridge with --interface, or use link macvlan on ${wanted}.`,
      cause: error,
    })
  return error
}

/**
 * Gives a namespace its card, with a way to everybody on the network.
 * @param namespace name of one, or a path to it.
 * @param cable begins the name of the host's end of a cable.
 * @throws {AppError} `no_macvlan`, `no_bridge`, `network_refused`.
 */
export async function hang(namespace: string, mac: string, wire: WireTo, cable: string, signal: AbortSignal): Promise<void> {
  for (const end = Date.now() + GOING_MS; ; await pause(LOOK_MS, undefined, { signal })) {
    try {
      if (wire.link === 'macvlan') {
        ip([`link add link ${wire.interface} name ${CARD} netns ${namespace} address ${mac} type macvlan mode bridge`])
        return
      }
      const name = freeName(cable)
      try {
        ip([
          `link add ${name} type veth peer name ${CARD} netns ${namespace} address ${mac}`,
          `link set ${name} master ${wire.interface}`,
          `link set ${name} up`,
        ])
      } catch (error) {
        removeCables([name])
        throw error
      }
      return
    } catch (error) {
      const going = error instanceof AppError && /address already in use|file exists/iu.test(error.message)
      if (!going || Date.now() > end) throw explained(error, wire)
    }
  }
}

function freeName(cable: string): string {
  const taken = linkNames()
  for (let n = 0; ; n += 1) {
    const name = `${cable}${n.toString(36)}`
    if (!taken.has(name)) return name
  }
}
