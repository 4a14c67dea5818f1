import { readFileSync } from 'node:fs'
import { AppError } from '@decnet/kernel'
import koffi from 'koffi'
import { BLOCK_BYTES, BLOCKS, PacketRing, RETIRE_MS } from './packet-ring.ts'

// packet(7), socket(7), poll(2), as Linux numbers them on x64 and arm64.
const AF_PACKET = 17
const SOCK_RAW = 3
const SOCK_CLOEXEC = 0o2000000
const ETH_P_ALL = 3
const SOL_SOCKET = 1
const SO_ERROR = 4
const SO_ATTACH_FILTER = 26
const SOL_PACKET = 263
const PACKET_ADD_MEMBERSHIP = 1
const PACKET_RX_RING = 5
const PACKET_STATISTICS = 6
const PACKET_VERSION = 10
const TPACKET_V3 = 2
const PROMISCUOUS = 1
const POLLIN = 1
/** ARPHRD numbers of Ethernet and loopback. */
const ETHERNET = ['1', '772']
/** Nominal, for the kernel's arithmetic; frames of any size up to a block's are kept. */
const FRAME_BYTES = 2048

const words = (...values: readonly number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer)

/** The system's functions; loaded when the first socket is opened. */
function load() {
  const libc = koffi.load(null)
  const program = koffi.struct({ length: 'uint16_t', filter: 'const uint8_t *' })
  return {
    socket: libc.func('int socket(int, int, int)'),
    bind: libc.func('int bind(int, const uint8_t *, uint32_t)'),
    index: libc.func('uint32_t if_nametoindex(const char *)'),
    set: libc.func('int setsockopt(int, int, int, const uint8_t *, uint32_t)'),
    setFilter: libc.func('setsockopt', 'int', ['int', 'int', 'int', koffi.pointer(program), 'uint32_t']),
    get: libc.func('int getsockopt(int, int, int, _Out_ uint8_t *, _Inout_ uint32_t *)'),
    map: libc.func('void *mmap(void *, size_t, int, int, int, int64_t)'),
    poll: libc.func('int poll(_Inout_ uint8_t *, uint64_t, int)'),
    filterBytes: koffi.sizeof(program),
  }
}

function linkType(name: string): string | null {
  try {
    return readFileSync(`/sys/class/net/${name}/type`, 'latin1').trim()
  } catch {
    return null
  }
}

/** An open tap on one interface. */
export interface PacketSocket {
  readonly ring: PacketRing
  /** Waits, away from the event loop, until the kernel handed over a block or the time is over. */
  wait(milliseconds: number): Promise<void>
  /** What the kernel shall hand over from now on; see `captureFilter`. Needs no rights. */
  filter(program: Buffer): void
  /** Packets that found no room since the last question. */
  dropped(): number
  /** Null while the interface is there, or why it is not. */
  trouble(): string | null
}

/**
 * Opens a packet socket (AF_PACKET) on an interface of Ethernet frames, promiscuous, with a ring of 16 MiB that the kernel fills. Needs
 * CAP_NET_RAW for this alone: rights may be given up before the first frame is read.
 * @throws {AppError} `no_capture` without rights, interface, or a kernel that does it.
 */
export function openPacketSocket(name: string, program: Buffer): PacketSocket {
  const libc = load()
  const refuse = (what: string, hint: string) => new AppError(what, { code: 'no_capture', hint })
  const index: number = libc.index(name)
  if (index === 0) throw refuse(`There is no network interface ${name}.`, '`ip link` names those that there are.')
  if (!ETHERNET.includes(linkType(name) ?? '1')) throw refuse(`${name} carries no Ethernet frames.`, 'Name the LAN interface or a bridge.')
  // Protocol 0: it hears nothing before it is bound, and then only what the filter lets through.
  const fd: number = libc.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)
  if (fd < 0) throw refuse('Packets may not be watched here.', 'It takes root, or CAP_NET_RAW.')
  const must = (result: number, doing: string) => {
    if (result !== 0) throw refuse(`The kernel cannot ${doing} on ${name} (errno ${koffi.errno()}).`, 'Linux 3.2 or newer can.')
  }
  const filter = (next: Buffer) =>
    must(libc.setFilter(fd, SOL_SOCKET, SO_ATTACH_FILTER, { length: next.length / 8, filter: next }, libc.filterBytes), 'filter packets')
  filter(program)
  must(libc.set(fd, SOL_PACKET, PACKET_VERSION, words(TPACKET_V3), 4), 'speak TPACKET_V3')
  const frames = (BLOCK_BYTES * BLOCKS) / FRAME_BYTES
  must(libc.set(fd, SOL_PACKET, PACKET_RX_RING, words(BLOCK_BYTES, BLOCKS, FRAME_BYTES, frames, RETIRE_MS, 0, 0), 28), 'make a ring')
  const memory: unknown = libc.map(null, BLOCK_BYTES * BLOCKS, 3, 1, fd, 0)
  if (memory === null || BigInt(memory as bigint) === 0xffff_ffff_ffff_ffffn)
    throw refuse('The ring of packets cannot be mapped.', 'Is memory short?')
  const address = Buffer.alloc(20)
  address.writeUInt16LE(AF_PACKET, 0)
  address.writeUInt16BE(ETH_P_ALL, 2)
  address.writeInt32LE(index, 4)
  must(libc.bind(fd, address, address.length), 'listen')
  const membership = Buffer.alloc(16)
  membership.writeInt32LE(index, 0)
  membership.writeUInt16LE(PROMISCUOUS, 4)
  must(libc.set(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership, membership.length), 'hear all frames')

  const waited = Buffer.alloc(8)
  const ask = (level: number, what: number, answer: Buffer): Buffer => {
    libc.get(fd, level, what, answer, [answer.length])
    return answer
  }
  return {
    ring: new PacketRing(koffi.view(memory, BLOCK_BYTES * BLOCKS)),
    filter,
    wait: (milliseconds) =>
      new Promise((resolve) => {
        waited.writeInt32LE(fd, 0)
        waited.writeUInt16LE(POLLIN, 4)
        waited.writeUInt16LE(0, 6)
        libc.poll.async(waited, 1, milliseconds, () => resolve())
      }),
    dropped: () => ask(SOL_PACKET, PACKET_STATISTICS, Buffer.alloc(12)).readUInt32LE(4),
    trouble() {
      if (libc.index(name) !== index) return `The network interface ${name} is gone.`
      // Reading it clears it; an interface that is down may come up again.
      ask(SOL_SOCKET, SO_ERROR, Buffer.alloc(4))
      return null
    },
  }
}
