/** Where the content of one part goes; null = passed over. */
export interface PartSink {
  write(chunk: Buffer): void
  end(): void
}

const HEADERS_LIMIT = 8192
const PARTS_LIMIT = 100

/** The boundary of a multipart type; null when it is none. */
export function boundaryOf(contentType: string | undefined): string | null {
  const match = /^multipart\/[a-z-]+\s*;.*\bboundary=(?:"([^"]{1,200})"|([^\s;,]{1,200}))/iu.exec(contentType ?? '')
  return match?.[1] ?? match?.[2] ?? null
}

/** The `filename` of a part's headers, last path element kept as sent; null for fields that are no files. */
export function fileNameOf(headers: string): string | null {
  const match = /^content-disposition:.*?\bfilename\*?=(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/imu.exec(headers)
  return match?.[1] ?? match?.[2] ?? null
}

/** RFC 2046 section 5.1 as a stream: memory is one boundary and one part's headers, whatever comes. */
export function multipartReader(boundary: string, open: (headers: string) => PartSink | null) {
  const mark = Buffer.from(`\r\n--${boundary}`, 'latin1')
  let held = Buffer.from('\r\n')
  let state: 'content' | 'after' | 'headers' | 'over' = 'content'
  let sink: PartSink | null = null
  let parts = 0

  function step(): boolean {
    if (state === 'content') {
      const at = held.indexOf(mark)
      const sure = at < 0 ? Math.max(0, held.length - mark.length + 1) : at
      if (sure > 0) sink?.write(held.subarray(0, sure))
      held = held.subarray(at < 0 ? sure : at + mark.length)
      if (at < 0) return false
      sink?.end()
      sink = null
      state = 'after'
      return true
    }
    if (state === 'after') {
      if (held.length < 2) return false
      const line = held.indexOf(0x0a)
      const last = held.toString('latin1', 0, 2) === '--' || parts >= PARTS_LIMIT
      if (last || (line < 0 && held.length > HEADERS_LIMIT)) state = 'over'
      else if (line < 0) return false
      else {
        parts++
        held = held.subarray(line + 1)
        state = 'headers'
      }
      return true
    }
    if (state === 'headers') {
      const bare = held.toString('latin1', 0, 2) === '\r\n'
      const end = bare ? -2 : held.indexOf('\r\n\r\n')
      if (end === -1) {
        if (held.length > HEADERS_LIMIT) state = 'over'
        return false
      }
      sink = open(bare ? '' : held.toString('latin1', 0, end))
      held = held.subarray(end + 4)
      state = 'content'
      return true
    }
    held = Buffer.alloc(0)
    return false
  }

  return {
    push(chunk: Buffer): void {
      held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk])
      while (step());
    },
    /** The body is over: what stands open is closed as it is. */
    end(): void {
      if (state === 'content') {
        if (held.length > 0) sink?.write(held)
        sink?.end()
      }
      sink = null
      state = 'over'
      held = Buffer.alloc(0)
    },
  }
}
