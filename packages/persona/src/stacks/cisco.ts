import * as layouts from './layouts.ts'
import type { Handwriting, KernelTraits, Stack } from './stack.ts'

const kernel: KernelTraits = {
  ttl: 255,
  windowScale: null,
  timestamps: 'none',
  sack: false,
  ecn: false,
  dontFragment: false,
  icmpInterval: 0,
}

const ios: Handwriting = {
  window: 4128,
  wholeSegments: false,
  mss: 1460,
  mssFollowsPeer: 'always',
  layout: layouts.sizeOnly,
  ids: { synAck: 'random', reset: 'random', icmp: 'stride' },
  reset: { dontFragment: false, bareAck: 'zero', sequence: 'probe', countsFin: false },
  strays: 'refused',
  odd: { none: 'silence', synFin: 'silence' },
  unreachable: { quote: 8, dontFragment: false, udpChecksum: 'kept' },
  echo: { code: 'kept', dontFragment: 'kept' },
  icmpTtl: 255,
}

const smallSegments: Handwriting = { ...ios, mss: 536, mssFollowsPeer: 'named' }

// Silence: behind an access list that lets connections in, and nothing else.
export const cisco: readonly Stack[] = [
  {
    id: 'cisco-ios-15',
    family: 'cisco',
    title: 'Cisco 2821 router, IOS 15.1',
    maker: 'Cisco',
    kernel,
    handwriting: { ...ios, strays: 'silence' },
  },
  { id: 'cisco-ios-xe', family: 'cisco', title: 'Cisco IOS XE 15.3', maker: 'Cisco', kernel, handwriting: smallSegments },
  {
    id: 'cisco-2811',
    family: 'cisco',
    title: 'Cisco 2811 router, IOS 12',
    maker: 'Cisco',
    kernel,
    handwriting: { ...smallSegments, strays: 'silence' },
  },
]
