import { isDeepStrictEqual } from 'node:util'
import type { DeckyPlan } from '@decnet/persona'
import type { PlannedService, SeenHost } from './substrates/port.ts'

/** A decky as it stands: what it was made from, and which of its services are open. */
export interface StandingDecky {
  readonly plan: DeckyPlan
  readonly host: SeenHost
  readonly services: ReadonlyMap<string, { readonly service: PlannedService; readonly open: boolean }>
}

/** One thing to do, in the order of the list; `why` is for people. */
export type Step =
  | { readonly do: 'lower'; readonly decky: string; readonly why: 'retired' | 'changed' | 'stray' }
  | { readonly do: 'shut'; readonly decky: string; readonly service: string; readonly why: 'removed' | 'changed' | 'down' }
  | { readonly do: 'raise'; readonly decky: DeckyPlan; readonly why: 'new' | 'changed' | 'lost' }
  | {
      readonly do: 'open'
      readonly decky: DeckyPlan
      readonly service: PlannedService
      readonly why: 'added' | 'changed' | 'down' | 'host'
    }

/** What a host is made of; services come and go on it. */
const frame = ({ services: _services, ...rest }: DeckyPlan) => rest

/**
 * The way from what stands to what is wanted: hosts that go, services that end, hosts that come, services that begin.
 * `seen` null: the system cannot be asked, so that nothing counts as lost or stray.
 */
export function diffFleet(
  wanted: readonly DeckyPlan[],
  standing: ReadonlyMap<string, StandingDecky>,
  seen: readonly SeenHost[] | null,
): Step[] {
  const plans = new Map(wanted.map((plan) => [plan.name, plan]))
  const there = seen === null ? null : new Map(seen.map((host) => [host.name, host]))
  const lower: Step[] = []
  const shut: Step[] = []
  const raise: Step[] = []
  const open: Step[] = []

  for (const [name, { plan }] of standing) {
    const next = plans.get(name)
    if (!next) lower.push({ do: 'lower', decky: name, why: 'retired' })
    else if (!isDeepStrictEqual(frame(plan), frame(next))) lower.push({ do: 'lower', decky: name, why: 'changed' })
  }
  for (const name of there?.keys() ?? [])
    if (!standing.has(name) && !plans.has(name)) lower.push({ do: 'lower', decky: name, why: 'stray' })

  for (const decky of wanted) {
    const now = standing.get(decky.name)
    const changed = now !== undefined && !isDeepStrictEqual(frame(now.plan), frame(decky))
    const lost = now !== undefined && there !== null && !there.has(decky.name)
    if (now === undefined || changed || lost) {
      raise.push({ do: 'raise', decky, why: now === undefined ? 'new' : changed ? 'changed' : 'lost' })
      for (const service of decky.services) open.push({ do: 'open', decky, service, why: 'host' })
      continue
    }
    const own = there?.get(decky.name)?.services ?? null
    for (const name of now.services.keys())
      if (!decky.services.some((service) => service.name === name))
        shut.push({ do: 'shut', decky: decky.name, service: name, why: 'removed' })
    for (const service of decky.services) {
      const before = now.services.get(service.name)
      const down = before !== undefined && (!before.open || (own !== null && !own.includes(service.name)))
      if (before === undefined) open.push({ do: 'open', decky, service, why: 'added' })
      else if (!isDeepStrictEqual(before.service, service) || down) {
        const why = down ? 'down' : 'changed'
        shut.push({ do: 'shut', decky: decky.name, service: service.name, why })
        open.push({ do: 'open', decky, service, why })
      }
    }
  }
  return [...lower, ...shut, ...raise, ...open]
}
