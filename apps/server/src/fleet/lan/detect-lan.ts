import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import type { FleetNetworks } from '@decnet/contracts/api'
import { networkOf } from '../addresses.ts'
import { shortAddress6 } from './address6.ts'
import { type Link, linksIn } from './ip-link.ts'
import { defaultRoutes, defaultRoutes6, linksOf } from './proc-net.ts'

/** Some 1,500 bytes an interface, of hundreds of deckies. */
const MOST_BYTES = 16 * 1024 * 1024

/** What this machine has of networks. */
export interface Machine extends Pick<FleetNetworks, 'root' | 'linux' | 'interfaces'> {
  /** Interfaces that are a part of another one's network, or the end of a cable: nobody's choice, though they can be named. */
  readonly parts: ReadonlySet<string>
  /** Every address that it answers at. */
  readonly own: readonly string[]
}

/** Empty where the system has no such file. */
function read(file: string): string {
  try {
    // Of this thread's network namespace; /sys shows the one in which it was mounted.
    return readFileSync(`/proc/thread-self/net/${file}`, 'latin1')
  } catch {
    return ''
  }
}

/** What the system knows of its interfaces beside their addresses; nothing where it cannot be asked. */
function links(): ReadonlyMap<string, Link> {
  const env = { PATH: '/usr/sbin:/sbin:/usr/bin:/bin' }
  const { stdout, status } = spawnSync('ip', ['-j', '-d', 'link', 'show'], { encoding: 'utf8', env, timeout: 2_000, maxBuffer: MOST_BYTES })
  return status === 0 ? linksIn(stdout) : new Map()
}

/** Looks at the interfaces and routes of this machine; needs no right. `uid`: of whoever plays the fleet. */
export function detectLan(uid: number | undefined = process.getuid?.()): Machine {
  const addresses = networkInterfaces()
  const [out, out6] = [defaultRoutes(read('route')), defaultRoutes6(read('ipv6_route'))]
  const known = links()
  const names = linksOf(read('dev'))
  const part = (name: string) => {
    const link = known.get(name)
    return link !== undefined && (link.master || (link.kind === 'veth' && !addresses[name]?.some(({ family }) => family === 'IPv4')))
  }
  return {
    parts: new Set(names.filter(part)),
    root: uid === 0,
    linux: process.platform === 'linux',
    own: Object.values(addresses).flatMap((some) => some?.map(({ address }) => address) ?? []),
    interfaces: names.map((name) => {
      const own = addresses[name] ?? []
      const four = own.find(({ family }) => family === 'IPv4')
      const six = own.find(({ family, address }) => family === 'IPv6' && !/^fe[89ab]/u.test(address))
      return {
        name,
        bridge: known.get(name)?.kind === 'bridge',
        subnet: four?.cidr ? networkOf(four.cidr) : null,
        gateway: out.find((route) => route.interface === name)?.gateway ?? null,
        subnet6: six?.cidr ? `${shortAddress6(six.address)}/${six.cidr.split('/')[1]}` : null,
        gateway6: out6.filter((route) => route.interface === name).map(({ gateway }) => shortAddress6(gateway))[0] ?? null,
        default_route: out[0]?.interface === name,
      }
    }),
  }
}
