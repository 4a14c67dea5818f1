import type { Observation } from '../domain/linkage/observation.ts'
import { observationOf } from './observation-of.ts'

/** An observation of which only what is given is known. */
export function observed(id: string, known: Record<string, unknown> = {}): Observation {
  const read = observationOf({ id, ...known })
  if (typeof read === 'string' || read.passed.length > 0) throw new Error(JSON.stringify(read))
  return read.observation
}
