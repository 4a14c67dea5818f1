import { isIPv6 } from 'node:net'

/** EtherTypes. */
export const ARP = 0x0806
export const IPV6 = 0x86dd

const NOBODY = Buffer.alloc(6)
const ALL = Buffer.alloc(6, 0xff)

export const macBytes = (mac: string): Buffer => Buffer.from(mac.replaceAll(':', ''), 'hex')
export const macText = (bytes: Buffer): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':')

const four = (ip: string): Buffer => Buffer.from(ip.split('.').map(Number))
/** The 16 bytes of an IPv6 address that is one. */
export function six(ip: string): Buffer {
  const [head = '', tail] = ip
    .replace(/\d+\.\d+\.\d+\.\d+$/u, (dotted) =>
      four(dotted)
        .toString('hex')
        .replace(/^(.{4})/u, '$1:'),
    )
    .split('::')
  const words = (text: string) => (text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16)))
  const [before, after] = [words(head), words(tail ?? '')]
  const all = [...before, ...Array<number>(tail === undefined ? 0 : 8 - before.length - after.length).fill(0), ...after]
  const bytes = Buffer.alloc(16)
  all.slice(0, 8).forEach((word, index) => void bytes.writeUInt16BE(word, index * 2))
  return bytes
}

const frame = (to: Buffer, from: Buffer, etherType: number, payload: Buffer): Buffer => {
  const type = Buffer.alloc(2)
  type.writeUInt16BE(etherType)
  return Buffer.concat([to, from, type, payload])
}

function arp(operation: 1 | 2, mac: string, sender: Buffer, target: Buffer): Buffer {
  const head = Buffer.from([0, 1, 8, 0, 6, 4, 0, operation])
  return frame(ALL, macBytes(mac), ARP, Buffer.concat([head, macBytes(mac), sender, NOBODY, target]))
}

/** Asks whether somebody has the address: an ARP probe (RFC 5227, 2.1.1), or a neighbour solicitation of who has none yet (RFC 4862, 5.4.2). */
export function whoHas(address: string, mac: string): Buffer {
  if (!isIPv6(address)) return arp(1, mac, Buffer.alloc(4), four(address))
  const target = six(address)
  const group = Buffer.concat([Buffer.from('ff0200000000000000000001ff', 'hex'), target.subarray(13)])
  const message = Buffer.concat([Buffer.from([135, 0, 0, 0, 0, 0, 0, 0]), target])
  message.writeUInt16BE(checksum(Buffer.alloc(16), group, message), 2)
  const head = Buffer.from([0x60, 0, 0, 0, 0, message.length, 58, 255])
  const to = Buffer.concat([Buffer.from([0x33, 0x33]), group.subarray(12)])
  return frame(to, macBytes(mac), IPV6, Buffer.concat([head, Buffer.alloc(16), group, message]))
}

/** Tells everybody that the address is here now (RFC 5227, 2.3). */
export const announcement = (address: string, mac: string): Buffer => arp(1, mac, four(address), four(address))

/** The checksum of ICMPv6 (RFC 4443, 2.3). */
function checksum(from: Buffer, to: Buffer, message: Buffer): number {
  const length = Buffer.from([0, 0, 0, message.length, 0, 0, 0, 58])
  const all = Buffer.concat([from, to, length, message])
  let sum = 0
  for (let at = 0; at < all.length; at += 2) sum += all.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** What a frame says of an address: who has it, or is about to take it. `address` in the form of `keyOf`. */
export interface Holder {
  readonly address: string
  readonly mac: string
}

/** Addresses in one spelling each. */
export const keyOf = (address: string): string => (isIPv6(address) ? six(address) : four(address)).toString('hex')

/** Null: it says nothing of that kind, or is none. */
export function readHolder(frame: Buffer): Holder | null {
  if (frame.length < 42) return null
  const etherType = frame.readUInt16BE(12)
  if (etherType === ARP) {
    if (frame.readUInt16BE(14) !== 1 || frame.readUInt16BE(16) !== 0x0800 || frame[18] !== 6 || frame[19] !== 4) return null
    const sender = frame.subarray(28, 32).toString('hex')
    // A probe names no sender: two that ask for the same address at once shall both leave it.
    const address = sender === '00000000' ? frame.subarray(38, 42).toString('hex') : sender
    return { address, mac: macText(frame.subarray(22, 28)) }
  }
  // Neighbour advertisement (RFC 4861, 4.4) without options in between.
  if (etherType !== IPV6 || frame.length < 78 || frame[20] !== 58 || frame[54] !== 136) return null
  return { address: frame.subarray(62, 78).toString('hex'), mac: macText(frame.subarray(6, 12)) }
}
