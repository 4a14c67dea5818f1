import { setTimeout as pause } from 'node:timers/promises'
import type { BusLogger } from '@decnet/kernel/bus'
import { connect, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node'
import { operatorsError } from './errors.ts'
import { type Addresses, connectionOptions, type NatsOptions, parseServers } from './options.ts'

const STABLE_MS = 1_000
const GOODBYE_MS = 200
const CONNECTED_MS = 2_000
const REFUSALS_LOGGED = 32
const MAX_GOSSIPED = 64

export interface LinkHooks {
  /** What the log calls it: `bus`, `intake`. */
  readonly what: string
  /** The server does not send a connection what that connection published. */
  readonly noEcho?: boolean
  up?(connection: NatsConnection): void
  down?(): void
}

/**
 * One connection to NATS that is made again whenever it is lost, each time a fresh one. The client's own reconnecting would keep what is
 * published meanwhile and send it afterwards; here that is impossible.
 */
export class NatsLink {
  connection: NatsConnection | undefined
  reconnects = 0
  closed = false
  readonly #options: NatsOptions
  readonly #addresses: Addresses
  readonly #hooks: LinkHooks
  /** Nodes that the cluster named. */
  readonly #gossiped = new Set<string>()
  readonly #refusals = new Set<string>()
  readonly #waiting = new Set<(connected: boolean) => void>()
  #failures = 0
  #everConnected = false
  readonly #closing = new AbortController()
  #ended: Promise<unknown> = Promise.resolve()

  private constructor(options: NatsOptions, addresses: Addresses, hooks: LinkHooks) {
    this.#options = options
    this.#addresses = addresses
    this.#hooks = hooks
  }

  /**
   * Resolves after the first attempt; a server that is not there is tried on in the background.
   * @throws {AppError} `nats_url_invalid`, `nats_auth_failed`, `nats_tls_failed`, `nats_file_unreadable`: what waiting does not mend
   */
  static async open(options: NatsOptions, hooks: LinkHooks): Promise<NatsLink> {
    const link = new NatsLink(options, parseServers(options.servers), hooks)
    let first: NatsConnection | undefined
    try {
      first = await link.#dial()
    } catch (err) {
      const fault = operatorsError(err)
      if (fault) throw fault
      link.#failed(err)
    }
    link.#ended = link.#keep(first)
    return link
  }

  get up(): boolean {
    return this.connection !== undefined
  }

  whenConnected(timeoutMs: number = CONNECTED_MS): Promise<boolean> {
    if (this.up || this.closed) return Promise.resolve(this.up)
    return new Promise((resolve) => {
      const done = (connected: boolean) => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        resolve(connected)
      }
      const timer = setTimeout(() => done(this.up), timeoutMs)
      this.#waiting.add(done)
    })
  }

  /** Sends what is on its way, for a moment, then ends; idempotent. */
  async close(): Promise<void> {
    if (!this.closed) {
      this.closed = true
      for (const done of this.#waiting) done(false)
      this.#closing.abort()
      const connection = this.connection
      if (connection) {
        await Promise.race([connection.flush().catch(() => null), pause(GOODBYE_MS, null, { ref: false }), connection.closed()])
        sever(connection)
      }
    }
    await this.#ended
  }

  get #logger(): BusLogger | undefined {
    return this.#options.logger
  }

  async #dial(): Promise<NatsConnection> {
    const own = [...this.#addresses.hosts].sort(() => Math.random() - 0.5)
    const servers = [...own, ...[...this.#gossiped].filter((host) => !own.includes(host))]
    const { noEcho = false } = this.#hooks
    return connect({ ...(await connectionOptions(this.#options, this.#addresses)), servers, noEcho })
  }

  async #keep(first: NatsConnection | undefined): Promise<void> {
    let connection = first
    while (!this.closed) {
      if (connection) await this.#use(connection)
      if (this.closed) return
      const { min, max } = this.#options.retry ?? { min: 100, max: 2_000 }
      const ms = Math.min(max, min * 2 ** Math.min(this.#failures, 20)) * (0.5 + Math.random() / 2)
      // closing ends it early
      await pause(ms, null, { signal: this.#closing.signal }).catch(() => null)
      if (this.closed) return
      try {
        connection = await this.#dial()
      } catch (err) {
        connection = undefined
        this.#failed(err)
      }
    }
    if (connection) sever(connection)
  }

  /** From the moment that a connection stands until it is gone. */
  async #use(connection: NatsConnection): Promise<void> {
    const { what, up, down } = this.#hooks
    const server = connection.getServer()
    void this.#watch(connection)
    this.#hear(connection.getServers().map(({ listen }) => listen))
    if (this.#everConnected) this.reconnects++
    if (this.#everConnected || this.#failures > 0) this.#logger?.info({ what, server, reconnects: this.reconnects }, 'nats connected')
    this.#everConnected = true
    const stable = setTimeout(() => {
      this.#failures = 0
    }, STABLE_MS)
    this.connection = connection
    up?.(connection)
    for (const done of [...this.#waiting]) done(true)
    await connection.closed()
    clearTimeout(stable)
    this.connection = undefined
    down?.()
    if (this.closed) return
    if (this.#failures++ === 0) this.#logger?.warn({ what, server }, 'nats is away')
  }

  async #watch(connection: NatsConnection): Promise<void> {
    const { what } = this.#hooks
    for await (const status of connection.status()) {
      if (status.type === 'staleConnection') sever(connection)
      else if (status.type === 'update') this.#hear(status.added ?? [])
      if (status.type !== 'error') continue
      const known = this.#refusals.has(status.error.message) || this.#refusals.size >= REFUSALS_LOGGED
      this.#refusals.add(status.error.message)
      const level = known ? 'debug' : 'warn'
      const hint =
        status.error instanceof PermissionViolationError ? 'Give this user the permission in the server’s configuration.' : undefined
      this.#logger?.[level]({ what, err: status.error, hint }, 'nats refused something')
    }
  }

  #hear(hosts: readonly string[]): void {
    for (const host of hosts) if (this.#gossiped.size < MAX_GOSSIPED) this.#gossiped.add(host)
  }

  #failed(err: unknown): void {
    const { what } = this.#hooks
    const fault = operatorsError(err)
    const first = this.#failures++ === 0
    if (fault && (first || !this.#refusals.has(fault.message))) {
      this.#refusals.add(fault.message)
      this.#logger?.error({ what, err: fault, code: fault.code, hint: fault.hint }, 'nats does not let us in')
    } else if (first) this.#logger?.warn({ what, err, servers: this.#addresses.hosts }, 'nats cannot be reached')
  }
}

/** Cuts a connection at once. The client's own close waits until a dead peer has taken what was written to it. */
function sever(connection: NatsConnection): void {
  const { protocol } = connection as unknown as { readonly protocol?: { readonly transport?: { discard?(): void } } }
  protocol?.transport?.discard?.()
  void connection.close()
}
