import koffi from 'koffi'

// Functions and numbers of the system that more than one part needs: socket(2), packet(7), as Linux has them on x64 and arm64.
export const AF_PACKET = 17
export const SOCK_DGRAM = 2
export const SOCK_RAW = 3
export const SOCK_CLOEXEC = 0o2000000
export const SOL_SOCKET = 1
export const MSG_DONTWAIT = 0x40

export const libc = koffi.load(null)
export const socket = libc.func('int socket(int, int, int)')
export const bindSocket = libc.func('int bind(int, void *, uint32_t)')
export const setsockopt = libc.func('int setsockopt(int, int, int, void *, uint32_t)')
export const recv = libc.func('intptr_t recv(int, void *, size_t, int)')
/** A card's number in this thread's namespace; 0 where there is none. */
export const indexOf = libc.func('unsigned int if_nametoindex(const char *)')
const close = libc.func('int close(int)')

export const closeDescriptor = (descriptor: number): void => {
  close(descriptor)
}

/** struct sockaddr_ll: frames of an EtherType on a card. */
export function cardAddress(card: number, etherType: number): Buffer {
  const address = Buffer.alloc(20)
  address.writeUInt16LE(AF_PACKET, 0)
  address.writeUInt16BE(etherType, 2)
  address.writeInt32LE(card, 4)
  return address
}

/** One read without waiting; null when nothing is there. */
export function receive(descriptor: number, into: Buffer): Buffer | null {
  const length = Number(recv(descriptor, into, into.length, MSG_DONTWAIT))
  return length > 0 ? into.subarray(0, length) : null
}
