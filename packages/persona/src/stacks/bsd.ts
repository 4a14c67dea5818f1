import * as layouts from './layouts.ts'
import type { Handwriting, KernelTraits, Stack } from './stack.ts'

const kernel: KernelTraits = {
  ttl: 64,
  windowScale: 6,
  timestamps: 'connection',
  sack: true,
  ecn: true,
  dontFragment: true,
  icmpInterval: 0,
}

const freebsd12: Handwriting = {
  window: 65_535,
  wholeSegments: false,
  mss: 1460,
  mssFollowsPeer: 'never',
  layout: layouts.freebsd,
  ids: { synAck: 'zero', reset: 'zero', icmp: 'stride' },
  reset: { dontFragment: true, bareAck: 'zero', sequence: 'zero', countsFin: true },
  strays: 'refused',
  odd: { none: 'silence', synFin: 'taken-for-syn' },
  unreachable: { quote: 548, dontFragment: false, udpChecksum: 'kept' },
  echo: { code: 'kept', dontFragment: 'kept' },
  icmpTtl: 64,
}

export const bsd: readonly Stack[] = [
  { id: 'freebsd-12', family: 'bsd', title: 'FreeBSD 12', kernel, handwriting: freebsd12 },
  {
    id: 'freebsd-10',
    family: 'bsd',
    title: 'FreeBSD 10.3',
    kernel: { ...kernel, ecn: false },
    handwriting: {
      ...freebsd12,
      mssFollowsPeer: 'named',
      ids: { synAck: 'increment', reset: 'increment', icmp: 'increment' },
      reset: { ...freebsd12.reset, countsFin: false },
      unreachable: { ...freebsd12.unreachable, quote: 8 },
    },
  },
  {
    id: 'openbsd-6',
    family: 'bsd',
    title: 'OpenBSD 6.0',
    kernel: { ...kernel, windowScale: 3, ecn: false },
    handwriting: {
      ...freebsd12,
      window: 16_384,
      layout: layouts.openbsd,
      ids: { synAck: 'random', reset: 'random', icmp: 'stride' },
      // Its packet filter is on as it comes.
      strays: 'silence',
      odd: { none: 'silence', synFin: 'silence' },
      unreachable: { ...freebsd12.unreachable, quote: 8 },
      icmpTtl: 255,
    },
  },
]
