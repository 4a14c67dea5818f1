/** One instruction of the classic BPF machine (linux/filter.h): operation, jumps if true and if false, operand. */
type Instruction = readonly [code: number, jt: number, jf: number, k: number]

const LOAD_HALF = 0x28
const LOAD_WORD = 0x20
const JUMP_EQUAL = 0x15
const JUMP_GREATER = 0x25
const JUMP_AT_LEAST = 0x35
const RETURN = 0x06

const IPV4 = 0x0800
const ARP = 0x0806
const IPV6 = 0x86dd
/** Jumps reach 255 instructions. */
const MOST_RANGES = 32
/** Bytes kept of a frame: a hello that several segments were merged for fits, a transfer costs little. */
const KEPT = 16_384

interface Range {
  readonly from: number
  readonly to: number
}

const number = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

/** Few ranges that hold all of the addresses: the widest gaps stay gaps. */
function rangesOf(addresses: readonly string[]): Range[] {
  const sorted = [...new Set(addresses.map(number))].sort((a, b) => a - b)
  const gaps = sorted.slice(1).map((address, n) => address - (sorted[n] ?? 0))
  const least = gaps.toSorted((a, b) => b - a)[MOST_RANGES - 2] ?? 2
  const ranges: Range[] = []
  let left = MOST_RANGES - 1
  for (const [n, address] of sorted.entries()) {
    const last = ranges.at(-1)
    const gap = gaps[n - 1] ?? 0
    const apart = gap >= Math.max(2, least) && left > 0
    if (last && !apart) ranges[ranges.length - 1] = { from: last.from, to: address }
    else ranges.push({ from: address, to: address })
    if (last && apart) left -= 1
  }
  return ranges
}

/**
 * What the kernel shall hand over, as a program for SO_ATTACH_FILTER over Ethernet: ARP; IPv4 from or to the addresses, and perhaps
 * a few between them; IPv6 where a decky speaks it. Everything else on the wire costs nothing.
 */
export function captureFilter(ip4: readonly string[], withIp6: boolean): Buffer {
  const ranges = rangesOf(ip4)
  const size = 4 + 2 * (1 + 2 * ranges.length)
  const accept = size + 1
  const program: Instruction[] = []
  const jump = (code: number, k: number, to: number, otherwise: number) =>
    program.push([code, to - program.length - 1, otherwise - program.length - 1, k])
  program.push([LOAD_HALF, 0, 0, 12])
  jump(JUMP_EQUAL, ARP, accept, 2)
  jump(JUMP_EQUAL, IPV6, withIp6 ? accept : size, 3)
  jump(JUMP_EQUAL, IPV4, 4, size)
  for (const offset of [26, 30]) {
    program.push([LOAD_WORD, 0, 0, offset])
    for (const { from, to } of ranges) {
      const next = program.length + 2
      jump(JUMP_AT_LEAST, from, program.length + 1, next)
      jump(JUMP_GREATER, to, next, accept)
    }
  }
  program.push([RETURN, 0, 0, 0], [RETURN, 0, 0, KEPT])
  return Buffer.concat(
    program.map(([code, jt, jf, k]) => {
      const bytes = Buffer.alloc(8)
      bytes.writeUInt16LE(code, 0)
      bytes.writeUInt8(jt, 2)
      bytes.writeUInt8(jf, 3)
      bytes.writeUInt32LE(k, 4)
      return bytes
    }),
  )
}
