import { checkCount, checkVector, mismatch, type Neighbour, type VectorEntry, type VectorHealth, type VectorStore } from './port.ts'

/** In single precision, as sqlite-vec has it: what is equally near there is so here. */
function distance(a: readonly number[], b: readonly number[]): number {
  let squares = 0
  for (const [at, value] of a.entries()) squares += (value - Math.fround(b[at] ?? 0)) ** 2
  return Math.fround(Math.sqrt(squares))
}
const inOrder = (a: Neighbour, b: Neighbour): number => a.distance - b.distance || (a.id < b.id ? -1 : 1)

/** Compares with each; gone with the process. `degraded` is the reason why it stands in for another. */
export function memoryVectors(degraded: string | null = null): VectorStore {
  const kinds = new Map<string, Map<string, VectorEntry>>()
  const lengths = new Map<string, number>()
  const lengthKey = ({ kind, version }: Pick<VectorEntry, 'kind' | 'version'>) => `${kind} ${version}`
  const agree = (entry: Pick<VectorEntry, 'kind' | 'version' | 'vector'>) => {
    checkVector(entry)
    const known = lengths.get(lengthKey(entry))
    if (known !== undefined && known !== entry.vector.length) throw mismatch(entry.kind, known, entry.vector.length)
  }
  return {
    health: (): Promise<VectorHealth> =>
      Promise.resolve({
        ok: true,
        backend: 'memory',
        degraded: degraded !== null,
        kinds: kinds.size,
        vectors: [...kinds.values()].reduce((sum, entries) => sum + entries.size, 0),
        detail: degraded,
      }),
    async insert(entries) {
      for (const entry of entries) {
        agree(entry)
        lengths.set(lengthKey(entry), entry.vector.length)
        const known = kinds.get(entry.kind) ?? new Map<string, VectorEntry>()
        kinds.set(entry.kind, known.set(entry.id, { ...entry, vector: entry.vector.map(Math.fround) }))
      }
    },
    get: (kind, id) => Promise.resolve(kinds.get(kind)?.get(id) ?? null),
    async delete(kind, id) {
      const entries = kinds.get(kind)
      const was = entries?.delete(id) ?? false
      if (entries?.size === 0) kinds.delete(kind)
      return was
    },
    async knn({ k = 10, ...query }) {
      agree(query)
      checkCount(k)
      const found: Neighbour[] = []
      for (const { id, version, vector } of kinds.get(query.kind)?.values() ?? [])
        if (version === query.version) found.push({ id, distance: distance(vector, query.vector) })
      return found.sort(inOrder).slice(0, k)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** Keeps nothing and finds nothing. */
export const nullVectors = (): VectorStore => ({
  health: () => Promise.resolve({ ok: true, backend: 'null', degraded: false, kinds: 0, vectors: 0, detail: 'switched off' }),
  insert: () => Promise.resolve(),
  get: () => Promise.resolve(null),
  delete: () => Promise.resolve(false),
  knn: () => Promise.resolve([]),
  [Symbol.asyncDispose]: () => Promise.resolve(),
})
