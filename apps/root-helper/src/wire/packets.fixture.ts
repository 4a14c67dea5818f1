import { ACK, ICMP, seal, TCP } from './packet.ts'

export interface Tcp {
  readonly version?: 4 | 6
  readonly flags: number
  readonly options?: readonly number[]
  readonly payload?: Buffer
  readonly sequence?: number
  readonly acknowledgement?: number
  readonly from?: number
  readonly to?: number
  /** From the host to the peer; the other way otherwise. */
  readonly leaves?: boolean
  readonly dontFragment?: boolean
}

const PEER = Buffer.from([10, 0, 0, 1])
const HOST = Buffer.from([10, 0, 0, 2])
const PEER6 = Buffer.from('fd000000000000000000000000000001', 'hex')
const HOST6 = Buffer.from('fd000000000000000000000000000002', 'hex')

function ip(version: 4 | 6, protocol: number, leaves: boolean, dontFragment: boolean, body: Buffer): Buffer {
  const header = Buffer.alloc(version === 4 ? 20 : 40)
  const [source, target] = leaves
    ? [version === 4 ? HOST : HOST6, version === 4 ? PEER : PEER6]
    : [version === 4 ? PEER : PEER6, version === 4 ? HOST : HOST6]
  if (version === 4) {
    header.writeUInt8(0x45, 0)
    header.writeUInt16BE(dontFragment ? 0x4000 : 0, 6)
    header.writeUInt8(64, 8)
    header.writeUInt8(protocol, 9)
  } else {
    header.writeUInt8(0x60, 0)
    header.writeUInt8(protocol, 6)
    header.writeUInt8(64, 7)
  }
  source.copy(header, version === 4 ? 12 : 8)
  target.copy(header, version === 4 ? 16 : 24)
  return seal({ bytes: Buffer.concat([header, body]), version, protocol: protocol as typeof TCP, at: header.length }).bytes
}

/** A segment between a peer (port 40000) and a host (port 22). */
export function tcp(given: Tcp): Buffer {
  const { version = 4, options = [], payload = Buffer.alloc(0), leaves = false } = given
  const header = Buffer.alloc(20)
  header.writeUInt16BE(given.from ?? (leaves ? 22 : 40_000), 0)
  header.writeUInt16BE(given.to ?? (leaves ? 40_000 : 22), 2)
  header.writeUInt32BE(given.sequence ?? 1000, 4)
  header.writeUInt32BE(given.acknowledgement ?? (given.flags & ACK ? 2000 : 0), 8)
  header.writeUInt8(((20 + options.length) / 4) << 4, 12)
  header.writeUInt8(given.flags, 13)
  header.writeUInt16BE(65_160, 14)
  return ip(version, TCP, leaves, given.dontFragment ?? true, Buffer.concat([header, Buffer.from(options), payload]))
}

/** An ICMP message; `rest` is what follows its first four bytes. */
export const icmp = (type: number, code: number, rest: Buffer, leaves: boolean, dontFragment = false): Buffer =>
  ip(4, ICMP, leaves, dontFragment, Buffer.concat([Buffer.from([type, code, 0, 0]), rest]))

/** MSS 1460, SACK permitted, timestamps 7 and 9, pad, window scale 7: what Linux writes. */
export const LINUX_OPTIONS = [2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 3, 3, 10] as const
