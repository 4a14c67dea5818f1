import type { Substrate } from '../port.ts'
import { bindService } from './bind-service.ts'

/** Deckies on addresses of 127.0.0.0/8, which every machine has: nothing to make, nothing to remove, no right needed. */
export function loopback(): Substrate {
  const standing = new Map<string, { readonly name: string; readonly ip: string }>()
  const seen = ({ name, ip }: { readonly name: string; readonly ip: string }) => ({ name, ip, ip6: null, mac: null, services: null })
  return {
    name: 'loopback',
    inspect: async () => [...standing.values()].map(seen),
    async raise(decky) {
      standing.set(decky.name, decky)
      return seen(decky)
    },
    async lower(decky) {
      standing.delete(decky)
    },
    open: async (decky, service) => bindService(decky, service),
    async shut({ handle }) {
      handle?.close()
    },
    async remove() {
      standing.clear()
    },
  }
}
