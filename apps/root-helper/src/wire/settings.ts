import type { Stack } from '@decnet/persona'

/** Receive memory that the kernel itself starts with: 64 KiB of window. */
const MEMORY = { least: 4096, usual: 131_072, most: 6_291_456 }
/** What the kernel adds to a shift before it doubles no more (tcp_select_initial_window). */
const UNSCALED = 65_535

/** Largest receive window of a stack: its shift follows from it. */
export const largestWindow = ({ kernel, handwriting }: Stack): number =>
  kernel.windowScale === null ? (handwriting?.window ?? UNSCALED) : UNSCALED * 2 ** kernel.windowScale

/**
 * Settings of a namespace under /proc/sys/net, in their order; `device` is its card. `movesClock`: its timestamps are moved away from this
 * machine's clock, so that one clock can be shown for all connections; else each pair of hosts has its own, or each connection, as the
 * kernel has it.
 */
export function sysctls(
  { kernel, ...stack }: Stack,
  device: string,
  movesClock: boolean,
): readonly (readonly [path: string, value: string])[] {
  const most = Math.max(MEMORY.usual, largestWindow({ kernel, ...stack }) + 1)
  return [
    ['ipv4/ip_default_ttl', `${kernel.ttl}`],
    ['ipv6/conf/default/hop_limit', `${kernel.ttl}`],
    [`ipv6/conf/${device}/hop_limit`, `${kernel.ttl}`],
    // 1 lets clocks begin anywhere, 2 shows the machine's own.
    ['ipv4/tcp_timestamps', { none: '0', connection: '1', host: movesClock ? '2' : '1' }[kernel.timestamps]],
    ['ipv4/tcp_sack', kernel.sack ? '1' : '0'],
    ['ipv4/tcp_window_scaling', kernel.windowScale === null ? '0' : '1'],
    // Never asked for, agreed to when the peer asks.
    ['ipv4/tcp_ecn', kernel.ecn ? '2' : '0'],
    ['ipv4/tcp_rmem', `${MEMORY.least} ${MEMORY.usual} ${kernel.windowScale === 7 ? MEMORY.most : most}`],
    ['ipv4/ip_no_pmtu_disc', kernel.dontFragment ? '0' : '1'],
    ['ipv4/icmp_ratelimit', `${kernel.icmpInterval}`],
  ]
}

/** The shift that the kernel would offer with these receive buffers (tcp_select_initial_window). */
const shiftOf = (bytes: number): number => Math.min(14, Math.max(0, Math.floor(Math.log2(bytes)) - 15))

/**
 * Whether the namespace's routes have to hold the window down, because the machine's own largest buffer (net.core.rmem_max) would let it
 * grow beyond the stack's.
 */
export function needsWindow(stack: Stack, rmemMax: number): boolean {
  const { windowScale } = stack.kernel
  return windowScale === null ? stack.handwriting !== null : shiftOf(Math.max(rmemMax, largestWindow(stack) + 1)) > windowScale
}

/** Lines of `ip -batch` that give every IPv4 route of a device (as /proc/net/route shows them) its largest window. */
export function windowedRoutes(table: string, device: string, address: string, window: number): readonly string[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [name, destination = '', gateway = '', , , , metric = '0', mask = ''] = line.split('\t').map((field) => field.trim())
      if (name !== device) return []
      const prefix = [...Number.parseInt(mask, 16).toString(2)].filter((bit) => bit === '1').length
      const to = Number(metric) === 0 ? '' : ` metric ${metric}`
      const via = /^0+$/u.test(gateway) ? ` proto kernel scope link src ${address}` : ` via ${dotted(gateway)}`
      return [`route replace ${dotted(destination)}/${prefix}${via} dev ${device}${to} window ${window}`]
    })
}

/** The kernel prints addresses as numbers of this machine, which count from the last byte. */
const dotted = (hex: string): string => [...Buffer.from(hex, 'hex').reverse()].join('.')
