import { getSystemErrorName } from 'node:util'
import { AppError } from '@decnet/kernel'
import koffi from 'koffi'
import {
  AF_PACKET,
  bindSocket,
  cardAddress,
  closeDescriptor,
  libc,
  MSG_DONTWAIT,
  recv,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_RAW,
  SOL_SOCKET,
  setsockopt,
  socket,
} from '../system.ts'
import { codeOf, queueRequests } from './nfqueue.ts'

// netlink(7), eventfd(2), poll(2), as Linux numbers them on x64 and arm64.
const AF_NETLINK = 16
const NETLINK_NETFILTER = 12
const SOL_NETLINK = 270
const NETLINK_NO_ENOBUFS = 5
const SO_RCVTIMEO = 20
const EFD_CLOEXEC = 0o2000000
const POLLIN = 1
const POLL_ENTRY = 8

const sendto = libc.func('intptr_t sendto(int, void *, size_t, int, void *, uint32_t)')
const pollAll = libc.func('int poll(void *, unsigned long, int)')
const eventfd = libc.func('int eventfd(unsigned int, int)')
const write = libc.func('intptr_t write(int, void *, size_t)')
const read = libc.func('intptr_t read(int, void *, size_t)')

const refused = (what: string, errno: number): AppError =>
  new AppError(`${what}: ${getSystemErrorName(-errno)}.`, {
    code: 'wire_refused',
    hint: 'The root helper needs root, and a kernel with nfnetlink_queue and packet sockets.',
  })

/** @throws {AppError} `wire_refused` when a call has failed. */
function checked(result: number, what: string): number {
  if (result < 0) throw refused(what, koffi.errno())
  return result
}

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

/** A socket of this thread's namespace that owns a queue of packets. @throws {AppError} `wire_refused`. */
export function openQueue(queue: number): number {
  const descriptor = checked(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER), 'No netlink socket can be opened')
  try {
    const address = Buffer.alloc(12)
    address.writeUInt16LE(AF_NETLINK, 0)
    checked(bindSocket(descriptor, address, address.length), 'The netlink socket cannot be bound')
    // A queue that ran over is no error to read: those packets passed.
    checked(setsockopt(descriptor, SOL_NETLINK, NETLINK_NO_ENOBUFS, int(1), 4), 'The netlink socket cannot be set')
    const second = Buffer.alloc(16)
    second.writeBigInt64LE(1n, 0)
    checked(setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, second, 16), 'The netlink socket cannot be set')
    const answer = Buffer.alloc(4096)
    for (const request of queueRequests(queue)) {
      checked(Number(sendto(descriptor, request, request.length, 0, null, 0)), 'The packet queue cannot be asked for')
      const length = checked(Number(recv(descriptor, answer, answer.length, 0)), 'The packet queue does not answer')
      const code = codeOf(answer.subarray(0, length))
      if (code !== 0) throw refused('The packet queue was refused', code ?? 0)
    }
    return descriptor
  } catch (error) {
    closeDescriptor(descriptor)
    throw error
  }
}

/** A socket of this thread's namespace that sends whole packets to neighbours and receives nothing. @throws {AppError} `wire_refused`. */
export const openSender = (): number => checked(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0), 'No packet socket can be opened')

/** Sends a packet out of a card to a neighbour; whether it went. */
export function sendPacket(descriptor: number, card: number, neighbour: Buffer, packet: Buffer): boolean {
  const address = cardAddress(card, (packet[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800)
  address.writeUInt8(neighbour.length, 11)
  neighbour.copy(address, 12)
  return Number(sendto(descriptor, packet, packet.length, MSG_DONTWAIT, address, address.length)) === packet.length
}

export const sendMessage = (descriptor: number, message: Buffer): boolean =>
  Number(sendto(descriptor, message, message.length, MSG_DONTWAIT, null, 0)) === message.length

/** Wakes a thread that waits in `ready`. */
export interface Bell {
  readonly descriptor: number
}
export const openBell = (): Bell => ({ descriptor: checked(eventfd(0, EFD_CLOEXEC), 'No event descriptor can be opened') })
export const ring = ({ descriptor }: Bell): void => {
  const one = Buffer.alloc(8)
  one.writeBigUInt64LE(1n)
  write(descriptor, one, one.length)
}
export const hush = ({ descriptor }: Bell): void => {
  read(descriptor, Buffer.alloc(8), 8)
}

/** Waits until one of the descriptors has something, and tells which. This thread does nothing else meanwhile. */
export function ready(descriptors: readonly number[]): readonly number[] {
  const entries = Buffer.alloc(descriptors.length * POLL_ENTRY)
  descriptors.forEach((descriptor, index) => {
    entries.writeInt32LE(descriptor, index * POLL_ENTRY)
    entries.writeInt16LE(POLLIN, index * POLL_ENTRY + 4)
  })
  if (pollAll(entries, descriptors.length, -1) <= 0) return []
  return descriptors.filter((_, index) => entries.readInt16LE(index * POLL_ENTRY + 6) !== 0)
}
