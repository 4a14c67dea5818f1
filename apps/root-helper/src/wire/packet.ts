export const ICMP = 1
export const TCP = 6
const IPV6_HEADER = 40

export const FIN = 0x01
export const SYN = 0x02
export const RST = 0x04
export const PSH = 0x08
export const ACK = 0x10
export const URG = 0x20

/** A whole packet of TCP or ICMP, not a fragment; `at` is where its transport header begins. */
export interface Packet {
  readonly bytes: Buffer
  readonly version: 4 | 6
  readonly protocol: typeof TCP | typeof ICMP
  readonly at: number
}

/** RFC 791 and 8200; null for everything else: fragments, extension headers, what is cut short. */
export function parsePacket(bytes: Buffer): Packet | null {
  const version = (bytes[0] ?? 0) >> 4
  if (version === 4) {
    const at = ((bytes[0] ?? 0) & 15) * 4
    if (at < 20 || bytes.length < at + 8 || bytes.readUInt16BE(2) !== bytes.length || (bytes.readUInt16BE(6) & 0x3fff) !== 0) return null
    const protocol = bytes[9]
    if (protocol === ICMP) return { bytes, version, protocol, at }
    return protocol === TCP ? wholeTcp({ bytes, version, protocol, at }) : null
  }
  if (version !== 6 || bytes.length < IPV6_HEADER || bytes.readUInt16BE(4) !== bytes.length - IPV6_HEADER || bytes[6] !== TCP) return null
  return wholeTcp({ bytes, version, protocol: TCP, at: IPV6_HEADER })
}

function wholeTcp(packet: Packet): Packet | null {
  const { bytes, at } = packet
  if (bytes.length < at + 20) return null
  const header = headerOf(packet)
  return header >= 20 && bytes.length >= at + header ? packet : null
}

/** Length of the TCP header, with its options. */
export const headerOf = ({ bytes, at }: Packet): number => ((bytes[at + 12] ?? 0) >> 4) * 4
export const flagsOf = ({ bytes, at }: Packet): number => (bytes[at + 13] ?? 0) & 0x3f

const addresses = ({ version }: Packet): { readonly source: number; readonly target: number; readonly length: number } =>
  version === 4 ? { source: 12, target: 16, length: 4 } : { source: 8, target: 24, length: 16 }

export function sourceOf(packet: Packet): Buffer {
  const { source, length } = addresses(packet)
  return packet.bytes.subarray(source, source + length)
}

export function targetOf(packet: Packet): Buffer {
  const { target, length } = addresses(packet)
  return packet.bytes.subarray(target, target + length)
}

/** One's complement sum of RFC 1071, not yet folded. */
function sum(bytes: Buffer, from: number, to: number): number {
  let total = 0
  for (let at = from; at + 1 < to; at += 2) total += bytes.readUInt16BE(at)
  return (to - from) % 2 === 1 ? total + (bytes[to - 1] ?? 0) * 256 : total
}

function folded(total: number): number {
  let rest = total
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 0x10000)
  return ~rest & 0xffff
}

/** Writes the lengths and checksums that follow from everything else. */
export function seal(packet: Packet): Packet {
  const { bytes, version, protocol, at } = packet
  if (version === 4) {
    bytes.writeUInt16BE(bytes.length, 2)
    bytes.writeUInt16BE(0, 10)
    bytes.writeUInt16BE(folded(sum(bytes, 0, at)), 10)
  } else bytes.writeUInt16BE(bytes.length - at, 4)
  const field = protocol === TCP ? at + 16 : at + 2
  bytes.writeUInt16BE(0, field)
  const { source, length } = addresses(packet)
  const pseudo = protocol === TCP ? sum(bytes, source, source + 2 * length) + TCP + bytes.length - at : 0
  bytes.writeUInt16BE(folded(pseudo + sum(bytes, at, bytes.length)), field)
  return packet
}

/** Whether its checksums are right. */
export function isSealed(packet: Packet): boolean {
  const copy = Buffer.from(packet.bytes)
  return seal({ ...packet, bytes: copy }).bytes.equals(packet.bytes)
}
