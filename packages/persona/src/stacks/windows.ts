import * as layouts from './layouts.ts'
import type { Handwriting, KernelTraits, Stack } from './stack.ts'

const kernel: KernelTraits = {
  ttl: 128,
  windowScale: 8,
  timestamps: 'host',
  sack: true,
  ecn: false,
  dontFragment: true,
  icmpInterval: 0,
}

const handwriting: Handwriting = {
  window: 8192,
  wholeSegments: false,
  mss: 1460,
  mssFollowsPeer: 'never',
  layout: layouts.windows,
  ids: { synAck: 'increment', reset: 'increment', icmp: 'increment' },
  reset: { dontFragment: true, bareAck: 'sequence', sequence: 'zero', countsFin: true },
  strays: 'refused',
  odd: { none: 'reset', synFin: 'reset' },
  unreachable: { quote: 548, dontFragment: false, udpChecksum: 'kept' },
  echo: { code: 'zero', dontFragment: 'never' },
  icmpTtl: 128,
}

export const windows: readonly Stack[] = [
  { id: 'windows-10-1607', family: 'windows', title: 'Windows 10 1507–1607', kernel, handwriting },
  {
    id: 'windows-10-1703',
    family: 'windows',
    title: 'Windows 10 1703',
    kernel,
    handwriting: { ...handwriting, window: 65_535, wholeSegments: true },
  },
]

export const windowsServer: readonly Stack[] = [
  { id: 'windows-server-2016', family: 'windows_server', title: 'Windows Server 2016', kernel: { ...kernel, ecn: true }, handwriting },
  {
    id: 'windows-server-2016-firewall',
    family: 'windows_server',
    title: 'Windows Server 2016, its firewall on',
    kernel: { ...kernel, ecn: true },
    handwriting: { ...handwriting, strays: 'silence', odd: { none: 'silence', synFin: 'silence' } },
  },
]
