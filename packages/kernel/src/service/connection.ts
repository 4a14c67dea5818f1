import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { events } from '@decnet/contracts/events'
import { isNodeError } from '../errors.ts'
import type { Watched } from './deadlines.ts'
import type { AnyService, DeckyContext, ServiceContext, ServiceLimits } from './define.ts'
import { describeError, type FaultLog } from './fault-log.ts'
import type { BoundSession } from './session.ts'
import { drip, type Tarpit } from './tarpit.ts'

/** Why signals abort: without a reason of ours each would make an exception with a stack. */
const OVER = new Error('the connection is over')

export type EndReason = 'client' | 'server' | 'idle' | 'error' | 'limit' | 'shutdown'

/** What connections of one running service have in common. Times are milliseconds. */
export interface ConnectionHost {
  readonly service: AnyService
  readonly decky: DeckyContext
  readonly config: Record<string, unknown>
  readonly limits: ServiceLimits
  readonly now: () => number
  readonly random: () => number
  /** Monotonic. */
  readonly clock: () => number
  /** Between the graceful end of a socket and its destruction. */
  readonly graceMs: number
  /** How long a client that has ended its side may wait for a service that does not notice. */
  readonly halfOpenMs: number
  /** How long a service may still report after its socket is gone. */
  readonly lateMs: number
  readonly fault: FaultLog
  readonly authenticated: () => void
  readonly gone: (connection: Connection) => void
}

/** One connection from accept to `disconnect`: runs the service, ends the socket, keeps the limits. Costs no timer. */
export class Connection implements Watched {
  readonly socket: Socket
  readonly session: BoundSession
  readonly #host: ConnectionHost
  readonly #startedAt: number
  #activeAt: number
  #bytes = 0
  #controller: AbortController | null = null
  #authenticated = false
  /** Why it ends, once the kernel or a fault has decided so. */
  #reason: EndReason | null = null
  /** Who ended first, as far as the socket tells. */
  #closer: 'client' | 'server' | null = null
  #halfOpenSince: number | null = null
  /** Monotonic time at which patience is over: the socket is destroyed, or the late service given up. */
  #endBy: number | null = null
  #settled = false
  #closedAt: number | null = null
  #finished = false
  /** Since when it is held up, monotonic. */
  #heldSince: number | null = null

  constructor(host: ConnectionHost, socket: Socket, session: BoundSession) {
    this.#host = host
    this.socket = socket
    this.session = session
    this.#startedAt = host.clock()
    this.#activeAt = this.#startedAt
  }

  /** It is held up from now on: its writer sees a slow network. */
  hold(tarpit: Tarpit, pace: () => Tarpit | null): void {
    if (this.#heldSince !== null || this.#finished) return
    this.#heldSince = this.#host.clock()
    drip(this.socket, pace)
    const { acceptMs: accept_ms, bytesPerSecond: bytes_per_second } = tarpit
    this.session.report(events.tarpitEntered, { local_port: this.session.local.port, accept_ms, bytes_per_second })
  }

  /** It is held up no longer. */
  free(): void {
    if (this.#heldSince === null || this.#finished) return
    const duration_ms = Math.round(this.#host.clock() - this.#heldSince)
    this.#heldSince = null
    this.session.report(events.tarpitLeft, { local_port: this.session.local.port, duration_ms })
  }

  /** Runs the conversation to its end, held up from the first word on where there is a tarpit. Never rejects. */
  async run(pace: () => Tarpit | null): Promise<void> {
    const { service } = this.#host
    this.session.report(events.connect, { local_port: this.session.local.port, local_ip: this.session.local.address })
    const tarpit = pace()
    if (tarpit !== null) {
      this.hold(tarpit, pace)
      if (tarpit.acceptMs > 0) await pause(tarpit.acceptMs)
    }
    try {
      // Who gave up meanwhile, or was parted from us, is not served any more.
      const over = this.#reason !== null || this.#closedAt !== null
      if (!over) await service.serve(this.socket, new ConnectionContext(this.#host, this))
    } catch (error) {
      this.failed(error)
    }
    this.#settled = true
    this.#closer ??= 'server'
    if (this.#closedAt !== null) this.#finish()
    else {
      this.#patience(this.#host.graceMs)
      this.#endSocket()
    }
  }

  /** Aborts once the connection must end or is gone; made on first use, for most services never ask. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController()
      if (this.#reason !== null || this.#closedAt !== null) this.#controller.abort(OVER)
    }
    return this.#controller.signal
  }

  authenticated(): void {
    if (this.#authenticated) return
    this.#authenticated = true
    this.#host.authenticated()
  }

  /** Ends it for the kernel's own reasons: a service that listens to its signal has the grace to say goodbye, for others it ends at once. */
  stop(reason: EndReason): void {
    this.#patience(this.#host.graceMs)
    if (this.#reason !== null) return
    this.#reason = reason
    if (this.#controller === null) this.#endSocket()
    else this.#controller.abort(OVER)
  }

  /** Ends it now, whatever the service does. */
  cut(): void {
    this.socket.destroy()
    this.#conclude()
  }

  /** The service threw, in its conversation or in a listener on its socket: this connection ends, with the rest nothing happens. */
  failed(error: unknown): void {
    const ending = this.#reason !== null || this.socket.destroyed
    if (this.#finished || (ending && isNodeError(error))) return
    this.#host.fault(error, 'a service threw; its connection ends')
    this.session.report(events.protocolError, { detail: `service failed: ${describeError(error).error}` })
    this.stop('error')
  }

  /** The client will send no more. */
  peerEnded(): void {
    this.#closer ??= this.socket.writableEnded ? 'server' : 'client'
    this.#halfOpenSince ??= this.#host.clock()
  }

  peerFailed(): void {
    this.#closer ??= 'client'
  }

  /** The socket is gone. */
  closed(): void {
    this.#closedAt = this.#host.clock()
    this.#endBy = this.#closedAt + this.#host.lateMs
    this.#controller?.abort(OVER)
    this.#closer ??= 'server'
    if (this.#settled) this.#finish()
  }

  check(now: number): void {
    if (this.#endBy !== null) {
      if (now < this.#endBy) return
      if (this.#closedAt === null) this.socket.destroy()
      else this.#conclude()
      return
    }
    const { totalSeconds, idleSeconds } = this.#host.limits
    const bytes = this.socket.bytesRead + this.socket.bytesWritten
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#activeAt = now
    }
    if (totalSeconds > 0 && now - this.#startedAt >= totalSeconds * 1000) this.stop('limit')
    else if (idleSeconds > 0 && now - this.#activeAt >= idleSeconds * 1000) this.stop('idle')
    else if (this.#halfOpenSince !== null && now - this.#halfOpenSince >= this.#host.halfOpenMs) this.stop('client')
  }

  /** The earlier of two ends holds. */
  #patience(ms: number): void {
    const endBy = this.#host.clock() + ms
    this.#endBy = this.#endBy === null ? endBy : Math.min(this.#endBy, endBy)
  }

  #endSocket(): void {
    this.socket.end()
    this.socket.resume()
  }

  /** Waits for recordings and captures that the service left open, not longer than the grace. */
  #finish(): void {
    const leftovers = this.session.release()
    if (leftovers === null) this.#conclude()
    else void leftovers.then(() => this.#conclude())
  }

  #conclude(): void {
    if (this.#finished) return
    this.authenticated()
    this.free()
    this.#finished = true
    this.session.report(events.disconnect, {
      reason: this.#reason ?? this.#closer ?? 'server',
      duration_ms: Math.max(0, Math.round((this.#closedAt ?? this.#host.clock()) - this.#startedAt)),
      bytes_in: this.socket.bytesRead,
      bytes_out: this.socket.bytesWritten,
    })
    this.session.seal()
    this.#host.gone(this)
  }
}

/** What the service is given; getters only, so that an idle connection costs one small object. */
class ConnectionContext implements ServiceContext<Record<string, unknown>> {
  readonly #host: ConnectionHost
  readonly #connection: Connection
  constructor(host: ConnectionHost, connection: Connection) {
    this.#host = host
    this.#connection = connection
  }
  get decky() {
    return this.#host.decky
  }
  get persona() {
    return this.#host.decky.persona
  }
  get config() {
    return this.#host.config
  }
  get session() {
    return this.#connection.session
  }
  get signal() {
    return this.#connection.signal
  }
  get now() {
    return this.#host.now
  }
  get random() {
    return this.#host.random
  }
  get authenticated() {
    return () => this.#connection.authenticated()
  }
}
