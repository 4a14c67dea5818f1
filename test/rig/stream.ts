import type { StreamRecord, StreamSignal } from '@decnet/contracts/api'
import type { Fleet } from './fleet.ts'

export interface Arrived extends StreamRecord {
  /** Epoch milliseconds at which this client had it. */
  readonly arrivedAt: number
}

export interface StreamClient {
  readonly records: readonly Arrived[]
  /** What came with no place in the log, such as heartbeats. */
  readonly signals: readonly StreamSignal[]
  /** Resolves with the first record, also one that came already, for which it holds. */
  waitFor(holds: (record: Arrived) => boolean, what: string, timeoutMs?: number): Promise<Arrived>
  close(): void
}

/** A client of the live stream that keeps everything it was told. */
export async function openStream(
  fleet: Fleet,
  options: { readonly lastEventId?: number; readonly query?: string } = {},
): Promise<StreamClient> {
  const abort = new AbortController()
  const answer = await fetch(`${fleet.api}/stream${options.query ?? ''}`, {
    headers: {
      authorization: `Bearer ${fleet.token}`,
      ...(options.lastEventId === undefined ? {} : { 'last-event-id': String(options.lastEventId) }),
    },
    signal: abort.signal,
  })
  if (!answer.ok || !answer.body) throw new Error(`stream: ${answer.status} ${await answer.text()}`)
  const records: Arrived[] = []
  const signals: StreamSignal[] = []
  const waiting = new Set<() => void>()
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  const pump = async () => {
    let rest = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      rest += value
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const lines = rest.slice(0, end).split('\n')
        rest = rest.slice(end + 2)
        const data = lines.find((line) => line.startsWith('data: '))
        if (data && lines.includes('event: signal')) signals.push(JSON.parse(data.slice(6)) as StreamSignal)
        if (data && lines.includes('event: record')) records.push({ ...(JSON.parse(data.slice(6)) as StreamRecord), arrivedAt: Date.now() })
      }
      for (const wake of waiting) wake()
    }
  }
  pump().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error
  })
  return {
    records,
    signals,
    waitFor(holds, what, timeoutMs = 15_000) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = records.find(holds)
          if (!found) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve(found)
        }
        const timer = setTimeout(() => {
          waiting.delete(look)
          reject(new Error(`not on the stream within ${timeoutMs} ms: ${what}`))
        }, timeoutMs)
        waiting.add(look)
        look()
      })
    },
    close: () => abort.abort(),
  }
}
