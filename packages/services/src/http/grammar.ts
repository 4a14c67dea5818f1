import type { Head, Header, Refusal } from './message.ts'

export interface RequestLine {
  readonly method: string
  readonly target: string
  readonly version: number
  readonly versionText: string
}

/** Why a whole head is turned away. `hostTaken` absent = the page may name the host. */
export interface Complaint {
  readonly status: number
  readonly page?: 'header-too-large'
  readonly hostTaken?: false
}

/** What a daemon accepts, line by line. Lines come without their line feed. */
export interface Grammar {
  /** Longest request line and header line in bytes, most header lines, most bytes of all of them. */
  readonly limits: { readonly requestLine: number; readonly headerLine: number; readonly headers: number; readonly total: number }
  /** Looked at before the line is complete, from its first bytes: the daemon need not wait to see that it is nonsense. */
  hopeless(partial: string): number | null
  /** A byte that a header line cannot hold, wherever it stands; null = any may come. */
  readonly forbidden: number | null
  /** Empty lines before the request line that are passed over. */
  readonly blankLines: number
  /** A number is the status of the refusal. */
  requestLine(line: string): RequestLine | number
  /** `null`: passed over in silence. `fold` joins the value before. */
  header(line: string): Header | 'fold' | null | number
  /** Checks that need all headers. */
  complete(head: Head): Complaint | null
  readonly tooLong: { readonly requestLine: number; readonly headerLine: number }
}

export type HeadResult = { readonly kind: 'more' } | { readonly kind: 'head'; readonly head: Head; readonly rest: Buffer } | Refused
interface Refused {
  readonly kind: 'refused'
  readonly refusal: Refusal
}

/** Reads one request head from bytes as they come. Every byte is looked at once; memory is bounded by the grammar's limits. */
export class HeadReader {
  readonly #grammar: Grammar
  #held: Buffer[] = []
  #heldLength = 0
  #first: RequestLine | null = null
  #firstText = ''
  #headers: Header[] = []
  #lines = 0
  #blank = 0
  #total = 0

  constructor(grammar: Grammar) {
    this.#grammar = grammar
  }

  /** Whether a byte of the request was seen (empty lines before it do not count). */
  get begun(): boolean {
    return this.#first !== null || this.#heldLength > 0
  }

  /** What stands so far, for requests that never end. */
  get sofar(): Head {
    const split = (this.#firstText || Buffer.concat(this.#held).toString('latin1')).slice(0, 8192)
    const space = split.indexOf(' ')
    const after = space < 0 ? '' : split.slice(space + 1).replace(/\r$/u, '')
    const [ending = '', versionText = ''] = / (HTTP\/\d{1,3}\.\d{1,3})$/u.exec(after) ?? []
    return {
      method: this.#first?.method ?? (space < 0 ? split : split.slice(0, space)),
      target: this.#first?.target ?? after.slice(0, after.length - ending.length),
      version: this.#first?.version ?? 11,
      versionText: this.#first?.versionText ?? versionText,
      headers: this.#headers,
    }
  }

  push(chunk: Buffer): HeadResult {
    let at = 0
    while (at < chunk.length) {
      const end = chunk.indexOf(0x0a, at)
      const piece = chunk.subarray(at, end < 0 ? chunk.length : end)
      if (piece.length > 0) {
        this.#held.push(piece)
        this.#heldLength += piece.length
      }
      const { forbidden } = this.#grammar
      if (forbidden !== null && piece.includes(forbidden) && !this.#beyond(piece.indexOf(forbidden) - piece.length))
        return this.#refuse(400)
      const nonsense =
        this.#first === null && (end < 0 || this.#beyond(0)) && this.#heldLength > 0 ? this.#grammar.hopeless(this.#peek()) : null
      if (nonsense !== null) return this.#refuse(nonsense)
      const tooLong = this.#tooLong()
      if (tooLong) return tooLong
      if (end < 0) return { kind: 'more' }
      at = end + 1
      const line = Buffer.concat(this.#held).toString('latin1')
      this.#held = []
      this.#heldLength = 0
      const result = this.#line(line)
      if (result === 'complete') return this.#complete(chunk.subarray(at))
      if (result) return result
    }
    return { kind: 'more' }
  }

  /** Whether the line, with so many bytes more, passes its limit. */
  #beyond(more: number): boolean {
    const { limits } = this.#grammar
    return this.#heldLength + more > (this.#first === null ? limits.requestLine : limits.headerLine)
  }

  #peek(): string {
    const first = this.#held[0]
    if (first !== undefined && (first.length >= 64 || this.#held.length === 1)) return first.subarray(0, 64).toString('latin1')
    return Buffer.concat(this.#held.slice(0, 64)).subarray(0, 64).toString('latin1')
  }

  #line(line: string): Refused | 'complete' | null {
    const bare = line.endsWith('\r') ? line.slice(0, -1) : line
    if (this.#first === null) {
      if (bare === '') return ++this.#blank > this.#grammar.blankLines ? this.#refuse(400) : null
      this.#firstText = line
      const first = this.#grammar.requestLine(line)
      if (typeof first === 'number') return this.#refuse(first)
      this.#first = first
      return first.versionText === '' ? 'complete' : null
    }
    if (bare === '') return 'complete'
    this.#lines++
    if (this.#lines > this.#grammar.limits.headers) return this.#refuse(400, 'too-many-headers')
    this.#total += line.length
    const header = this.#grammar.header(line)
    if (typeof header === 'number') return this.#refuse(header)
    if (header === 'fold') {
      const last = this.#headers.at(-1)
      if (last === undefined) return this.#refuse(400)
      this.#headers[this.#headers.length - 1] = [last[0], `${last[1]} ${bare.replace(/^[ \t]+|[ \t]+$/gu, '')}`]
    } else if (header !== null) this.#headers.push(header)
    return null
  }

  #complete(rest: Buffer): HeadResult {
    const first = this.#first
    if (first === null) return { kind: 'more' }
    const head: Head = { ...first, headers: this.#headers }
    const complaint = this.#grammar.complete(head)
    if (complaint !== null) return { kind: 'refused', refusal: { head, ...complaint, hostTaken: complaint.hostTaken ?? true } }
    return { kind: 'head', head, rest }
  }

  #tooLong(): Refused | null {
    const { limits, tooLong } = this.#grammar
    if (this.#first === null) return this.#heldLength > limits.requestLine ? this.#refuse(tooLong.requestLine) : null
    if (this.#heldLength > limits.headerLine || this.#total + this.#heldLength > limits.total)
      return this.#refuse(tooLong.headerLine, 'header-too-large')
    return null
  }

  #refuse(status: number, page?: Refusal['page']): Refused {
    const refusal = { status, head: this.sofar, hostTaken: false }
    return { kind: 'refused', refusal: page === undefined ? refusal : { ...refusal, page } }
  }
}
