/** What a piece of a body gives: its content, or the end, or bytes that are no body. */
export interface BodyStep {
  readonly content: readonly Buffer[]
  /** `overflow`: bad by the digits of a chunk's size. */
  readonly state: 'more' | 'done' | 'bad' | 'overflow'
  /** Bytes after the end: the next request. */
  readonly rest: Buffer
}
export interface BodyReader {
  push(chunk: Buffer): BodyStep
}

/** Exactly `length` bytes. */
export function sizedBody(length: number): BodyReader {
  let left = length
  return {
    push(chunk) {
      const content = chunk.subarray(0, Math.min(left, chunk.length))
      left -= content.length
      return { content: content.length > 0 ? [content] : [], state: left > 0 ? 'more' : 'done', rest: chunk.subarray(content.length) }
    },
  }
}

const LINE_LIMIT = 1024
const TRAILER_LIMIT = 8192

/** RFC 9112 section 7.1. Chunk extensions and trailers are skipped; a size line over 1 KiB is bad. */
export function chunkedBody(): BodyReader {
  let state: 'size' | 'data' | 'data-end' | 'trailer' = 'size'
  let left = 0
  let line = ''
  let trailers = 0
  return {
    push(chunk) {
      const content: Buffer[] = []
      const answer = (result: BodyStep['state'], at: number): BodyStep => ({ content, state: result, rest: chunk.subarray(at) })
      let at = 0
      while (at < chunk.length) {
        if (state === 'data') {
          const piece = chunk.subarray(at, at + left)
          content.push(piece)
          at += piece.length
          left -= piece.length
          if (left === 0) state = 'data-end'
          continue
        }
        const end = chunk.indexOf(0x0a, at)
        line += chunk.toString('latin1', at, end < 0 ? Math.min(chunk.length, at + LINE_LIMIT + 1) : end)
        if (state === 'size' && /^[0-9a-f]{17}/iu.test(line)) return answer('overflow', at)
        if (line.length > LINE_LIMIT) return answer('bad', at)
        if (state === 'size' && !/^[0-9a-f]*[ \t]*(;|\r?$|$)/iu.test(line)) return answer('bad', at)
        if (end < 0) return answer('more', chunk.length)
        at = end + 1
        const bare = line.endsWith('\r') ? line.slice(0, -1) : line
        line = ''
        if (state === 'size') {
          const size = /^[0-9a-f]{1,13}(?=[ \t]*(;|$))/iu.exec(bare)
          if (!size) return answer('bad', at)
          left = Number.parseInt(size[0], 16)
          state = left === 0 ? 'trailer' : 'data'
        } else if (state === 'data-end') {
          if (bare !== '') return answer('bad', at)
          state = 'size'
        } else {
          if (bare === '') return answer('done', at)
          trailers += bare.length
          if (trailers > TRAILER_LIMIT) return answer('bad', at)
        }
      }
      return answer('more', chunk.length)
    },
  }
}
