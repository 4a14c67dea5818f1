import { createHash } from 'node:crypto'
import { MSG, WireReader } from './wire.ts'

export interface Hassh {
  readonly hassh: string
  /** `kex;encryption;mac;compression`, client to server, as sent. */
  readonly algorithms: string
}

/** HASSH (Salesforce, 2018): md5 over the client's lists of its KEXINIT. Null when the payload is not a KEXINIT. */
export function hasshOf(payload: Uint8Array): Hassh | null {
  if (payload[0] !== MSG.KEXINIT) return null
  try {
    const reader = new WireReader(payload, 17)
    const lists = Array.from({ length: 8 }, () => reader.ascii())
    const algorithms = [lists[0], lists[2], lists[4], lists[6]].join(';')
    return { hassh: createHash('md5').update(algorithms, 'latin1').digest('hex'), algorithms }
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

const LARGEST = 35_000

/**
 * Takes an unencrypted stream of binary packets (RFC 4253 §6) in pieces and gives the first KEXINIT, or null when there is none.
 * Holds at most one packet.
 */
export class KexInitWatch {
  #held = Buffer.alloc(0)
  #over = false
  push(chunk: Uint8Array): Hassh | null {
    if (this.#over) return null
    this.#held = Buffer.concat([this.#held, chunk])
    while (this.#held.length >= 6) {
      const length = this.#held.readUInt32BE(0)
      const padding = this.#held.readUInt8(4)
      if (length > LARGEST || length < padding + 2) return this.#stop(null)
      if (this.#held.length < 4 + length) return null
      const payload = this.#held.subarray(5, 4 + length - padding)
      this.#held = this.#held.subarray(4 + length)
      const type = payload[0] ?? 0
      if (type === MSG.KEXINIT) return this.#stop(hasshOf(payload))
      if (type > MSG.DEBUG) return this.#stop(null)
    }
    return null
  }
  #stop(result: Hassh | null): Hassh | null {
    this.#over = true
    this.#held = Buffer.alloc(0)
    return result
  }
  get over(): boolean {
    return this.#over
  }
}
