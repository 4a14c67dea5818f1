import { type StreamRecord, type StreamSignal, streamRecord, streamSignal } from '@decnet/contracts/api'
import { createParser, type StreamEvent } from './sse.ts'
import { begin, type Connection, type Happened, next } from './state.ts'

export interface FeedListener {
  records?(records: readonly StreamRecord[]): void
  signal?(signal: StreamSignal): void
  /** The stream begins anew: what the page holds may have a hole. `resumed` is false also on the first connection. */
  opened?(resumed: boolean): void
  /** The server does not keep what was asked for. */
  reset?(): void
}

export interface Filter {
  /** Topic patterns; absent: all. */
  readonly topics?: string
  readonly search?: string
}

/** No byte for this long (the server comments every 15 s): the line is dead. */
const silence = 40_000
const quiet = 500

/**
 * The one live connection of a console. Reads `/stream`, resumes by `Last-Event-ID`, comes back by itself, hands records over once per
 * animation frame. `start` with another filter begins a new stream.
 */
export class Feed {
  #state: Connection = begin(Date.now())
  #filter: Filter = {}
  #lastId: string | null = null
  #abort: AbortController | null = null
  #retry: ReturnType<typeof setTimeout> | undefined
  #quiet: ReturnType<typeof setTimeout> | undefined
  #dead: ReturnType<typeof setTimeout> | undefined
  #pending: StreamRecord[] = []
  #flushing = false
  readonly #listeners = new Set<FeedListener>()
  readonly #watchers = new Set<() => void>()

  get state(): Connection {
    return this.#state
  }
  readonly watch = (watcher: () => void) => {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }
  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(filter: Filter): void {
    if (this.#abort && filter.search === this.#filter.search && filter.topics === this.#filter.topics) return
    this.stop()
    this.#filter = filter
    this.#lastId = null
    this.#state = begin(Date.now())
    void this.#connect()
  }
  stop(): void {
    this.#abort?.abort()
    this.#abort = null
    this.#pending = []
    for (const timer of [this.#retry, this.#quiet, this.#dead]) clearTimeout(timer)
  }
  /** Tries at once instead of at the appointed time. */
  readonly retryNow = () => {
    if (this.#state.phase !== 'offline') return
    clearTimeout(this.#retry)
    this.#happened({ what: 'retrying', now: Date.now() })
    void this.#connect()
  }

  #happened(event: Happened): void {
    const before = this.#state
    this.#state = next(before, event)
    if (this.#state !== before) for (const watcher of this.#watchers) watcher()
  }

  async #connect(): Promise<void> {
    const abort = new AbortController()
    this.#abort = abort
    try {
      await this.#read(abort)
    } catch (error) {
      if (abort.signal.aborted && abort.signal.reason !== 'silent') return
      if (error instanceof Unauthorised) for (const listener of this.#listeners) listener.reset?.()
    }
    if (this.#abort !== abort) return
    for (const timer of [this.#quiet, this.#dead]) clearTimeout(timer)
    this.#happened({ what: 'lost', now: Date.now() })
    if (this.#state.phase === 'offline') this.#retry = setTimeout(() => void this.#connect(), this.#state.retryAt - Date.now())
  }

  async #read(abort: AbortController): Promise<void> {
    const query = new URLSearchParams()
    if (this.#filter.topics) query.set('topics', this.#filter.topics)
    if (this.#filter.search) query.set('search', this.#filter.search)
    const resumed = this.#lastId !== null
    const answer = await fetch(`/api/v1/stream?${query}`, {
      credentials: 'same-origin',
      cache: 'no-store',
      signal: abort.signal,
      headers: { accept: 'text/event-stream', ...(this.#lastId === null ? {} : { 'last-event-id': this.#lastId }) },
    })
    if (!answer.ok || !answer.body) throw answer.status === 401 ? new Unauthorised() : new Error(`stream answered ${answer.status}`)
    this.#happened({ what: 'opened', now: Date.now(), resumed })
    for (const listener of this.#listeners) listener.opened?.(resumed)
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    const parse = createParser()
    for (;;) {
      this.#watchSilence(abort)
      const { done, value } = await reader.read()
      if (done) return
      for (const event of parse(value)) this.#take(event)
    }
  }

  #watchSilence(abort: AbortController): void {
    clearTimeout(this.#dead)
    this.#dead = setTimeout(() => abort.abort('silent'), silence)
    if (this.#state.phase !== 'catching-up') return
    clearTimeout(this.#quiet)
    this.#quiet = setTimeout(() => this.#happened({ what: 'quiet', now: Date.now() }), quiet)
  }

  #take(event: StreamEvent): void {
    if (event.id !== null) this.#lastId = event.id
    if (event.event === 'reset') {
      for (const listener of this.#listeners) listener.reset?.()
      return
    }
    const data = parsed(event.data)
    if (event.event === 'signal') {
      const signal = streamSignal.safeParse(data)
      if (signal.success) for (const listener of this.#listeners) listener.signal?.(signal.data)
      return
    }
    const record = streamRecord.safeParse(data)
    if (!record.success) return
    this.#happened({ what: 'record', now: Date.now(), at: Date.parse(record.data.timestamp) })
    this.#pending.push(record.data)
    this.#flushSoon()
  }

  /** Once per frame; a hidden page gets no frames, so a timer stands in. */
  #flushSoon(): void {
    if (this.#flushing) return
    this.#flushing = true
    const flush = () => {
      this.#flushing = false
      const records = this.#pending
      this.#pending = []
      if (records.length > 0) for (const listener of this.#listeners) listener.records?.(records)
    }
    if (document.hidden) setTimeout(flush, 250)
    else requestAnimationFrame(flush)
  }
}

class Unauthorised extends Error {}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
