import type { Persona } from '@decnet/persona'
import { own } from '../own.ts'
import type { DeckyContext } from './define.ts'

/** One decky as its services share it. `state` and `ports` are the caller's to fill and to look into. */
export function deckyContext(
  persona: Persona,
  state: Map<string, unknown> = new Map(),
  ports: Readonly<Record<string, number>> = {},
): DeckyContext {
  return {
    persona,
    shared<T>(key: string, make: () => T): T {
      if (!state.has(key)) state.set(key, make())
      return state.get(key) as T
    },
    portOf: (service) => own(ports, service),
  }
}
