import { MAX_BODY } from '../envelope.ts'

/*
 * <VERB>[ <args>]\n · body length, 4 bytes big-endian · body (JSON object or nothing)
 *
 *   HELLO name    c→s  who this is, for logs      ACK pattern   s→c  the SUB is in force
 *   PUB topic     c→s  envelope                   EVT topic     s→c  envelope
 *   SUB pattern   c→s                             GAP count     s→c  frames dropped because this side did not read
 *   UNSUB pattern c→s                             BYE           both  the receiver stops reading
 */
export const VERBS = ['HELLO', 'PUB', 'SUB', 'UNSUB', 'EVT', 'ACK', 'GAP', 'BYE'] as const
export type Verb = (typeof VERBS)[number]

/** Longest header line, bytes, its newline included. */
export const MAX_HEADER = 4_096
const LENGTH = 4

/** Why a peer is cut off. */
export type Fault = 'header too long' | 'header not ascii' | 'unknown verb' | 'body too long' | 'ended inside a frame' | 'refused'

export interface Header {
  readonly verb: Verb
  readonly args: string
  /** Written as we would write it; such a PUB becomes an EVT by changing three bytes. */
  readonly canonical: boolean
}

/** One whole frame. `header` is the same object as long as the line stays the same. */
export type FrameSink = (header: Header, bytes: Buffer, start: number, bodyStart: number, end: number) => boolean

/** A frame as bytes. `args` and `body` are the caller's own, within limits. */
export function encodeFrame(verb: Verb, args = '', body: Uint8Array | string = ''): Buffer {
  const head = args === '' ? `${verb}\n` : `${verb} ${args}\n`
  const size = typeof body === 'string' ? Buffer.byteLength(body) : body.length
  const frame = Buffer.allocUnsafe(head.length + LENGTH + size)
  frame.write(head, 0, 'latin1')
  frame.writeUInt32BE(size, head.length)
  if (typeof body === 'string') frame.write(body, head.length + LENGTH, 'utf8')
  else frame.set(body, head.length + LENGTH)
  return frame
}

const isVerb = (text: string): text is Verb => (VERBS as readonly string[]).includes(text)

function parseHeader(bytes: Buffer, start: number, newline: number): Header | Fault {
  for (let at = start; at < newline; at++) if ((bytes[at] ?? 0) > 0x7f) return 'header not ascii'
  const line = bytes.toString('latin1', start, newline)
  const text = line.endsWith('\r') ? line.slice(0, -1) : line
  const space = text.indexOf(' ')
  const verb = space < 0 ? text : text.slice(0, space)
  if (!isVerb(verb)) return 'unknown verb'
  const args = space < 0 ? '' : text.slice(space + 1).trim()
  return { verb, args, canonical: line === `${verb} ${args}` }
}

/**
 * Cuts a stream into frames, many per chunk, without copying those that lie whole in it. A frame in pieces is gathered in a buffer that
 * grows with what has come, at most one header and one body long. Faults are values; after one, or after the sink said `false`, nothing more is read.
 */
export class FrameReader {
  readonly #sink: FrameSink
  #stopped = false
  #partial = Buffer.alloc(0)
  #have = 0
  // the frame under way: its header, where its body begins, its length (0 = not known yet)
  #header: Header = { verb: 'BYE', args: '', canonical: false }
  #bodyAt = 0
  #length = 0
  // the last header line with its newline, to recognise it when it comes again
  #line = Buffer.alloc(0)
  #known: Header | undefined

  constructor(sink: FrameSink) {
    this.#sink = sink
  }

  push(chunk: Buffer): Fault | null {
    let at = 0
    if (this.#have > 0 && !this.#stopped) {
      const resumed = this.#resume(chunk)
      if (typeof resumed === 'string') return this.#fail(resumed)
      at = resumed
    }
    while (at < chunk.length && !this.#stopped) {
      const fault = this.#measure(chunk, at, chunk.length)
      if (fault) return this.#fail(fault)
      const end = at + this.#length
      if (this.#length === 0 || end > chunk.length) {
        this.#keep(chunk, at, chunk.length)
        return null
      }
      if (!this.#sink(this.#header, chunk, at, at + this.#bodyAt, end)) this.#stopped = true
      at = end
    }
    return null
  }

  /** The stream is over. */
  end(): Fault | null {
    return this.#have > 0 && !this.#stopped ? 'ended inside a frame' : null
  }

  #fail(fault: Fault): Fault {
    this.#stopped = true
    return fault
  }

  /** Reads the header at `start` and the length after it, as far as the bytes reach. */
  #measure(bytes: Buffer, start: number, stop: number): Fault | null {
    this.#length = 0
    const after = this.#headerEnd(bytes, start, stop)
    if (typeof after === 'string') return after
    if (after === 0) return stop - start >= MAX_HEADER ? 'header too long' : null
    if (stop < after + LENGTH) return null
    const size = bytes.readUInt32BE(after)
    if (size > MAX_BODY) return 'body too long'
    this.#bodyAt = after + LENGTH - start
    this.#length = this.#bodyAt + size
    return null
  }

  /** Sets `#header`; answers where the byte after its newline is, 0 when there is no newline yet. */
  #headerEnd(bytes: Buffer, start: number, stop: number): number | Fault {
    const line = this.#line
    if (this.#known && start + line.length <= stop) {
      let same = 0
      while (same < line.length && line[same] === bytes[start + same]) same++
      if (same === line.length) {
        this.#header = this.#known
        return start + same
      }
    }
    const limit = Math.min(stop, start + MAX_HEADER)
    let newline = start
    while (newline < limit && bytes[newline] !== 10) newline++
    if (newline === limit) return 0
    const header = parseHeader(bytes, start, newline)
    if (typeof header === 'string') return header
    this.#line = Buffer.from(bytes.subarray(start, newline + 1))
    this.#known = header
    this.#header = header
    return newline + 1
  }

  /** Goes on with a frame in pieces; answers how far it used the chunk. */
  #resume(chunk: Buffer): number | Fault {
    let used = 0
    if (this.#length === 0) {
      const before = this.#have
      this.#keep(chunk, 0, Math.min(chunk.length, MAX_HEADER + LENGTH - before))
      const fault = this.#measure(this.#partial, 0, this.#have)
      if (fault) return fault
      if (this.#length === 0) return chunk.length
      // what came after this frame is read again from the chunk
      this.#have = Math.min(this.#have, this.#length)
      used = this.#have - before
    }
    const length = this.#length
    const more = Math.min(length - this.#have, chunk.length - used)
    this.#keep(chunk, used, used + more)
    if (this.#have < length) return chunk.length
    const frame = this.#partial
    this.#partial = Buffer.alloc(0)
    this.#have = 0
    if (!this.#sink(this.#header, frame, 0, this.#bodyAt, length)) this.#stopped = true
    return used + more
  }

  #keep(chunk: Buffer, from: number, to: number): void {
    const size = this.#have + to - from
    if (size > this.#partial.length) {
      const bigger = Buffer.allocUnsafe(Math.max(size, Math.min(this.#partial.length * 2, MAX_HEADER + LENGTH + MAX_BODY), 256))
      this.#partial.copy(bigger, 0, 0, this.#have)
      this.#partial = bigger
    }
    chunk.copy(this.#partial, this.#have, from, to)
    this.#have = size
  }
}
