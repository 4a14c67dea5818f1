import { addressText as textIn } from '@decnet/fingerprint'
import type { WatchedDecky } from '../protocol.ts'

export interface Watched {
  readonly name: string
  readonly ip: string
}

/** The bytes of an address, one character each, as they stand in a packet; null when it is none. */
export function addressBytes(text: string): string | null {
  const parts = text.split('.')
  if (!text.includes(':')) {
    const bytes = parts.map(Number)
    return parts.length === 4 && bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256)
      ? String.fromCharCode(...bytes)
      : null
  }
  const [head = '', tail] = text.split('::')
  const groups = (side: string) => (side === '' ? [] : side.split(':').map((group) => Number.parseInt(group, 16)))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const missing = 8 - left.length - right.length
  if (missing < 0 || (tail === undefined && missing > 0)) return null
  const all = [...left, ...Array<number>(missing).fill(0), ...right]
  if (all.some((group) => !(group >= 0 && group < 65_536))) return null
  return String.fromCharCode(...all.flatMap((group) => [group >> 8, group & 0xff]))
}

/** The text of an address by its bytes. */
export const addressText = (bytes: string): string => textIn(Buffer.from(bytes + bytes, 'latin1'), 0)

const cardBytes = (mac: string): string => Buffer.from(mac.replaceAll(':', ''), 'hex').toString('latin1')

/** Whose packets are looked at: found by the bytes of an address or a card. */
export class Fleet {
  readonly #deckies = new Map<string, Watched>()
  readonly #ours = new Set<string>()

  constructor(deckies: readonly WatchedDecky[], ignore: readonly string[]) {
    for (const { name, ip, ip6, mac } of deckies) {
      for (const address of [ip, ip6]) {
        const bytes = address === undefined ? null : addressBytes(address)
        if (bytes !== null && address !== undefined) this.#deckies.set(bytes, { name, ip: address })
      }
      if (mac !== undefined) this.#ours.add(cardBytes(mac))
    }
    for (const one of ignore) this.#ours.add(/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/u.test(one) ? cardBytes(one) : (addressBytes(one) ?? one))
  }
  decky(bytes: string): Watched | undefined {
    return this.#deckies.get(bytes)
  }
  /** An address or a card that is ours. */
  isOurs(bytes: string): boolean {
    return this.#ours.has(bytes) || this.#deckies.has(bytes)
  }
}
