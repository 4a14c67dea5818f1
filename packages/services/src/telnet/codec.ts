/** Commands and options of RFC 854, 857, 858, 859, 1073, 1079, 1091, 1096, 1184, 1372, 1572. */
export const IAC = 255
export const VERB = { DONT: 254, DO: 253, WONT: 252, WILL: 251 } as const
export type Verb = keyof typeof VERB
export const SB = 250
export const SE = 240
export const OPTION = {
  BINARY: 0,
  ECHO: 1,
  SGA: 3,
  STATUS: 5,
  TERMINAL_TYPE: 24,
  NAWS: 31,
  TERMINAL_SPEED: 32,
  LFLOW: 33,
  LINEMODE: 34,
  X_DISPLAY: 35,
  OLD_ENVIRON: 36,
  AUTHENTICATION: 37,
  ENCRYPT: 38,
  NEW_ENVIRON: 39,
} as const

/** What a client's bytes mean. `command`: a lone IAC command, as AYT (246) or IP (244). */
export type TelnetInput =
  | { readonly kind: 'data'; readonly data: Buffer }
  | { readonly kind: 'negotiation'; readonly verb: Verb; readonly option: number }
  | { readonly kind: 'subnegotiation'; readonly option: number; readonly data: Buffer }
  | { readonly kind: 'command'; readonly command: number }

/** A longer subnegotiation is read to its end and thrown away. */
const LONGEST_SUBNEGOTIATION = 512
const VERBS: Readonly<Record<number, Verb>> = { 251: 'WILL', 252: 'WONT', 253: 'DO', 254: 'DONT' }

/** Takes a client's stream in any pieces. Bounded: holds no data, and at most one subnegotiation. Never throws. */
export class TelnetDecoder {
  #state: 'data' | 'iac' | 'verb' | 'sub' | 'sub-iac' = 'data'
  #verb: Verb = 'DO'
  #sub: number[] = []

  push(chunk: Uint8Array): TelnetInput[] {
    const found: TelnetInput[] = []
    let plain: number[] = []
    const flush = () => {
      if (plain.length > 0) found.push({ kind: 'data', data: Buffer.from(plain) })
      plain = []
    }
    for (const byte of chunk) {
      switch (this.#state) {
        case 'data':
          if (byte === IAC) this.#state = 'iac'
          else plain.push(byte)
          break
        case 'iac':
          this.#state = 'data'
          if (byte === IAC) plain.push(byte)
          else {
            flush()
            this.#command(byte, found)
          }
          break
        case 'verb':
          found.push({ kind: 'negotiation', verb: this.#verb, option: byte })
          this.#state = 'data'
          break
        case 'sub':
          if (byte === IAC) this.#state = 'sub-iac'
          else this.#keep(byte)
          break
        case 'sub-iac':
          if (byte === IAC) {
            this.#keep(byte)
            this.#state = 'sub'
          } else {
            // SE ends it; anything else does as well, as in telnetd.
            this.#end(found)
            this.#state = 'data'
            if (byte !== SE) this.#command(byte, found)
          }
      }
    }
    flush()
    return found
  }

  #command(byte: number, found: TelnetInput[]): void {
    const verb = VERBS[byte]
    if (verb) {
      this.#verb = verb
      this.#state = 'verb'
    } else if (byte === SB) {
      this.#sub = []
      this.#state = 'sub'
    } else found.push({ kind: 'command', command: byte })
  }

  #keep(byte: number): void {
    if (this.#sub.length <= LONGEST_SUBNEGOTIATION) this.#sub.push(byte)
  }

  #end(found: TelnetInput[]): void {
    const [option, ...data] = this.#sub
    if (option !== undefined && this.#sub.length <= LONGEST_SUBNEGOTIATION)
      found.push({ kind: 'subnegotiation', option, data: Buffer.from(data) })
    this.#sub = []
  }
}

/** Output of a terminal as the network virtual terminal carries it: IAC doubled, a bare carriage return followed by NUL. */
export function encodeOutput(data: Uint8Array): Buffer {
  const out: number[] = []
  for (const [index, byte] of data.entries()) {
    out.push(byte)
    if (byte === IAC) out.push(IAC)
    else if (byte === 13 && data[index + 1] !== 10) out.push(0)
  }
  return Buffer.from(out)
}

export const negotiate = (verb: Verb, option: number): Buffer => Buffer.of(IAC, VERB[verb], option)
export const subnegotiate = (option: number, ...data: readonly number[]): Buffer => Buffer.of(IAC, SB, option, ...data, IAC, SE)

/** Folds CR LF and CR NUL of a client into one carriage return (RFC 854, RFC 1123 §3.3.1). */
export class NewlineFolder {
  #afterReturn = false
  push(data: Uint8Array, binary: boolean): Buffer {
    const out: number[] = []
    for (const byte of data) {
      const folded = this.#afterReturn && (byte === 10 || byte === 0)
      this.#afterReturn = byte === 13 && !binary
      if (!folded) out.push(byte)
    }
    return Buffer.from(out)
  }
}
