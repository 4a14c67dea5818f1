import { EscapedDecoder } from '@decnet/kernel'

export interface CastOptions {
  readonly columns: number
  readonly rows: number
  readonly title: string
  /** Bytes of the recording at most; 10 MiB. */
  readonly cap?: number
}
export interface Cast {
  /** asciicast v2, one JSON value a line; bytes that are no UTF-8 are escaped as the kernel's `escapedText` does. */
  readonly text: string
  readonly duration_s: number
  /** Bytes that went through the terminal. */
  readonly bytes: number
  /** It was cut, or was longer than the cap. */
  readonly truncated: boolean
}

/** `<iLiiLL`, little endian without padding: op, tty, length, direction, seconds, microseconds. */
const HEADER = 24
const OPEN = 1
const CLOSE = 2
const WRITE = 3
const OUTPUT = 2

/** Turns a terminal log of Cowrie (the format of User-mode Linux) into an asciicast v2. Never throws; what follows a damaged record is left out. */
export function castOf(log: Buffer, options: CastOptions): Cast {
  const { columns, rows, title, cap = 10 * 1024 * 1024 } = options
  const decoders = { o: new EscapedDecoder(), i: new EscapedDecoder() }
  const lines: string[] = []
  let [size, bytes, elapsed] = [0, 0, 0]
  let startedAt: number | null = null
  let truncated = true
  const write = (value: unknown): boolean => {
    const line = `${JSON.stringify(value)}\n`
    size += Buffer.byteLength(line)
    if (size > cap) return false
    lines.push(line)
    return true
  }

  let at = 0
  for (; at + HEADER <= log.length; ) {
    const [op, length] = [log.readInt32LE(at), log.readInt32LE(at + 8)]
    const direction = log.readInt32LE(at + 12)
    const time = log.readUInt32LE(at + 16) * 1000 + log.readUInt32LE(at + 20) / 1000
    at += HEADER
    if (length < 0 || at + length > log.length) break
    if (startedAt === null) {
      startedAt = time
      const timestamp = Math.floor(time / 1000)
      if (!write({ version: 2, width: columns, height: rows, timestamp, title, env: { TERM: 'xterm-256color', SHELL: '/bin/bash' } })) break
    }
    elapsed = Math.max(elapsed, Math.round(time - startedAt) / 1000)
    if (op === CLOSE) {
      truncated = false
      break
    }
    if (op === WRITE) {
      const kind = direction === OUTPUT ? 'o' : 'i'
      const text = decoders[kind].write(log.subarray(at, at + length))
      bytes += length
      if (text !== '' && !write([elapsed, kind, text])) break
    } else if (op !== OPEN) break
    at += length
  }
  for (const kind of ['o', 'i'] as const) {
    const rest = decoders[kind].end()
    if (rest !== '') write([elapsed, kind, rest])
  }
  return { text: lines.join(''), duration_s: elapsed, bytes, truncated }
}
