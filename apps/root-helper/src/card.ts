import { getSystemErrorName } from 'node:util'
import { AppError } from '@decnet/kernel'
import koffi from 'koffi'
import {
  AF_PACKET,
  bindSocket,
  cardAddress,
  closeDescriptor,
  indexOf,
  libc,
  MSG_DONTWAIT,
  receive,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_RAW,
  SOL_SOCKET,
  setsockopt,
  socket,
} from './system.ts'

// socket(7), as Linux numbers them on x64 and arm64.
const AF_INET = 2
const SO_RCVBUF = 8

const send = libc.func('intptr_t send(int, void *, size_t, int)')

/** A network card as whoever is plugged into it has it: whole Ethernet frames, without waiting. */
export interface Card {
  /** What cannot be sent now is lost, as on every wire. */
  send(frame: Buffer): void
  /** Null: nothing has come. */
  receive(): Buffer | null
  close(): void
}

const refused = (what: string): AppError =>
  new AppError(`${what}: ${getSystemErrorName(-koffi.errno())}.`, {
    code: 'card_refused',
    hint: 'The root helper needs root and packet sockets.',
  })

/**
 * Opens a card of this thread's network namespace for frames of one EtherType.
 * @throws {AppError} `card_refused`.
 */
export function openCard(device: string, etherType: number): Card {
  // No protocol yet: nothing comes from other cards before it is bound to this one.
  const descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)
  if (descriptor < 0) throw refused('No packet socket can be opened')
  const address = cardAddress(indexOf(device), etherType)
  if (bindSocket(descriptor, address, address.length) !== 0) {
    const error = refused(`The card ${device} cannot be opened`)
    closeDescriptor(descriptor)
    throw error
  }
  const into = Buffer.alloc(2_048)
  return {
    send: (frame) => void send(descriptor, frame, frame.length, MSG_DONTWAIT),
    receive() {
      const frame = receive(descriptor, into)
      return frame && Buffer.from(frame)
    },
    close: () => closeDescriptor(descriptor),
  }
}

/** Holds a UDP port of this thread's namespace without reading it, so that nobody is told that it is closed. */
export function holdUdpPort(port: number): { close(): void } | null {
  const descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  if (descriptor < 0) return null
  const small = Buffer.alloc(4)
  small.writeInt32LE(1)
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, small, small.length)
  const address = Buffer.alloc(16)
  address.writeUInt16LE(AF_INET, 0)
  address.writeUInt16BE(port, 2)
  if (bindSocket(descriptor, address, address.length) !== 0) {
    closeDescriptor(descriptor)
    return null
  }
  return { close: () => closeDescriptor(descriptor) }
}
