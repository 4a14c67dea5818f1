import { setTimeout as pause } from 'node:timers/promises'
import { events } from '@decnet/contracts/events'
import { isNodeError, newId } from '@decnet/kernel'
import type { SensorEvent } from '@decnet/kernel/service'
import { encodeEvent } from '@decnet/kernel/syslog'
import { LineQueue } from './line-queue.ts'
import { idBehind, SpoolFile, surveySpool } from './spool-file.ts'

export interface SpoolOptions {
  /** Made when it is missing; a relative path means the working directory of the time. */
  readonly directory: string
  /** A file that grew to this is followed by a new one; 16 MiB. */
  readonly rotateBytes?: number
  /** Bytes of all files together; 1 GiB. The reader deletes, the spool never does. */
  readonly quotaBytes?: number
  /** Bytes of events that wait for the disk; 16 MiB. */
  readonly queueBytes?: number
  /** Milliseconds between an event and its writing, at most 20, which is what it is when absent: each costs two threads and the server a turn. */
  readonly flushMs?: number
  readonly fsyncMs?: number
  /** Milliseconds until a disk that failed is tried again; 200. */
  readonly retryMs?: number
  /** Called after each flush that wrote something: the doorbell. */
  readonly onRing?: () => void
  readonly now?: () => number
}

export interface SpoolStats {
  /** Events on disk. */
  readonly written: number
  /** Events dropped. */
  readonly lost: number
  readonly queued: number
  readonly queuedBytes: number
  /** Attempts to write that failed. */
  readonly failures: number
  /** Why nothing is written at the moment (`quota`, `ENOSPC`, …); null while all is well. */
  readonly error: string | null
}

export interface Spool {
  /** Never throws, never waits. */
  write(event: SensorEvent): void
  readonly stats: SpoolStats
  /** Writes and syncs what waits, for two seconds at most. What comes afterwards is dropped. */
  close(): Promise<void>
}

/** Bytes of one write. Large, because each costs turns of a loop that may be busy. */
const CHUNK = 2 * 1024 * 1024
const CLOSING_MS = 2_000
class QuotaReached extends Error {
  readonly code = 'quota'
}

class DiskSpool implements Spool {
  readonly #options: Required<SpoolOptions>
  readonly #queue: LineQueue
  #file: SpoolFile | null = null
  /** Greatest file id seen. */
  #lastId = ''
  /** Bytes of the files before the open one, as last looked at. */
  #before = 0
  #flushTimer: NodeJS.Timeout | null = null
  #syncTimer: NodeJS.Timeout | null = null
  #flushing: Promise<void> | null = null
  #retiring: Promise<void> = Promise.resolve()
  #closed: Promise<void> | null = null
  /** Dropped since the last report; while it is not zero everything is dropped. */
  #unreported = 0
  #lossReason = ''
  #written = 0
  #lost = 0
  #failures = 0
  #error: string | null = null

  constructor(options: SpoolOptions) {
    this.#options = {
      rotateBytes: 16 * 1024 * 1024,
      quotaBytes: 1024 * 1024 * 1024,
      queueBytes: 16 * 1024 * 1024,
      fsyncMs: 1_000,
      retryMs: 200,
      onRing: () => undefined,
      now: Date.now,
      ...options,
      flushMs: Math.min(options.flushMs ?? 20, 20),
    }
    this.#queue = new LineQueue(this.#options.queueBytes)
    this.#schedule(0) // the file of a killed predecessor is finished as soon as a newer one is there
  }

  get stats(): SpoolStats {
    const { length: queued, bytes: queuedBytes } = this.#queue
    return { written: this.#written, lost: this.#lost, queued, queuedBytes, failures: this.#failures, error: this.#error }
  }

  write(event: SensorEvent): void {
    if (this.#closed !== null || this.#unreported > 0 || !this.#queue.push(`${encodeEvent(event)}\n`)) {
      if (this.#unreported === 0) this.#lossReason = this.#error ?? 'queue'
      this.#lost++
      this.#unreported++
    }
    this.#schedule(this.#options.flushMs)
  }

  close(): Promise<void> {
    this.#closed ??= this.#finish()
    return this.#closed
  }

  #schedule(delay: number): void {
    if (this.#flushTimer !== null || this.#flushing !== null || this.#closed !== null) return
    this.#flushTimer = setTimeout(() => {
      this.#flushTimer = null
      this.#flushing = this.#flush().finally(() => {
        this.#flushing = null
        if (this.#error !== null) this.#schedule(this.#options.retryMs)
        else if (this.#queue.length > 0) this.#schedule(this.#options.flushMs)
      })
    }, delay)
  }

  /** Writes what waits now. Never rejects. */
  async #flush(): Promise<void> {
    const before = this.#written
    try {
      this.#file ??= await this.#open()
      for (let left = this.#queue.length; left > 0; ) left -= await this.#writeSome(left)
      this.#error = null
      this.#reportLoss()
    } catch (error) {
      this.#failed(error)
      if (this.#file?.broken) this.#retire(this.#file)
    }
    if (this.#written > before) this.#ring()
  }

  async #writeSome(most: number): Promise<number> {
    const { count, data } = this.#queue.peek(most, CHUNK)
    const { rotateBytes, quotaBytes } = this.#options
    if (this.#file !== null && this.#file.size > 0 && this.#file.size + data.length > rotateBytes) this.#retire(this.#file)
    const file = this.#file ?? (await this.#open())
    this.#file = file
    if (this.#before + file.size + data.length > quotaBytes) await this.#checkQuota(file, data.length)
    await file.append(data)
    this.#queue.remove(count, data.length)
    this.#written += count
    this.#syncTimer ??= setTimeout(() => this.#sync(), this.#options.fsyncMs).unref()
    return count
  }

  async #open(): Promise<SpoolFile> {
    const { ids, bytes } = await surveySpool(this.#options.directory)
    const file = await SpoolFile.create(this.#options.directory, idBehind([this.#lastId, ...ids]))
    this.#lastId = file.id
    this.#before = bytes
    return file
  }

  async #checkQuota(file: SpoolFile, more: number): Promise<void> {
    this.#before = (await surveySpool(this.#options.directory)).bytes - file.size
    if (this.#before + file.size + more > this.#options.quotaBytes) throw new QuotaReached()
  }

  /** Says in the log how much was dropped, at the place where it is missing. */
  #reportLoss(): void {
    if (this.#unreported === 0) return
    const loss: SensorEvent = {
      id: newId(),
      ts: this.#options.now(),
      decky: 'sensor',
      service: 'sensor',
      type: events.spoolLoss.type,
      severity: 3,
      fields: { lost: String(this.#unreported), reason: this.#lossReason },
    }
    if (this.#queue.push(`${encodeEvent(loss)}\n`)) this.#unreported = 0
  }

  #ring(): void {
    try {
      this.#options.onRing()
    } catch (error) {
      this.#failed(error) // a deaf server costs latency only
    }
  }

  async #sync(): Promise<void> {
    this.#syncTimer = null
    const file = this.#file
    try {
      if (file !== null && !(await file.sync()) && this.#file === file) this.#retire(file)
    } catch (error) {
      this.#failed(error)
      if (this.#file === file && file !== null) this.#retire(file) // what the page cache holds after a failed sync is anybody's guess
    }
  }

  /** Nothing more goes into this file; it is synced and closed behind the scenes. */
  #retire(file: SpoolFile): void {
    if (this.#file === file) this.#file = null
    this.#retiring = this.#retiring.then(async () => {
      try {
        await file.sync()
      } catch (error) {
        this.#failed(error)
      } finally {
        await file.close().catch((error: unknown) => this.#failed(error))
      }
    })
  }

  #failed(error: unknown): void {
    this.#failures++
    this.#error = isNodeError(error) ? (error.code ?? error.message) : String(error)
  }

  async #finish(): Promise<void> {
    if (this.#flushTimer !== null) clearTimeout(this.#flushTimer)
    if (this.#syncTimer !== null) clearTimeout(this.#syncTimer)
    const rest = async () => {
      await this.#flushing
      await this.#flush()
      if (this.#queue.length > 0) await this.#flush()
      if (this.#file !== null) this.#retire(this.#file)
      await this.#retiring
    }
    const stop = new AbortController()
    await Promise.race([rest(), pause(CLOSING_MS, undefined, { signal: stop.signal }).catch(() => undefined)])
    stop.abort()
  }
}

/**
 * The sensor's spool: one RFC 5424 line for each event, on disk within 50 ms of being seen and synced each second, so that a killed sensor loses
 * only what it had not written yet. While the disk is full, broken or over quota, events wait in memory; what does not fit is
 * dropped and counted, and a `spool_loss` event says how many once writing works again.
 */
export const openSpool = (options: SpoolOptions): Spool => new DiskSpool(options)
