import type { Handwriting, Stack } from '@decnet/persona'
import { parseOptions } from './options.ts'
import { ACK, FIN, flagsOf, headerOf, type Packet, parsePacket, RST, SYN, seal, sourceOf, TCP, targetOf } from './packet.ts'
import type { WireState } from './state.ts'

/** What becomes of a packet that came: the kernel gets it, perhaps another one in its place, or it is answered here and now. */
export type Verdict =
  | { readonly do: 'pass'; readonly packet?: Buffer }
  /** `reply`: a whole packet for whoever sent this one. */
  | { readonly do: 'drop'; readonly reply: Buffer }

const PASS: Verdict = { do: 'pass' }
const ECHO_REQUEST = 8
const DONT_FRAGMENT = 0x4000

/**
 * A segment without ACK and RST, or an echo request, that came for this host: noted for the answer to it, and where the kernel would keep
 * silent and the stack would not, answered. `isOpen` tells of a TCP port whether a service listens there.
 */
export function answer(stack: Stack, state: WireState, bytes: Buffer, isOpen: (port: number) => boolean): Verdict {
  const packet = parsePacket(bytes)
  const { handwriting } = stack
  if (packet === null || handwriting === null) return PASS
  const { at } = packet
  if (packet.protocol !== TCP) {
    if (bytes[at] === ECHO_REQUEST) note(state, packet, bytes.subarray(at + 4, at + 8))
    return PASS
  }
  const flags = flagsOf(packet)
  if ((flags & (ACK | RST)) !== 0) return PASS
  note(state, packet, bytes.subarray(at, at + 4))
  if (!isOpen(bytes.readUInt16BE(at + 2))) return PASS
  const reaction = flags === 0 ? handwriting.odd.none : (flags & (SYN | FIN)) === (SYN | FIN) ? handwriting.odd.synFin : 'silence'
  switch (reaction) {
    case 'reset':
    case 'counted-reset':
      return { do: 'drop', reply: refusal(stack, handwriting, state, packet, reaction === 'reset' ? 0 : 1) }
    case 'taken-for-syn':
      return { do: 'pass', packet: asSyn(packet) }
    case 'silence':
      return PASS
  }
}

function note(state: WireState, packet: Packet, ends: Buffer): void {
  const { bytes, version, at } = packet
  const tcp = packet.protocol === TCP
  state.note(Buffer.concat([sourceOf(packet), ends]).toString('latin1'), {
    mss: tcp ? parseOptions(bytes.subarray(at + 20, at + headerOf(packet))).mss : undefined,
    acknowledgement: tcp ? bytes.readUInt32BE(at + 8) : 0,
    fin: tcp && (flagsOf(packet) & FIN) !== 0,
    dontFragment: version === 4 && (bytes.readUInt16BE(6) & DONT_FRAGMENT) !== 0,
  })
}

function asSyn(packet: Packet): Buffer {
  const bytes = Buffer.from(packet.bytes)
  bytes.writeUInt8(SYN, packet.at + 13)
  bytes.writeUInt16BE(0, packet.at + 18)
  return seal({ ...packet, bytes }).bytes
}

/** The RST of RFC 9293, section 3.10.7.1, with this stack's way to count: `more` bytes than came. */
function refusal(stack: Stack, hand: Handwriting, state: WireState, packet: Packet, more: number): Buffer {
  const { bytes: from, version } = packet
  const at = version === 4 ? 20 : 40
  const bytes = Buffer.alloc(at + 20)
  if (version === 4) {
    bytes.writeUInt8(0x45, 0)
    bytes.writeUInt16BE(state.nextId(hand.ids.reset), 4)
    bytes.writeUInt16BE(hand.reset.dontFragment ? DONT_FRAGMENT : 0, 6)
    bytes.writeUInt8(stack.kernel.ttl, 8)
    bytes.writeUInt8(TCP, 9)
  } else {
    bytes.writeUInt8(0x60, 0)
    bytes.writeUInt8(TCP, 6)
    bytes.writeUInt8(stack.kernel.ttl, 7)
  }
  targetOf(packet).copy(bytes, version === 4 ? 12 : 8)
  sourceOf(packet).copy(bytes, version === 4 ? 16 : 24)
  from.copy(bytes, at, packet.at + 2, packet.at + 4)
  from.copy(bytes, at + 2, packet.at, packet.at + 2)
  if (hand.reset.sequence === 'probe') from.copy(bytes, at + 4, packet.at + 8, packet.at + 12)
  const flags = flagsOf(packet)
  const counted = more + (flags & SYN ? 1 : 0) + (flags & FIN && hand.reset.countsFin ? 1 : 0)
  const payload = from.length - packet.at - headerOf(packet)
  bytes.writeUInt32BE((from.readUInt32BE(packet.at + 4) + payload + counted) % 2 ** 32, at + 8)
  bytes.writeUInt8(0x50, at + 12)
  bytes.writeUInt8(RST | ACK, at + 13)
  return seal({ bytes, version, protocol: TCP, at }).bytes
}
