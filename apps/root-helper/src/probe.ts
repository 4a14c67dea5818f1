import { isIPv6 } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Card } from './card.ts'
import { keyOf, readHolder, whoHas } from './who-has.ts'

/** Questions for each address, the pause after each, and how often is looked meanwhile, milliseconds; RFC 5227 takes several seconds. */
const QUESTIONS = 3
const PAUSE_MS = 330
const LOOK_MS = 30
/** Frames read at a time: a flooded network holds nobody up. */
const TURN = 512

export interface ProbeCards {
  readonly arp: Card
  /** Null where there is no IPv6. */
  readonly nd: Card | null
}

/**
 * Asks everybody on a network for some addresses, all at once, in about a second.
 * @returns who answered: address as given → MAC. Answers from `own`, the asking card itself, are none.
 */
export async function probe(
  { arp, nd }: ProbeCards,
  addresses: readonly string[],
  own: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const asked = new Map(addresses.map((address) => [keyOf(address), address]))
  const taken = new Map<string, string>()
  const listen = () => {
    for (const card of [arp, nd])
      for (let turn = 0; card !== null && turn < TURN; turn += 1) {
        const frame = card.receive()
        if (frame === null) break
        const holder = readHolder(frame)
        const address = holder && asked.get(holder.address)
        if (holder && address !== undefined && address !== null && holder.mac !== own) taken.set(address, holder.mac)
      }
  }
  for (let question = 0; question < QUESTIONS && taken.size < asked.size; question += 1) {
    for (const address of addresses) if (!taken.has(address)) (isIPv6(address) ? nd : arp)?.send(whoHas(address, own))
    for (const end = Date.now() + PAUSE_MS; Date.now() < end && taken.size < asked.size; ) {
      await pause(LOOK_MS, undefined, { signal })
      listen()
    }
  }
  return taken
}
