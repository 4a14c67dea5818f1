/**
 * Messages of nfnetlink_queue (linux/netfilter/nfnetlink_queue.h): a queue of packets that wait for a verdict. Numbers of netlink are the
 * machine's (little-endian here), those inside the attributes the network's.
 */
const HEADER = 20
const ATTRIBUTE = 4
const SUBSYSTEM = 3 << 8
const PACKET = SUBSYSTEM | 0
const VERDICT = SUBSYSTEM | 1
const CONFIG = SUBSYSTEM | 2
const NLMSG_ERROR = 2
const REQUEST = 1
const ACKNOWLEDGE = 4

/** The whole packet is copied. */
const COPY_PACKET = 2
/** Packets that wait at most; beyond it they pass as they are. */
const WAITING = 1024
const FAIL_OPEN = 1

/** Where a packet was taken out: before it reaches this host's services, or on its way out. */
export const INPUT_HOOK = 1

export interface Queued {
  readonly id: number
  readonly hook: number
  /** Index of the card that it came from; 0 for one that leaves. */
  readonly card: number
  /** Address of the neighbour that sent it; empty for one that leaves. */
  readonly neighbour: Buffer
  readonly packet: Buffer
}

const NOTHING = Buffer.alloc(0)

const padded = (length: number): number => (length + 3) & ~3

function message(type: number, flags: number, queue: number, attributes: readonly (readonly [type: number, value: Buffer])[]): Buffer {
  const length = attributes.reduce((total, [, value]) => total + padded(ATTRIBUTE + value.length), HEADER)
  const bytes = Buffer.alloc(length)
  bytes.writeUInt32LE(length, 0)
  bytes.writeUInt16LE(type, 4)
  bytes.writeUInt16LE(flags, 6)
  bytes.writeUInt16BE(queue, 18)
  let at = HEADER
  for (const [kind, value] of attributes) {
    bytes.writeUInt16LE(ATTRIBUTE + value.length, at)
    bytes.writeUInt16LE(kind, at + 2)
    value.copy(bytes, at + ATTRIBUTE)
    at += padded(ATTRIBUTE + value.length)
  }
  return bytes
}

const long = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Requests that make a queue this socket's; each is answered by an error message with its code, 0 for done. */
export const queueRequests = (queue: number): readonly Buffer[] =>
  [
    // Bind.
    [1, Buffer.from([1, 0, 0, 0])] as const,
    [2, Buffer.from([0, 0, 0xff, 0xff, COPY_PACKET])] as const,
    [3, long(WAITING)] as const,
  ]
    .map((attribute) => message(CONFIG, REQUEST | ACKNOWLEDGE, queue, [attribute]))
    .concat(
      message(CONFIG, REQUEST | ACKNOWLEDGE, queue, [
        [4, long(FAIL_OPEN)],
        [5, long(FAIL_OPEN)],
      ]),
    )

/** What is done with a packet; `packet` takes its place. */
export const verdict = (queue: number, id: number, accepted: boolean, packet?: Buffer): Buffer =>
  message(VERDICT, REQUEST, queue, [
    [2, Buffer.concat([long(accepted ? 1 : 0), long(id)])],
    ...(packet === undefined ? [] : [[10, packet] as const]),
  ])

/** The code in the answer to a request: 0 for done, an errno where it was refused; null for another message. */
export const codeOf = (bytes: Buffer): number | null =>
  bytes.length >= 20 && bytes.readUInt16LE(4) === NLMSG_ERROR ? -bytes.readInt32LE(16) : null

/** The packets of one read from the socket; other messages, and what is cut short, are left out. The parts share the bytes given. */
export function parseQueued(bytes: Buffer): readonly Queued[] {
  const found: Queued[] = []
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = bytes.readUInt32LE(at)
    if (length < HEADER || at + length > bytes.length) break
    const queued = bytes.readUInt16LE(at + 4) === PACKET ? parsePacketMessage(bytes.subarray(at + HEADER, at + length)) : null
    if (queued !== null) found.push(queued)
    at += padded(length)
  }
  return found
}

function parsePacketMessage(bytes: Buffer): Queued | null {
  const found: { -readonly [Part in keyof Queued]: Queued[Part] } = { id: -1, hook: 0, card: 0, neighbour: NOTHING, packet: NOTHING }
  for (let at = 0; at + ATTRIBUTE <= bytes.length; ) {
    const length = bytes.readUInt16LE(at)
    if (length < ATTRIBUTE || at + length > bytes.length) break
    const value = bytes.subarray(at + ATTRIBUTE, at + length)
    const kind = bytes.readUInt16LE(at + 2) & 0x3fff
    if (kind === 1 && value.length >= 7) {
      found.id = value.readUInt32BE(0)
      found.hook = value.readUInt8(6)
    } else if (kind === 5 && value.length >= 4) found.card = value.readUInt32BE(0)
    else if (kind === 9 && value.length >= 12) found.neighbour = value.subarray(4, 4 + Math.min(8, value.readUInt16BE(0)))
    else if (kind === 10) found.packet = value
    at += padded(length)
  }
  return found.id === -1 ? null : found
}
