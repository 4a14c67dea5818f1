import * as layouts from './layouts.ts'
import type { Handwriting, KernelTraits, Stack } from './stack.ts'

const kernel: KernelTraits = {
  ttl: 64,
  windowScale: null,
  timestamps: 'none',
  sack: false,
  ecn: false,
  dontFragment: true,
  icmpInterval: 0,
}

const tapeLibrary: Handwriting = {
  window: 16_000,
  wholeSegments: false,
  mss: 1460,
  mssFollowsPeer: 'never',
  layout: layouts.sizeOnly,
  ids: { synAck: 'increment', reset: 'increment', icmp: 'increment' },
  reset: { dontFragment: true, bareAck: 'zero', sequence: 'zero', countsFin: false },
  strays: 'refused',
  odd: { none: 'silence', synFin: 'taken-for-syn' },
  unreachable: { quote: 8, dontFragment: false, udpChecksum: 'kept' },
  echo: { code: 'kept', dontFragment: 'never' },
  icmpTtl: 64,
}

export const embedded: readonly Stack[] = [
  {
    id: 'hp-laserjet',
    family: 'embedded',
    title: 'HP LaserJet Enterprise 600',
    maker: 'Hewlett Packard',
    kernel: { ...kernel, windowScale: 0, timestamps: 'host' },
    handwriting: {
      ...tapeLibrary,
      window: 1460,
      layout: layouts.windows,
      reset: { ...tapeLibrary.reset, dontFragment: false },
      unreachable: { quote: 64, dontFragment: false, udpChecksum: 'zero' },
      echo: { code: 'kept', dontFragment: 'kept' },
    },
  },
  {
    id: 'hp-msl4048',
    family: 'embedded',
    title: 'HP StorageWorks MSL tape library',
    maker: 'Hewlett Packard',
    kernel,
    handwriting: tapeLibrary,
  },
  {
    id: 'lantronix-uds200',
    family: 'embedded',
    title: 'Lantronix UDS200 serial server',
    maker: 'Lantronix',
    kernel,
    handwriting: {
      ...tapeLibrary,
      window: 511,
      mss: 1024,
      reset: { ...tapeLibrary.reset, countsFin: true },
      odd: { none: 'counted-reset', synFin: 'taken-for-syn' },
      unreachable: { quote: 8, dontFragment: true, udpChecksum: 'kept' },
      echo: { code: 'kept', dontFragment: 'kept' },
    },
  },
]
