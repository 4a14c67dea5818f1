import type { Mutation } from '@decnet/contracts/api'

/** A service as long as a decky had it, epoch milliseconds. */
export interface ServiceSpan {
  readonly service: string
  readonly from: number
  readonly to: number
}

/**
 * When a decky had which service, by its mutations in any order; what they do not tell of was there all the time. Lanes in the order in
 * which services came.
 */
export function serviceSpans(
  mutations: readonly Pick<Mutation, 'timestamp' | 'old_services' | 'new_services'>[],
  services: readonly string[],
  { created, now }: { readonly created: number; readonly now: number },
): readonly ServiceSpan[] {
  const inOrder = mutations.toSorted((a, b) => a.timestamp.localeCompare(b.timestamp))
  const since = new Map((inOrder[0]?.old_services ?? services).map((service) => [service, created]))
  const spans: ServiceSpan[] = []
  const end = (service: string, to: number) => {
    const from = since.get(service)
    since.delete(service)
    if (from !== undefined) spans.push({ service, from, to })
  }
  for (const { timestamp, new_services } of inOrder) {
    const at = Date.parse(timestamp)
    for (const service of since.keys()) if (!new_services.includes(service)) end(service, at)
    for (const service of new_services) if (!since.has(service)) since.set(service, at)
  }
  // What is so now is surer than what was said on the way.
  for (const service of services)
    if (!since.has(service)) since.set(service, inOrder.length === 0 ? created : Date.parse(inOrder.at(-1)?.timestamp ?? ''))
  for (const service of since.keys()) end(service, now)
  return spans.toSorted((a, b) => a.from - b.from || a.service.localeCompare(b.service))
}
