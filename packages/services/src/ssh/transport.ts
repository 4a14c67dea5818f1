import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { hasshOf, KexInitWatch, type Print } from '@decnet/fingerprint'
import { gatherWrites } from './gather-writes.ts'
import { holdKeys } from './hold-keys.ts'
import type { HostSide } from './host-side.ts'
import { handlers } from './ssh2.ts'
import { MSG, WireWriter } from './wire.ts'

interface PacketWriter {
  readonly allocStart: number
  alloc(size: number): Buffer
  finalize(packet: Buffer): Buffer
}
/** ssh2's transport, as far as we stand on it. */
export interface Ssh2Protocol {
  _onPayload: (payload: Buffer) => unknown
  _onHandshakeComplete: (...args: unknown[]) => void
  _packetRW: { read: { read(payload: Buffer): Buffer; _zlib?: { _maxOutputLength: number } }; write: PacketWriter }
  /** Takes `_onWrite` with it when it is made. */
  readonly _cipher: { encrypt(packet: Buffer): void; _onWrite: (data: Buffer) => void }
  readonly _decipher: object
  _onWrite: (data: Buffer) => void
  _offer: unknown
  readonly _kexinit: Buffer | undefined
  _queue: Buffer[] | undefined
  _kex: { sessionID?: Buffer; remoteExtInfoEnabled?: boolean }
  readonly _authsQueue: string[]
  disconnect(reason: number): void
  authSuccess(): void
}
export interface Ssh2Client extends EventEmitter {
  readonly _sock: Socket
  readonly _protocol: Ssh2Protocol
  authenticated: boolean
}

export interface TransportEvents {
  /** The client's identification is read; keys are being exchanged. */
  ready(transport: Transport): void
  /** The client's first KEXINIT. */
  hassh(found: Print<'hassh'>): void
  /** A decrypted, inflated message above the transport layer. A throw ends the connection. */
  message(payload: Buffer): void
  /** There is room for more output. */
  drain(): void
  /** We have hung up, or ssh2 has, and over what: nothing more is read or sent. */
  ended(fault?: string): void
}

/** The binary packet protocol of one connection (RFC 4253): ssh2 does keys and ciphers, the layers above are ours. */
export interface Transport {
  readonly sessionId: Buffer
  send(payload: Uint8Array): void
  /** SSH_MSG_USERAUTH_SUCCESS; delayed compression begins behind it. */
  succeed(): void
  /** SSH_MSG_DISCONNECT with sshd's words, then the end. */
  disconnect(reason: number, text: string): void
  /** SSH_MSG_DEBUG, `Remote: …` in the client's log. */
  debug(text: string): void
  /** Closes without a word. */
  end(): void
  /** Bytes that wait for the network. */
  readonly backlog: number
}

/** One packet inflates to no more than this. */
const INFLATED = 256 * 1024
/** Output nobody reads: past this the connection is cut. */
const STUCK = 16 * 1024 * 1024
const OWN_LAYERS = MSG.SERVICE_REQUEST
const KEY_EXCHANGE_FAILED = 3

/**
 * Hands a socket whose client has identified itself to ssh2. `seen`: the bytes read so far, from the identification on;
 * ours has been written by the caller, so ssh2's own copy is swallowed.
 */
export function openTransport(socket: Socket, side: HostSide, seen: Buffer, events: TransportEvents): void {
  const write = socket.write
  socket.write = () => {
    socket.write = write
    return true
  }
  const watch = new KexInitWatch()
  const look = (chunk: Buffer) => {
    const kexInit = watch.push(chunk)
    const found = kexInit && hasshOf(kexInit)
    if (watch.over) socket.off('data', look)
    if (found) events.hassh(found)
  }
  const rest = seen.subarray(seen.indexOf(10) + 1)
  if (rest.length > 0) look(rest)
  socket.unshift(seen)
  side.attach(socket, (client) => {
    // Before ssh2: it hangs up on a KEXINIT that shares nothing with ours.
    if (!watch.over) socket.prependListener('data', look)
    carry(client, socket, side, events)
  })
}

function carry(client: Ssh2Client, socket: Socket, side: HostSide, events: TransportEvents): void {
  const protocol = client._protocol
  let open = true
  protocol._offer = side.offer
  protocol._onWrite = gatherWrites(socket, protocol._onWrite)
  protocol._cipher._onWrite = protocol._onWrite
  const transport: Transport = {
    get sessionId() {
      return protocol._kex.sessionID ?? Buffer.alloc(0)
    },
    get backlog() {
      return socket.writableLength
    },
    send(payload) {
      if (!open) return
      if (socket.writableLength > STUCK) {
        transport.end()
        return
      }
      const writer = protocol._packetRW.write
      const packet = writer.alloc(payload.length)
      packet.set(payload, writer.allocStart)
      const ready = writer.finalize(packet)
      if (protocol._kexinit === undefined) protocol._cipher.encrypt(ready)
      else if (protocol._queue) protocol._queue.push(ready)
      else protocol._queue = [ready]
    },
    succeed() {
      if (!open) return
      protocol._authsQueue.push('password')
      protocol.authSuccess()
      client.authenticated = true
    },
    disconnect(reason, text) {
      transport.send(new WireWriter(MSG.DISCONNECT).uint32(reason).string(text).string('').done())
      transport.end()
    },
    debug(text) {
      transport.send(new WireWriter(MSG.DEBUG).boolean(false).string(text).string('').done())
    },
    end() {
      open = false
      socket.removeAllListeners('data')
      socket.end()
      events.ended()
    },
  }
  const disconnect = protocol.disconnect
  protocol.disconnect = (reason) => {
    // sshd hangs up without a word.
    if (reason !== KEY_EXCHANGE_FAILED) disconnect.call(protocol, reason)
  }
  const done = protocol._onHandshakeComplete
  let first = true
  protocol._onHandshakeComplete = (...args) => {
    const wantsExtensions = first && protocol._kex.remoteExtInfoEnabled === true
    first = false
    // ssh2's own EXT_INFO has another list, and a comma missing.
    protocol._kex.remoteExtInfoEnabled = false
    holdKeys(protocol._cipher)
    holdKeys(protocol._decipher)
    done(...args)
    if (wantsExtensions) transport.send(side.extensions)
  }
  protocol._onPayload = (raw) => {
    if (!open || raw.length === 0) return
    const reader = protocol._packetRW.read
    if (reader._zlib) reader._zlib._maxOutputLength = INFLATED
    const payload = reader.read(raw)
    const type = payload[0] ?? 0
    if (type === MSG.DISCONNECT) {
      // The client hangs up next; should it not, we do.
      open = false
      setTimeout(() => events.ended(), 500).unref()
      return
    }
    if (type < OWN_LAYERS || (type >= MSG.KEXINIT && type < MSG.USERAUTH_REQUEST)) return handlers[type]?.(protocol, payload)
    events.message(payload)
  }
  client.on('error', (error: Error & { level?: string }) => {
    // ssh2 would go on parsing behind a bad length, and allocate it.
    socket.removeAllListeners('data')
    if (!open) return
    if (/^Bad packet length/u.test(error.message)) {
      transport.send(new WireWriter(MSG.DISCONNECT).uint32(2).string('Packet corrupt').string('').done())
    }
    open = false
    events.ended(error.level === 'socket' ? undefined : error.message.slice(0, 200))
  })
  socket.on('drain', () => events.drain())
  socket.once('close', () => {
    open = false
  })
  events.ready(transport)
}
