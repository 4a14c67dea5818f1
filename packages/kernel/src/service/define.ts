import type { Socket } from 'node:net'
import type { AnyEventType, Bytes, FieldsOf } from '@decnet/contracts/events'
import type { Persona } from '@decnet/persona'
import type { z } from 'zod'

/** Limits that the kernel enforces before a service sees a byte. `0` = none. */
export interface ServiceLimits {
  /** Connections at once, all sources. */
  readonly connections: number
  /** Connections at once from one address. */
  readonly perSource: number
  /** Seconds of silence in both directions after which the connection is closed. */
  readonly idleSeconds: number
  /** Seconds that a connection may last. */
  readonly totalSeconds: number
}

/** A terminal recording in the making (asciicast v2). Bounded: past its cap it keeps counting and says `truncated`. */
export interface Recording {
  output(data: string | Uint8Array): void
  input(data: string | Uint8Array): void
  resize(columns: number, rows: number): void
  /** Emits `session_recorded`; idempotent. The kernel closes what a service left open. */
  close(): Promise<void>
}

/** A file in the making: written as it comes, hashed, named `artifacts/<sha256>` at the end. */
export interface Capture {
  /** Awaitable for back-pressure; past the cap (50 MiB by default) bytes are counted and hashed but not kept. */
  write(chunk: Uint8Array): void
  /** What was captured; idempotent. Does not emit: the service says what it was. */
  finish(): Promise<{ sha256: string; size: number; truncated: boolean }>
  /** Throws away what was written. */
  abort(): Promise<void>
}

/** One connection of one attacker to one service of one decky. Peer, decky, service and session id are bound: an event is attributable from anywhere. */
export interface Session<Emits extends AnyEventType = AnyEventType> {
  /** UUIDv7. */
  readonly id: string
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly peer: { readonly address: string; readonly port: number }
  readonly local: { readonly address: string; readonly port: number }
  /** Never throws, never waits for disk, bus or database. */
  emit<E extends Emits>(event: E, fields: FieldsOf<E>): void
  /** At most one per call; a session may hold several (each SSH channel): the first is `<session id>`, others `<session id>-2`… */
  record(options: { columns: number; rows: number; term?: string; title?: string }): Recording
  capture(): Capture
}

/** One decky as its services see it. */
export interface DeckyContext {
  readonly persona: Persona
  /**
   * State that services of one decky share while the sensor lives (its file system, accepted passwords):
   * `decky.shared('filesystem', () => new FileSystem(persona))` gives both shells the same disk.
   */
  shared<T>(key: string, make: () => T): T
  /** Port on which a service of this decky really listens, for banners that name it. */
  portOf(service: string): number | undefined
}

/** What a service runs with. `now` and `random` are passed in so that tests can hold them still. */
export interface ServiceContext<Config, Emits extends AnyEventType = AnyEventType> {
  readonly decky: DeckyContext
  readonly persona: Persona
  readonly config: Config
  readonly session: Session<Emits>
  /** Aborts when the connection must end (idle, shutdown, limit). */
  readonly signal: AbortSignal
  readonly now: () => number
  /** 0 ≤ x < 1; unseeded, for jitter and challenges that must differ each time. */
  readonly random: () => number
}

export interface ServicePort {
  readonly port: number
  readonly transport: 'tcp'
}

export interface Service<Config extends z.ZodObject = z.ZodObject, Emits extends AnyEventType = AnyEventType> {
  /** Slug: `ssh`. */
  readonly name: string
  readonly title: string
  readonly ports: readonly ServicePort[]
  /** Every member has a default; `.meta({title, description})` feeds forms and docs. */
  readonly config: Config
  /** Besides connect, disconnect, connection_refused and protocol_error, which the kernel emits. */
  readonly emits: readonly Emits[]
  /** The daemon's own limits, from its configuration. */
  limits(config: z.infer<Config>, persona: Persona): ServiceLimits
  /**
   * Called before accepting, with counts that include this connection; `false` drops it as the daemon would (sshd's MaxStartups).
   * Absent = accept.
   */
  admit?(
    state: { readonly unauthenticated: number; readonly connections: number; readonly random: () => number },
    config: z.infer<Config>,
  ): boolean
  /** What the daemon says to a connection that a limit refuses (`421 Too many connections.`); absent = it is closed without a word. */
  refusal?(limit: 'connections' | 'per_source' | 'startups', config: z.infer<Config>): string | Uint8Array | undefined
  /** What takes long and hangs on the host alone, beside this thread: called some time after the service listens, before most come. Once is enough. */
  prepare?(persona: Persona): Promise<void>
  /**
   * Speaks the protocol on a socket that is open and paused: after adding a `data` listener call `socket.resume()`, or read with
   * `for await (const chunk of socket.iterator({ destroyOnReturn: false }))` (a plain `for await` destroys the socket and what is
   * still to be written). The client may end its side first (`end`) and still read: answer what came, then resolve.
   * Resolves when the conversation is over (the kernel then ends the socket); a throw ends this connection only.
   * When `signal` aborts there are 2 s to say goodbye. What is emitted must be emitted before it resolves.
   * Call `context.session` methods only; never log attacker bytes.
   */
  serve(
    socket: Socket,
    context: ServiceContext<z.infer<Config>, Emits> & {
      /** Tells the kernel that this connection is past authentication (MaxStartups counts the others). */ readonly authenticated: () => void
    },
  ): Promise<void>
}
export type AnyService = Service<z.ZodObject, AnyEventType>

export function defineService<Config extends z.ZodObject, const Emits extends AnyEventType>(
  service: Service<Config, Emits>,
): Service<Config, Emits> {
  return Object.freeze(service)
}

/** What a sensor gives the kernel: where events go, where evidence is kept. */
export interface Evidence {
  openCapture(): Capture
  openRecording(
    name: string,
    options: { columns: number; rows: number; term?: string; title?: string; startedAt: number },
    done: (result: { duration_s: number; bytes: number; truncated: boolean; replay: string }) => void,
  ): Recording
}

/** An event on its way to the spool. `fields` are wire strings; bytes that are not UTF-8 stand under `<name>_b64`. */
export interface SensorEvent {
  readonly id: string
  /** Epoch milliseconds. */
  readonly ts: number
  readonly decky: string
  readonly service: string
  readonly type: string
  readonly severity: 3 | 4 | 5 | 6
  readonly fields: Readonly<Record<string, string>>
}
export type Sink = (event: SensorEvent) => void
export type { Bytes }
