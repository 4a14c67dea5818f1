import type { IdMode } from '@decnet/persona'

/** What an answer has to know of the segment or echo that it answers. */
export interface Note {
  readonly mss: number | undefined
  readonly acknowledgement: number
  readonly fin: boolean
  readonly dontFragment: boolean
}

/** Openings that wait for their answer; the oldest gives way. */
const NOTES = 512

/** What one host remembers between packets: two counters, a generator and a bounded list. */
export interface WireState {
  nextId(mode: IdMode): number
  note(key: string, note: Note): void
  noted(key: string): Note | undefined
  readonly size: number
}

/** A state that follows from its seed; `seed` is any whole number. */
export function wireState(seed: number): WireState {
  // xorshift32 (Marsaglia 2003): never zero.
  let word = seed >>> 0 || 0x9e3779b9
  const random = (): number => {
    word ^= word << 13
    word ^= word >>> 17
    word ^= word << 5
    word >>>= 0
    return word
  }
  let counter = random() & 0xffff
  let strides = random() & 0xffff
  const notes = new Map<string, Note>()
  return {
    nextId(mode) {
      switch (mode) {
        case 'zero':
          return 0
        case 'increment':
          counter = (counter + 1) & 0xffff
          return counter
        case 'stride':
          // More than a thousand and never a multiple of 256, or it would look like a counter.
          strides = (strides + 1025 + (random() % 16) * 256 + (random() % 254)) & 0xffff
          return strides
        case 'random':
          return 1 + (random() % 0xffff)
      }
    },
    note(key, note) {
      notes.delete(key)
      notes.set(key, note)
      if (notes.size > NOTES) notes.delete(notes.keys().next().value ?? key)
    },
    noted: (key) => notes.get(key),
    get size() {
      return notes.size
    },
  }
}
