import { macBytes, macText } from '../who-has.ts'

/** Types of DHCP messages (RFC 2132, 9.6). */
export const DISCOVER = 1
export const OFFER = 2
export const REQUEST = 3
export const DECLINE = 4
export const ACK = 5
export const NAK = 6
export const RELEASE = 7

const COOKIE = 0x63825363
const CLIENT_PORT = 68
const SERVER_PORT = 67
/** Bytes of a BOOTP message before its options. */
const FIXED = 236
/** Smaller ones are dropped by some relays (RFC 1542, 2.1). */
const LEAST = 300
const NOWHERE = '0.0.0.0'
const EVERYWHERE = '255.255.255.255'

/** Option code → bytes, in the order of sending. */
export type Options = readonly (readonly [code: number, bytes: Buffer])[]

/** What a client says. */
export interface ClientMessage {
  readonly type: number
  readonly transaction: number
  /** Seconds since it began. */
  readonly seconds: number
  readonly mac: string
  /** Its address, where it has one that it may use. */
  readonly from?: string
  /** A server that is spoken to alone, and the card that leads to it. */
  readonly to?: { readonly ip: string; readonly mac: string }
  readonly options: Options
}

/** What a server answers; options by their code. */
export interface ServerMessage {
  readonly type: number
  readonly transaction: number
  readonly mac: string
  readonly yours: string
  readonly options: ReadonlyMap<number, Buffer>
  /** The card that it came from. */
  readonly via: string
}

export const address = (ip: string): Buffer => Buffer.from(ip.split('.').map(Number))
export const seconds = (bytes: Buffer | undefined): number | undefined => (bytes?.length === 4 ? bytes.readUInt32BE() : undefined)
export const dotted = (bytes: Buffer | undefined): string | undefined =>
  bytes !== undefined && bytes.length >= 4 ? [...bytes.subarray(0, 4)].join('.') : undefined

function checksum(bytes: Buffer): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += at + 1 < bytes.length ? bytes.readUInt16BE(at) : (bytes[at] ?? 0) << 8
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** The Ethernet frame of a message (RFC 2131, 2): to everybody unless to one server. */
export function writeMessage({ type, transaction, seconds, mac, from = NOWHERE, to, options }: ClientMessage): Buffer {
  const card = macBytes(mac)
  const all: Options = [[53, Buffer.from([type])], ...options]
  const written = all.flatMap(([code, bytes]) => [Buffer.from([code, bytes.length]), bytes])
  const fixed = Buffer.alloc(FIXED)
  fixed.writeUInt8(1, 0)
  fixed.writeUInt8(1, 1)
  fixed.writeUInt8(6, 2)
  fixed.writeUInt32BE(transaction, 4)
  fixed.writeUInt16BE(Math.min(seconds, 0xffff), 8)
  address(from).copy(fixed, 12)
  card.copy(fixed, 28)
  const cookie = Buffer.alloc(4)
  cookie.writeUInt32BE(COOKIE)
  const message = Buffer.concat([fixed, cookie, ...written, Buffer.from([255])])
  const payload = Buffer.concat([message, Buffer.alloc(Math.max(0, LEAST - message.length))])

  const udp = Buffer.alloc(8)
  udp.writeUInt16BE(CLIENT_PORT, 0)
  udp.writeUInt16BE(SERVER_PORT, 2)
  udp.writeUInt16BE(8 + payload.length, 4)
  const ends = Buffer.concat([address(from), address(to?.ip ?? EVERYWHERE)])
  const pseudo = Buffer.concat([ends, Buffer.from([0, 17]), udp.subarray(4, 6)])
  udp.writeUInt16BE(checksum(Buffer.concat([pseudo, udp, payload])) || 0xffff, 6)

  const ip = Buffer.alloc(20)
  ip.writeUInt8(0x45, 0)
  ip.writeUInt16BE(28 + payload.length, 2)
  ip.writeUInt8(64, 8)
  ip.writeUInt8(17, 9)
  ends.copy(ip, 12)
  ip.writeUInt16BE(checksum(ip), 10)

  const ethernet = Buffer.concat([to === undefined ? Buffer.alloc(6, 0xff) : macBytes(to.mac), card, Buffer.from([8, 0])])
  return Buffer.concat([ethernet, ip, udp, payload])
}

/** A server's message out of a frame; null for all else that passes on a network, and whatever is broken. */
export function readMessage(frame: Buffer): ServerMessage | null {
  if (frame.length < 14 + 20 + 8 + FIXED + 4 || frame.readUInt16BE(12) !== 0x0800) return null
  const ip = frame.subarray(14)
  const head = ((ip[0] ?? 0) & 15) * 4
  // A fragment is nobody's answer.
  if ((ip[0] ?? 0) >> 4 !== 4 || head < 20 || ip[9] !== 17 || (ip.readUInt16BE(6) & 0x3fff) !== 0) return null
  if (ip.length < head + 8 + FIXED + 4) return null
  if (ip.readUInt16BE(head) !== SERVER_PORT || ip.readUInt16BE(head + 2) !== CLIENT_PORT) return null
  const message = ip.subarray(head + 8)
  if (message[0] !== 2 || message[1] !== 1 || message[2] !== 6 || message.readUInt32BE(FIXED) !== COOKIE) return null
  const options = new Map<number, Buffer>()
  for (let at = FIXED + 4; at < message.length; ) {
    const code = message[at] ?? 255
    if (code === 255) break
    const length = message[at + 1]
    if (code === 0) at += 1
    else if (length === undefined || at + 2 + length > message.length) return null
    else {
      options.set(code, Buffer.concat([options.get(code) ?? Buffer.alloc(0), message.subarray(at + 2, at + 2 + length)]))
      at += 2 + length
    }
  }
  const type = options.get(53)?.[0]
  if (type === undefined) return null
  return {
    type,
    transaction: message.readUInt32BE(4),
    mac: macText(message.subarray(28, 34)),
    yours: [...message.subarray(16, 20)].join('.'),
    options,
    via: macText(frame.subarray(6, 12)),
  }
}
