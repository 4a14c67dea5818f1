import { createHash } from 'node:crypto'
import { escapedText } from '../escaped-bytes.ts'
import type { Capture, Evidence, Recording } from './define.ts'

/** Evidence kept in memory, for tests: `captures` by sha256, `recordings` (asciicast v2 text) by name. */
export interface MemoryEvidence extends Evidence {
  readonly captures: ReadonlyMap<string, Buffer>
  readonly recordings: ReadonlyMap<string, string>
  /** Captures and recordings begun and not yet finished, aborted or closed. */
  readonly open: number
}

export function createMemoryEvidence(now: () => number = Date.now): MemoryEvidence {
  const captures = new Map<string, Buffer>()
  const recordings = new Map<string, string>()
  let open = 0

  function openCapture(): Capture {
    open++
    const chunks: Buffer[] = []
    let result: Promise<{ sha256: string; size: number; truncated: boolean }> | null = null
    let aborted = false
    const finish = async () => {
      open--
      const content = Buffer.concat(chunks)
      const sha256 = createHash('sha256').update(content).digest('hex')
      captures.set(sha256, content)
      return { sha256, size: content.length, truncated: false }
    }
    return {
      write: (chunk) => void chunks.push(Buffer.from(chunk)),
      finish() {
        result ??= finish()
        return result
      },
      async abort() {
        if (result === null && !aborted) open--
        aborted = true
      },
    }
  }

  const openRecording: Evidence['openRecording'] = (name, options, done): Recording => {
    open++
    const { columns, rows, term, title, startedAt } = options
    const header = { version: 2, width: columns, height: rows, timestamp: Math.floor(startedAt / 1000), title, env: { TERM: term } }
    const lines = [JSON.stringify(header)]
    const event = (kind: string, data: string | Uint8Array): void => {
      lines.push(JSON.stringify([(now() - startedAt) / 1000, kind, typeof data === 'string' ? data : escapedText(data)]))
    }
    let closed = false
    return {
      output: (data) => event('o', data),
      input: (data) => event('i', data),
      resize: (width, height) => event('r', `${width}x${height}`),
      async close() {
        if (closed) return
        closed = true
        open--
        const text = `${lines.join('\n')}\n`
        recordings.set(name, text)
        done({ duration_s: (now() - startedAt) / 1000, bytes: text.length, truncated: false, replay: `replays/${name}.cast` })
      },
    }
  }

  return {
    openCapture,
    openRecording,
    captures,
    recordings,
    get open() {
      return open
    },
  }
}
