import type { Stack } from './stack.ts'

/** Debian 12, Ubuntu 22.04 and 24.04: from 4.15 on the same hand, which is the hand of the kernel that these hosts run on. */
export const linux: readonly Stack[] = [
  {
    id: 'linux-5',
    family: 'linux',
    title: 'Linux 5–6',
    kernel: { ttl: 64, windowScale: 7, timestamps: 'host', sack: true, ecn: true, dontFragment: true, icmpInterval: 1000 },
    handwriting: null,
  },
]
