import type { AnyService, ServiceLimits } from './define.ts'

/** Which limit refused a connection, as it stands in `connection_refused`. */
export type RefusedBy = 'connections' | 'per_source' | 'startups'

/** Counts the connections of one running service and says who may come in. */
export interface Admission {
  /** Counts the connection in, or names the limit that refuses it. */
  enter(source: string): RefusedBy | null
  /** The connection is past authentication, or gone before it. */
  settled(): void
  leave(source: string): void
  readonly connections: number
  readonly unauthenticated: number
}

/** Applies {@link ServiceLimits}, then the service's own `admit`. */
export function createAdmission(
  service: AnyService,
  config: Record<string, unknown>,
  limits: ServiceLimits,
  random: () => number,
): Admission {
  const bySource = new Map<string, number>()
  let connections = 0
  let unauthenticated = 0
  const over = (count: number, limit: number): boolean => limit > 0 && count > limit
  return {
    enter(source) {
      const fromHere = (bySource.get(source) ?? 0) + 1
      if (over(connections + 1, limits.connections)) return 'connections'
      if (over(fromHere, limits.perSource)) return 'per_source'
      const state = { unauthenticated: unauthenticated + 1, connections: connections + 1, random }
      if (service.admit && !service.admit(state, config)) return 'startups'
      bySource.set(source, fromHere)
      connections++
      unauthenticated++
      return null
    },
    settled() {
      unauthenticated--
    },
    leave(source) {
      connections--
      const left = (bySource.get(source) ?? 1) - 1
      if (left > 0) bySource.set(source, left)
      else bySource.delete(source)
    },
    get connections() {
      return connections
    },
    get unauthenticated() {
      return unauthenticated
    },
  }
}
