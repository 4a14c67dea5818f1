import { closeDescriptor, libc, SOCK_CLOEXEC, SOCK_DGRAM, socket } from './system.ts'

// netdevice(7), as Linux numbers them on x64 and arm64.
const AF_INET = 2
const SIOCGIFFLAGS = 0x8913
const SIOCSIFFLAGS = 0x8914
const SIOCGIFADDR = 0x8915
const SIOCGIFHWADDR = 0x8927
const IFF_UP = 1
/** Where struct ifreq holds what is asked: flags, or a socket address. */
const VALUE = 16

const ioctl = libc.func('int ioctl(int, unsigned long, void *)')

/** Asks about a card of this thread's namespace; null where there is none, or nothing to say. */
type Ask = (what: number) => Buffer | null

function asking<T>(device: string, otherwise: T, act: (ask: Ask, tell: (what: number, request: Buffer) => void) => T): T {
  const descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  if (descriptor < 0) return otherwise
  try {
    return act(
      (what) => {
        const request = Buffer.alloc(40)
        request.write(device, 'latin1')
        return ioctl(descriptor, what, request) === 0 ? request : null
      },
      (what, request) => void ioctl(descriptor, what, request),
    )
  } finally {
    closeDescriptor(descriptor)
  }
}

/** A card as its system has it, whether or not anything is plugged into it. */
export interface CardState {
  readonly up: boolean
  readonly mac: string
  /** Its first IPv4 address. */
  readonly ip: string | null
}

/** Null when this thread's namespace has no such card. */
export const cardState = (device: string): CardState | null =>
  asking<CardState | null>(device, null, (ask) => {
    const flags = ask(SIOCGIFFLAGS)
    const hardware = ask(SIOCGIFHWADDR)
    if (flags === null || hardware === null) return null
    return {
      up: (flags.readInt16LE(VALUE) & IFF_UP) !== 0,
      mac: hardware.toString('hex', VALUE + 2, VALUE + 8).replaceAll(/..(?=.)/gu, '$&:'),
      ip:
        ask(SIOCGIFADDR)
          ?.subarray(VALUE + 4, VALUE + 8)
          .join('.') ?? null,
    }
  })

/** Takes a card of this thread's namespace down: nobody answers there from now on, whatever else still holds it. One that is not there is. */
export const takeDown = (device: string): void =>
  asking(device, undefined, (ask, tell) => {
    const request = ask(SIOCGIFFLAGS)
    if (request === null) return
    request.writeInt16LE(request.readInt16LE(VALUE) & ~IFF_UP, VALUE)
    tell(SIOCSIFFLAGS, request)
  })
