/** Packets as tests send them, between a stranger and a decky. */
export const STRANGER = '203.0.113.9'
export const DECKY = { name: 'web-01', ip: '10.0.0.2', mac: '02:00:00:00:00:02' }

const u16 = (...values: readonly number[]): Buffer => Buffer.from(values.flatMap((value) => [(value >> 8) & 0xff, value & 0xff]))
const u32 = (value: number): Buffer => u16(Math.floor(value / 65_536), value % 65_536)
const bytesOf = (ip: string): Buffer => Buffer.from(ip.split('.').map(Number))
const card = (last: number): Buffer => Buffer.of(2, 0, 0, 0, 0, last)

export interface Ends {
  readonly src?: string
  readonly dst?: string
  readonly srcPort?: number
  readonly dstPort?: number
}
const ends = ({ src = STRANGER, dst = DECKY.ip, srcPort = 40_000, dstPort = 80 }: Ends) => ({ src, dst, srcPort, dstPort })
export const back = (from: Ends): Ends => {
  const { src, dst, srcPort, dstPort } = ends(from)
  return { src: dst, dst: src, srcPort: dstPort, dstPort: srcPort }
}

export const ethernet = (type: number, payload: Uint8Array, from = 9): Buffer => Buffer.concat([card(1), card(from), u16(type), payload])

export function ipv4(from: Ends, protocol: number, payload: Uint8Array, { id = 1, ttl = 57 } = {}): Buffer {
  const { src, dst } = ends(from)
  const header = [Buffer.of(0x45, 0), u16(20 + payload.length, id, 0x4000), Buffer.of(ttl, protocol), u16(0), bytesOf(src), bytesOf(dst)]
  return ethernet(0x0800, Buffer.concat([...header, payload]))
}

export const SYN = 2
export const RST = 4
export const ACK = 16
export const LINUX = Buffer.from('020405b40402080a000000010000000001030307', 'hex')
export const BARE = Buffer.from('020405b4', 'hex')

export interface Tcp extends Ends {
  readonly flags?: number
  readonly seq?: number
  readonly options?: Uint8Array
  readonly data?: Uint8Array
  readonly id?: number
  readonly window?: number
}
export function tcp({ flags = SYN, seq = 1000, options = LINUX, data = Buffer.alloc(0), window = 64_240, id, ...from }: Tcp = {}): Buffer {
  const { srcPort, dstPort } = ends(from)
  const head = [u16(srcPort, dstPort), u32(seq), u32(0), Buffer.of((5 + options.length / 4) << 4, flags), u16(window, 0, 0)]
  return ipv4(from, 6, Buffer.concat([...head, options, data]), id === undefined ? {} : { id })
}
export function udp(from: Ends, data: Uint8Array): Buffer {
  const { srcPort, dstPort } = ends(from)
  return ipv4(from, 17, Buffer.concat([u16(srcPort, dstPort, data.length + 8, 0), data]))
}
export const icmp = (from: Ends, type: number, code: number, rest: Uint8Array = Buffer.alloc(4)): Buffer =>
  ipv4(from, 1, Buffer.concat([Buffer.of(type, code, 0, 0), rest]))

/** Who has `target`? Asked by a card ending in `from`. */
export const arp = (target: string, sender = STRANGER, from = 9): Buffer =>
  ethernet(0x0806, Buffer.concat([u16(1, 0x0800, 0x0604, 1), card(from), bytesOf(sender), Buffer.alloc(6), bytesOf(target)]), from)
/** A neighbour solicitation from one IPv6 address, 16 bytes in hexadecimal, to another, for a third. */
export function solicitation(src: string, dst: string, target: string): Buffer {
  const body = Buffer.concat([Buffer.of(135, 0, 0, 0), Buffer.alloc(4), Buffer.from(target, 'hex')])
  return ethernet(
    0x86dd,
    Buffer.concat([Buffer.of(0x60, 0, 0, 0), u16(body.length), Buffer.of(58, 255), Buffer.from(src, 'hex'), Buffer.from(dst, 'hex'), body]),
  )
}
