/** Partitions of every fold that has a key. Fixed: rows and cursors are kept by them. */
export const PARTITIONS = 16

/** The partition of a key: FNV-1a (32 bits, folded once) over its UTF-16 code units, modulo {@link PARTITIONS}. Never changes. */
export function partitionOf(key: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  return ((hash ^ (hash >>> 16)) >>> 0) % PARTITIONS
}
