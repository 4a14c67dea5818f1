/** A line of a file, or a part of one that is too long to be read at once. */
export interface Piece {
  readonly bytes: Buffer
  /** `line`: whole; `unended`: the stream ended before its line break; `part`: of a line that is given up, more follows; `last`: its end. */
  readonly kind: 'line' | 'unended' | 'part' | 'last'
}
/** Pieces, and how far they reach; at `resumable` a whole line has ended there. */
export interface Pieces {
  readonly pieces: readonly Piece[]
  readonly offset: number
  readonly resumable: boolean
}

const LF = 10
/** Longest line that is read; longer ones go by in parts. */
const LONGEST = 16 * 1024 * 1024

const CR = 13
const BOM = Buffer.from('\ufeff')

/** What a line says, whatever system wrote it: without the CR of a CRLF at its end, and without a byte order mark at its beginning. */
export function contentOf(line: Buffer): Buffer {
  const start = line.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0
  return line.subarray(start, line.at(-1) === CR ? -1 : undefined)
}

/** Splits a stream of bytes into lines, in bounded memory whatever comes; empty lines are left out. `offset` is where the stream begins. */
export async function* linesOf(stream: AsyncIterable<Buffer>, offset = 0, longest = LONGEST): AsyncGenerator<Pieces> {
  let waiting: Buffer[] = []
  let size = 0
  let skipping = false
  let ended = offset
  let read = offset
  for await (const chunk of stream) {
    const pieces: Piece[] = []
    let at = 0
    for (;;) {
      const end = chunk.indexOf(LF, at)
      if (end === -1) break
      const rest = chunk.subarray(at, end)
      if (skipping) pieces.push({ bytes: rest, kind: 'last' })
      else if (size + rest.length > 0) pieces.push({ bytes: size === 0 ? rest : Buffer.concat([...waiting, rest]), kind: 'line' })
      waiting = []
      size = 0
      skipping = false
      at = end + 1
      ended = read + at
    }
    read += chunk.length
    const rest = chunk.subarray(at)
    if (skipping) pieces.push({ bytes: rest, kind: 'part' })
    else if (rest.length > 0) {
      waiting.push(Buffer.from(rest))
      size += rest.length
      if (size > longest) {
        pieces.push({ bytes: Buffer.concat(waiting), kind: 'part' })
        waiting = []
        size = 0
        skipping = true
      }
    }
    yield { pieces, offset: ended, resumable: !skipping }
  }
  if (skipping) yield { pieces: [{ bytes: Buffer.alloc(0), kind: 'last' }], offset: read, resumable: true }
  else if (size > 0) yield { pieces: [{ bytes: Buffer.concat(waiting), kind: 'unended' }], offset: read, resumable: true }
}
