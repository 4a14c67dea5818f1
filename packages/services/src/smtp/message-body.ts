/** What one chunk brought: message bytes, and what follows the final dot once it came. */
export interface BodyPart {
  readonly content: Buffer
  /** Bytes behind the end of the message; null while it goes on. */
  readonly rest: Buffer | null
}

const [DOT, CR, LF] = [0x2e, 0x0d, 0x0a]

/**
 * Takes the lines after DATA apart (RFC 5321 section 4.5.2): leading dots are undone, line ends are kept as they came. A bare LF ends a
 * line too, as Postfix and Exim have it by default, so `LF . LF` ends the message.
 */
export class MessageBody {
  #state: 'start' | 'dot' | 'dot-cr' | 'inside' = 'start'
  #length = 0
  size = 0
  /** Bytes of the longest line, its end not counted. */
  longest = 0

  push(chunk: Buffer): BodyPart {
    const out = Buffer.allocUnsafe(chunk.length + 1)
    let written = 0
    const put = (byte: number): void => {
      written = out.writeUInt8(byte, written)
      if (byte === LF) {
        this.longest = Math.max(this.longest, this.#length)
        this.#length = 0
      } else if (byte !== CR) this.#length += 1
      this.#state = byte === LF ? 'start' : 'inside'
    }
    const part = (rest: Buffer | null): BodyPart => {
      this.size += written
      return { content: out.subarray(0, written), rest }
    }
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk.readUInt8(at)
      if (this.#state === 'start' && byte === DOT) this.#state = 'dot'
      else if (this.#state === 'dot' && byte === CR) this.#state = 'dot-cr'
      else if ((this.#state === 'dot' || this.#state === 'dot-cr') && byte === LF) return part(chunk.subarray(at + 1))
      else {
        if (this.#state === 'dot-cr') put(CR)
        put(byte)
      }
    }
    return part(null)
  }
}
