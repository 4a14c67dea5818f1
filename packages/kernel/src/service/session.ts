import { type AnyEventType, events, type FieldsOf } from '@decnet/contracts/events'
import { AppError } from '../errors.ts'
import { newId } from '../id.ts'
import type { Capture, Evidence, Recording, Session, Sink } from './define.ts'
import { sensorEvent } from './sensor-event.ts'

/** What sessions of one running service have in common. */
export interface SessionHost {
  readonly decky: string
  readonly service: string
  readonly declared: ReadonlySet<string>
  readonly sink: Sink
  readonly evidence: Evidence
  readonly now: () => number
  /** A service broke its own declaration: thrown in tests, logged in the field. */
  readonly broken: (problem: AppError) => void
}
interface Endpoint {
  readonly address: string
  readonly port: number
}
interface Leftover {
  release(): Promise<unknown>
}

/** The one implementation of {@link Session}: binds identity to every event and keeps what must be closed at the end. */
export class BoundSession implements Session {
  readonly id = newId()
  readonly startedAt: number
  readonly peer: Endpoint
  readonly local: Endpoint
  readonly #host: SessionHost
  readonly #bound: Readonly<Record<string, string>>
  #leftovers: Set<Leftover> | null = null
  #recordings = 0
  #sealed = false

  constructor(host: SessionHost, peer: Endpoint, local: Endpoint) {
    this.#host = host
    this.startedAt = host.now()
    this.peer = peer
    this.local = local
    this.#bound = { session_id: this.id, src_ip: peer.address, src_port: String(peer.port) }
  }

  emit<E extends AnyEventType>(event: E, fields: FieldsOf<E>): void {
    if (!this.#host.declared.has(event.type)) {
      this.#host.broken(new AppError(`${this.#host.service} emits ${event.type} but does not declare it`, { code: 'event_undeclared' }))
    }
    this.report(event, fields)
  }

  /** As {@link emit}, for the events that are the kernel's own. */
  report<E extends AnyEventType>(event: E, fields: FieldsOf<E>): void {
    if (this.#sealed) {
      this.#host.broken(new AppError(`${this.#host.service} emitted ${event.type} after the end of its session`, { code: 'event_late' }))
      return
    }
    const { decky, service } = this.#host
    const made = sensorEvent({ decky, service, ts: this.#host.now(), event, values: Object(fields), bound: this.#bound })
    if (made.problem !== null) {
      this.#host.broken(new AppError(`${service} emitted a bad ${event.type}: ${made.problem}`, { code: 'event_invalid' }))
    }
    this.#host.sink(made.event)
  }

  record(options: { columns: number; rows: number; term?: string; title?: string }): Recording {
    const name = this.#recordings++ === 0 ? this.id : `${this.id}-${this.#recordings}`
    const recording = this.#host.evidence.openRecording(name, { ...options, startedAt: this.#host.now() }, (result) =>
      this.report(events.sessionRecorded, result),
    )
    let closing: Promise<void> | null = null
    const leftover: Leftover = { release: () => tracked.close() }
    const tracked: Recording = {
      output: (data) => recording.output(data),
      input: (data) => recording.input(data),
      resize: (columns, rows) => recording.resize(columns, rows),
      close: () => {
        closing ??= recording.close().finally(() => this.#leftovers?.delete(leftover))
        return closing
      },
    }
    this.#keep(leftover)
    return tracked
  }

  capture(): Capture {
    const capture = this.#host.evidence.openCapture()
    const leftover: Leftover = { release: () => capture.abort() }
    this.#keep(leftover)
    return {
      write: (chunk) => capture.write(chunk),
      finish: () => {
        this.#leftovers?.delete(leftover)
        return capture.finish()
      },
      abort: () => {
        this.#leftovers?.delete(leftover)
        return capture.abort()
      },
    }
  }

  /** Closes what the service left open; null when there is nothing to wait for. */
  release(): Promise<unknown> | null {
    if (this.#leftovers === null || this.#leftovers.size === 0) return null
    return Promise.allSettled([...this.#leftovers].map((leftover) => leftover.release()))
  }

  /** No event after this one. */
  seal(): void {
    this.#sealed = true
  }

  #keep(leftover: Leftover): void {
    this.#leftovers ??= new Set()
    this.#leftovers.add(leftover)
  }
}
