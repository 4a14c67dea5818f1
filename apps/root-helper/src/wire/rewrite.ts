import type { Handwriting, Stack } from '@decnet/persona'
import { parseOptions, writeOptions } from './options.ts'
import { ACK, flagsOf, headerOf, type Packet, parsePacket, RST, SYN, seal, TCP, targetOf } from './packet.ts'
import type { Note, WireState } from './state.ts'

const ECHO_REPLY = 0
const UNREACHABLE = 3
const DONT_FRAGMENT = 0x4000
/** Segment size towards a peer that named none (RFC 9293). */
const DEFAULT_MSS = 536

/**
 * A packet that leaves, in the hand of the stack: SYN-ACK, RST, echo reply and ICMP unreachable; null for what may go as it is. The bytes
 * given are not touched. What the kernel agreed with the peer stays agreed: options are put in order, never taken away.
 */
export function rewrite(stack: Stack, state: WireState, bytes: Buffer): Buffer | null {
  const packet = parsePacket(bytes)
  const { handwriting } = stack
  if (packet === null || handwriting === null) return null
  if (packet.protocol !== TCP) return rewriteIcmp(handwriting, state, packet)
  const flags = flagsOf(packet)
  const note = state.noted(answerKey(packet))
  if ((flags & RST) !== 0) return rewriteReset(handwriting, state, packet, note)
  return (flags & (SYN | ACK)) === (SYN | ACK) ? rewriteSynAck(stack, handwriting, state, packet, note) : null
}

/** The key under which a peer's opening was noted, from the answer to it. */
const answerKey = (packet: Packet): string => {
  const { bytes, at } = packet
  const ends = packet.protocol === TCP ? [bytes.subarray(at + 2, at + 4), bytes.subarray(at, at + 2)] : [bytes.subarray(at + 4, at + 8)]
  return Buffer.concat([targetOf(packet), ...ends]).toString('latin1')
}

function rewriteSynAck(stack: Stack, hand: Handwriting, state: WireState, packet: Packet, note: Note | undefined): Buffer {
  const { bytes, version, at } = packet
  const end = at + headerOf(packet)
  const options = parseOptions(bytes.subarray(at + 20, end))
  const agreed =
    `${options.windowScale === undefined ? '' : 'W'}${options.sack ? 'S' : ''}${options.timestamps ? 'T' : ''}` as keyof Handwriting['layout']
  const layout = options.others || options.mss === undefined ? undefined : hand.layout[agreed]
  const own = Math.min(options.mss ?? DEFAULT_MSS, version === 4 ? hand.mss : hand.mss - 20)
  const written =
    layout === undefined
      ? bytes.subarray(at + 20, end)
      : writeOptions(layout, {
          ...options,
          mss: Math.min(own, offeredBack(hand, note) ?? own),
          // A smaller shift than the kernel's only makes its windows look smaller; a larger one would promise what is not there.
          windowScale: Math.min(options.windowScale ?? 0, stack.kernel.windowScale ?? 0),
        })
  const out = copy(packet, Buffer.concat([bytes.subarray(0, at + 20), written, bytes.subarray(end)]))
  out.bytes.writeUInt8(((20 + written.length) / 4) << 4, at + 12)
  out.bytes.writeUInt16BE(windowOf(hand, agreed, note), at + 14)
  writeId(out, state.nextId(hand.ids.synAck), stack.kernel.dontFragment)
  return seal(out).bytes
}

function offeredBack({ mssFollowsPeer }: Handwriting, note: Note | undefined): number | undefined {
  if (note === undefined || mssFollowsPeer === 'never') return undefined
  return note.mss ?? (mssFollowsPeer === 'always' ? DEFAULT_MSS : undefined)
}

function windowOf(hand: Handwriting, agreed: string, note: Note | undefined): number {
  if (!hand.wholeSegments || agreed.includes('W') || note === undefined) return hand.window
  const segment = Math.max(note.mss ?? DEFAULT_MSS, DEFAULT_MSS) - (agreed.includes('T') ? 12 : 0)
  return hand.window - (hand.window % segment)
}

function rewriteReset(hand: Handwriting, state: WireState, packet: Packet, note: Note | undefined): Buffer {
  const { reset } = hand
  const out = copy(packet)
  const { bytes, at } = out
  const sequence = bytes.readUInt32BE(at + 4)
  if ((flagsOf(packet) & ACK) === 0) {
    if (reset.bareAck === 'sequence') bytes.writeUInt32BE(sequence, at + 8)
  } else if (sequence === 0 && note !== undefined) {
    // The refusal of a probe, not the end of a connection.
    if (reset.sequence === 'probe') bytes.writeUInt32BE(note.acknowledgement, at + 4)
    if (!reset.countsFin && note.fin) bytes.writeUInt32BE((bytes.readUInt32BE(at + 8) - 1) >>> 0, at + 8)
  }
  writeId(out, state.nextId(hand.ids.reset), reset.dontFragment)
  return seal(out).bytes
}

function rewriteIcmp(hand: Handwriting, state: WireState, packet: Packet): Buffer | null {
  const type = packet.bytes[packet.at]
  if (type === ECHO_REPLY) {
    const out = copy(packet)
    if (hand.echo.code === 'zero') out.bytes.writeUInt8(0, out.at + 1)
    out.bytes.writeUInt8(hand.icmpTtl, 8)
    const kept = hand.echo.dontFragment === 'kept' && state.noted(answerKey(packet))?.dontFragment === true
    writeId(out, state.nextId(hand.ids.icmp), kept)
    return seal(out).bytes
  }
  return type === UNREACHABLE ? rewriteUnreachable(hand, state, packet) : null
}

function rewriteUnreachable(hand: Handwriting, state: WireState, packet: Packet): Buffer {
  const quoted = packet.at + 8
  const inner = ((packet.bytes[quoted] ?? 0) & 15) * 4
  const out = copy(packet, packet.bytes.subarray(0, Math.min(packet.bytes.length, quoted + inner + hand.unreachable.quote)))
  const { bytes } = out
  bytes.writeUInt8(0, 1)
  bytes.writeUInt8(hand.icmpTtl, 8)
  const datagram = quoted + inner
  if (hand.unreachable.udpChecksum === 'zero' && bytes[quoted + 9] === 17 && bytes.length >= datagram + 8)
    bytes.writeUInt16BE(0, datagram + 6)
  writeId(out, state.nextId(hand.ids.icmp), hand.unreachable.dontFragment)
  return seal(out).bytes
}

const copy = (packet: Packet, bytes = packet.bytes): Packet => ({ ...packet, bytes: Buffer.from(bytes) })

function writeId({ bytes, version }: Packet, id: number, dontFragment: boolean): void {
  if (version === 6) return
  bytes.writeUInt16BE(id, 4)
  bytes.writeUInt16BE(dontFragment ? DONT_FRAGMENT : 0, 6)
}
