import { EventEmitter } from 'node:events'
import net, { type AddressInfo, type Server, type Socket } from 'node:net'
import { events } from '@decnet/contracts/events'
import { AppError, isNodeError } from '../errors.ts'
import { createAdmission, type RefusedBy } from './admission.ts'
import { Connection, type ConnectionHost } from './connection.ts'
import { createDeadlines, type Deadlines } from './deadlines.ts'
import type { AnyService, DeckyContext, Evidence, Sink } from './define.ts'
import { createFaultLog, type ServiceLogger } from './fault-log.ts'
import { peerAddress } from './peer-address.ts'
import { sensorEvent } from './sensor-event.ts'
import { BoundSession, type SessionHost } from './session.ts'
import type { Tarpit } from './tarpit.ts'

/** Where to listen: an address, or a bound handle as Node passes it between processes (`process.on('message', (m, handle) => …)`). */
export type Listener = { readonly host: string; readonly port: number } | { readonly handle: object }

export interface ServeOptions {
  readonly decky: DeckyContext
  /** Parsed by the service's own schema before use; absent members take their defaults. */
  readonly config: Readonly<Record<string, unknown>>
  readonly listener: Listener
  readonly sink: Sink
  readonly evidence: Evidence
  readonly logger: ServiceLogger
  /** Epoch milliseconds. */
  readonly now?: () => number
  readonly random?: () => number
  /** Shared by all services of a process; absent = one of its own. */
  readonly deadlines?: Deadlines
  /** From the first connection on. */
  readonly tarpit?: Tarpit | null
  /**
   * A service emitted what it did not declare, what breaks the event's schema, or after its session's end. Tests throw here;
   * absent = it is logged, and the event kept as it is.
   */
  readonly onBroken?: (problem: AppError) => void
  /** Milliseconds between the graceful end of a socket and its destruction. */
  readonly graceMs?: number
  /** Milliseconds after which a client that has ended its side is parted from a service that did not notice. */
  readonly halfOpenMs?: number
}

export interface ServiceStats {
  readonly connections: number
  readonly unauthenticated: number
  readonly accepted: number
  readonly refused: number
  /** Times that a service threw. */
  readonly faults: number
}

export interface RunningService {
  readonly address: { readonly host: string; readonly port: number }
  readonly stats: ServiceStats
  /** Holds up whoever is connected and whoever comes from now on; null: nobody any longer. */
  setTarpit(tarpit: Tarpit | null): void
  /** Stops accepting, tells every session `shutdown`, and is done within 2 s. Idempotent. */
  close(): Promise<void>
}

const LISTEN_BACKLOG = 511
/** Of the 2 s that a shutdown may take: services say goodbye, then sockets are cut, then evidence is given up. */
const SHUTDOWN_GOODBYE_MS = 1_000
const SHUTDOWN_EVIDENCE_MS = 700

/**
 * Serves one service of one decky until `close`. Accepts, applies the limits, makes sessions, emits `connect` and `disconnect`;
 * a service's throw ends its connection only.
 * @throws {AppError} `config_invalid` when the configuration breaks the service's schema, `listen_failed` when it cannot listen.
 */
export async function serve(service: AnyService, options: ServeOptions): Promise<RunningService> {
  const parsed = service.config.safeParse(options.config)
  if (!parsed.success) {
    throw new AppError(`the configuration of ${service.name} is not valid`, { code: 'config_invalid', cause: parsed.error })
  }
  const config = parsed.data
  const { decky, sink } = options
  const now = options.now ?? Date.now
  const random = options.random ?? Math.random
  const deadlines = options.deadlines ?? createDeadlines()
  const limits = service.limits(config, decky.persona)
  const admission = createAdmission(service, config, limits, random)
  const connections = new Map<Socket, Connection>()
  let tarpit = options.tarpit ?? null
  const pace = () => tarpit
  const counts = { accepted: 0, refused: 0, faults: 0 }
  const logFault = createFaultLog(options.logger, service.name, decky.persona.name, now)
  const fault = (error: unknown, message: string): void => {
    counts.faults++
    logFault(error, message)
  }
  const sessionHost: SessionHost = {
    decky: decky.persona.name,
    service: service.name,
    declared: new Set(service.emits.map((event) => event.type)),
    sink,
    evidence: options.evidence,
    now,
    broken(problem) {
      options.onBroken?.(problem)
      logFault(problem, 'a service broke its declaration')
    },
  }
  let emptied: (() => void) | null = null
  const host: ConnectionHost = {
    service,
    decky,
    config,
    limits,
    now,
    random,
    clock: deadlines.now,
    graceMs: options.graceMs ?? 2_000,
    halfOpenMs: options.halfOpenMs ?? 5_000,
    lateMs: 5_000,
    fault,
    authenticated: admission.settled,
    gone(connection) {
      connections.delete(connection.socket)
      deadlines.unwatch(connection)
      admission.leave(connection.session.peer.address)
      if (connections.size === 0) emptied?.()
    },
  }

  function refuse(socket: Socket, limit: RefusedBy, address: string): void {
    counts.refused++
    const values = { limit, local_port: socket.localPort ?? 0 }
    const bound = { src_ip: address, src_port: String(socket.remotePort ?? 0) }
    sink(sensorEvent({ decky: decky.persona.name, service: service.name, ts: now(), event: events.connectionRefused, values, bound }).event)
    const farewell = service.refusal?.(limit, config)
    if (farewell === undefined) socket.destroy()
    else socket.end(farewell, () => socket.destroy())
  }

  function accept(socket: Socket): void {
    socket.on('error', onError)
    const remote = socket.remoteAddress
    // reset between the kernel's accept and ours: there is nobody to attribute anything to
    if (remote === undefined) {
      socket.destroy()
      return
    }
    const address = peerAddress(remote)
    const refusedBy = admission.enter(address)
    if (refusedBy !== null) {
      refuse(socket, refusedBy, address)
      return
    }
    counts.accepted++
    const local = { address: peerAddress(socket.localAddress ?? ''), port: socket.localPort ?? 0 }
    const session = new BoundSession(sessionHost, { address, port: socket.remotePort ?? 0 }, local)
    const connection = new Connection(host, socket, session)
    connections.set(socket, connection)
    deadlines.watch(connection)
    socket.on('end', onEnd)
    socket.on('close', onClose)
    socket.emit = guardedEmit
    void connection.run(pace)
  }
  // shared by all sockets: `this` is the socket
  function onError(this: Socket): void {
    connections.get(this)?.peerFailed()
  }
  function onEnd(this: Socket): void {
    connections.get(this)?.peerEnded()
  }
  function onClose(this: Socket): void {
    connections.get(this)?.closed()
  }
  // a throw in a listener ends its connection, as a throw in the conversation does, and never reaches the process
  function guardedEmit(this: Socket, name: string | symbol, ...values: unknown[]): boolean {
    try {
      return EventEmitter.prototype.emit.call(this, name, ...values)
    } catch (error) {
      connections.get(this)?.failed(error)
      return true
    }
  }

  const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, accept)
  try {
    await listen(server, options.listener)
  } catch (error) {
    if (!options.deadlines) deadlines.close()
    throw error
  }
  // descriptors ran out at accept(2), or the like: those waiting wait on, the others talk on
  server.on('error', (error) => fault(error, 'a connection could not be accepted'))

  async function shutDown(): Promise<void> {
    server.close()
    const gone = new Promise<void>((resolve) => {
      emptied = resolve
    })
    for (const connection of connections.values()) connection.stop('shutdown')
    if (connections.size > 0) await atMost(SHUTDOWN_GOODBYE_MS, gone)
    for (const connection of connections.values()) connection.socket.destroy()
    if (connections.size > 0) await atMost(SHUTDOWN_EVIDENCE_MS, gone)
    for (const connection of [...connections.values()]) connection.cut()
    if (!options.deadlines) deadlines.close()
  }

  const bound = server.address() as AddressInfo
  let closing: Promise<void> | null = null
  return {
    address: { host: bound.address, port: bound.port },
    get stats() {
      return { connections: admission.connections, unauthenticated: admission.unauthenticated, ...counts }
    },
    setTarpit(next) {
      tarpit = next
      for (const connection of connections.values()) {
        if (next === null) connection.free()
        else connection.hold(next, pace)
      }
    },
    close() {
      closing ??= shutDown()
      return closing
    },
  }
}

async function atMost(ms: number, done: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, ms)
  await Promise.race([done, late.promise])
  clearTimeout(timer)
}

function listen(server: Server, listener: Listener): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown): void => {
      const why = isNodeError(cause) ? (cause.code ?? 'unknown') : 'unknown'
      reject(new AppError(`cannot listen: ${why}`, { code: 'listen_failed', cause }))
    }
    server.once('error', failed)
    const listening = (): void => {
      server.off('error', failed)
      resolve()
    }
    if ('handle' in listener) server.listen(listener.handle, LISTEN_BACKLOG, listening)
    else server.listen({ host: listener.host, port: listener.port, backlog: LISTEN_BACKLOG }, listening)
  })
}
