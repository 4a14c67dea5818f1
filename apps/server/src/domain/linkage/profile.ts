/** One thing by which two can be compared. Equal keys are the same thing; the text is what a person reads. */
export interface Value {
  readonly key: string
  readonly text: string
}

/** From when to when, epoch milliseconds. */
export type Span = readonly [start: number, end: number]

/** What the engine knows of one thing to be linked, be it an observation or an identity. */
export interface Profile {
  readonly id: string
  /** Its place among others, which may decide between equals; its id where absent. It must not depend on how things came about. */
  readonly rank?: string
  /** Epoch milliseconds; null = unknown. */
  readonly start: number | null
  readonly end: number | null
  /** Where it has several bearers: from when to when it is known without any one of them, as far as that differs. */
  readonly spans?: readonly Span[]
  /** What it shows, by family of evidence. A family without values was not seen. */
  readonly values: Readonly<Record<string, readonly Value[]>>
  /** Where it has several bearers, such as addresses: by key of a value that not all of them show, which do. */
  readonly bearers?: ReadonlyMap<string, readonly number[]>
  /** By key of a value: when it was left behind, and when it was used first and last. */
  readonly traces?: ReadonlyMap<
    string,
    { readonly left: number | null; readonly since: number | null; readonly used: number | null; readonly told: boolean }
  >
}

/** Place among others by time, epoch milliseconds; by id only where times are the same. */
export const rankOf = (ts: number | null, id: string): string => `${String(Math.max(0, Math.floor(ts ?? 0))).padStart(16, '0')} ${id}`

const LONGEST = 160

/** A value of some kind; of a long text the beginning is kept and a hash of the whole. */
export function namedValue(kind: string, text: string): Value {
  if (text.length <= LONGEST) return { key: `${kind}\0${text}`, text: `${kind} ${text}` }
  const short = `${text.slice(0, LONGEST - 20)}…${fingerprintOf(text)}`
  return { key: `${kind}\0${short}`, text: `${kind} ${short}` }
}

/** At most `most` of the values, each once: those with the smallest hashes (Broder's MinHash), so that equal lists keep equal values. */
export function sketch(values: readonly Value[], most: number): Value[] {
  const unique = [...new Map(values.map((value) => [value.key, value])).values()]
  if (unique.length <= most) return unique
  return unique
    .map((value) => ({ value, hash: hashOf(value.key) }))
    .sort((a, b) => a.hash - b.hash || (a.value.key < b.value.key ? -1 : 1))
    .slice(0, most)
    .map(({ value }) => value)
}

/** FNV-1a over UTF-16 units, finished by MurmurHash3's mixer, 32 bits. */
export function hashOf(text: string, seed = 0x811c9dc5): number {
  let hash = seed
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

const fingerprintOf = (text: string) => [1, 2].map((seed) => hashOf(text, seed).toString(16).padStart(8, '0')).join('')
