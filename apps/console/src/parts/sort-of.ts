interface Sorts<T> {
  safeParse(asked: unknown): { success: true; data: T } | { success: false }
  parse(asked: undefined): T
}

/** What a list is sorted by: what the address asks for if there is such an order, else the list's own. */
export function sortOf<T>(sorts: Sorts<T>, asked: string | null): T {
  const read = sorts.safeParse(asked ?? undefined)
  return read.success ? read.data : sorts.parse(undefined)
}
