import type { StreamSignal } from '@decnet/contracts/api'
import { allTopics } from '@decnet/contracts/topics'
import { type Bus, matches } from '@decnet/kernel/bus'
import { Doorbell } from '@decnet/kernel/worker'
import type { LogFilter } from '../store/log-search.ts'
import type { StreamText } from '../store/log-stream.ts'
import type { Reads } from '../store/reads.ts'
import type { Call } from '../threads/rpc.ts'

const PAGE = 200
const TIMING = { keepaliveMs: 15_000, pollMs: 1_000, recheckMs: 30_000 }
/** Reads that several clients at one place share are kept for this moment. */
const SHARED_READS = 64
/** Signals that wait for a client that does not read; the oldest go. */
const WAITING_SIGNALS = 256

export type LiveItem =
  /** Records as the stream writes them. */
  | { readonly kind: 'records'; readonly text: string }
  | { readonly kind: 'signal'; readonly signal: StreamSignal }
  | { readonly kind: 'reset' }
  | { readonly kind: 'keepalive' }

export interface LiveOptions {
  readonly topics?: readonly string[] | undefined
  readonly search?: string | undefined
  /** Uuids: only records that name one of them, and no signals. */
  readonly naming?: readonly string[] | undefined
  /** Resume behind this sequence number; absent = from now on. */
  readonly after?: number | undefined
  readonly signal: AbortSignal
}

export interface LiveTiming {
  /** Something is said at least this often, for proxies. */
  readonly keepaliveMs: number
  /** The log is looked at by itself this often while no bus rings. */
  readonly pollMs: number
  /** A login that has ended closes its streams within this time. */
  readonly recheckMs: number
}

export interface LiveTail {
  readonly timing: LiveTiming
  follow(options: LiveOptions): AsyncGenerator<LiveItem>
  readonly clients: number
  close(): void
}

const doorbells = allTopics.filter((topic) => topic.kind === 'doorbell').map((topic) => topic.pattern)

/**
 * The live stream: each client reads the log by its own cursor, so nothing is missed or repeated; the bus only says when to look.
 * Doorbell-only topics are passed on as they come, at most once.
 */
export function liveTail(bus: Bus, read: Call<Reads>, timing: LiveTiming = TIMING): LiveTail {
  const waiting = new Set<{ ring(): void; signal(signal: StreamSignal): void }>()
  const subscription = bus.as('live').subscribe('>')
  void (async () => {
    for await (const event of subscription) {
      if (event.kind === 'message' && doorbells.some((pattern) => matches(pattern, event.message.topic))) {
        const { topic, type, ts, payload } = event.message
        for (const client of waiting) client.signal({ topic, type, ts, payload })
      } else for (const client of waiting) client.ring()
    }
  })()

  const shared = new Map<string, Promise<StreamText>>()
  /** Clients that stand at the same place with the same filter share one read. An answer is only kept where there is more behind it. */
  function readShared(filter: LogFilter & { after: number; limit: number }): Promise<StreamText> {
    const key = JSON.stringify(filter)
    const known = shared.get(key)
    if (known) return known
    const answer = read('log.stream', filter)
    shared.set(key, answer)
    if (shared.size > SHARED_READS) shared.delete(shared.keys().next().value ?? '')
    const forget = () => {
      if (shared.get(key) === answer) shared.delete(key)
    }
    answer.then(({ more }) => (more ? undefined : forget()), forget)
    return answer
  }

  return {
    timing,
    async *follow({ topics, search, naming, after, signal }) {
      const bell = new Doorbell()
      const signals: StreamSignal[] = []
      const wanted = (topic: string) => !topics || topics.some((pattern) => matches(pattern, topic))
      const client = {
        ring: () => bell.ring(),
        signal(said: StreamSignal) {
          if (naming || !wanted(said.topic)) return
          if (signals.push(said) > WAITING_SIGNALS) signals.shift()
          bell.ring()
        },
      }
      const wake = () => bell.ring()
      signal.addEventListener('abort', wake)
      waiting.add(client)
      try {
        const { first, head } = await read('log.bounds', undefined as never)
        let cursor = after ?? head
        if (after !== undefined && (after > head || after < first - 1)) {
          yield { kind: 'reset' }
          cursor = after > head ? head : first - 1
        }
        let silentSince = Date.now()
        while (!signal.aborted) {
          const { text, scanned, more } = await readShared({ after: cursor, limit: PAGE, topics, search, naming })
          if (text) yield { kind: 'records', text }
          cursor = scanned
          for (const said of signals.splice(0)) yield { kind: 'signal', signal: said }
          if (text) silentSince = Date.now()
          if (more) continue
          if (Date.now() - silentSince >= timing.keepaliveMs) {
            yield { kind: 'keepalive' }
            silentSince = Date.now()
          }
          const untilKeepalive = Math.max(1, timing.keepaliveMs - (Date.now() - silentSince))
          await bell.wait(bus.status.connected ? untilKeepalive : Math.min(timing.pollMs, untilKeepalive))
        }
      } finally {
        signal.removeEventListener('abort', wake)
        waiting.delete(client)
      }
    },
    get clients() {
      return waiting.size
    },
    close: () => subscription.close(),
  }
}
