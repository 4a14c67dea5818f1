import type { Target } from './source.ts'

export const field = (name: string): Target => ({ as: 'field', field: name })
/** One target under several names of Sigma's. */
export const under = (target: Target, ...names: readonly string[]): Record<string, Target> =>
  Object.fromEntries(names.map((name) => [name.toLowerCase(), target]))
/** One reason for several names. */
export const because = (reason: string, ...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name.toLowerCase(), reason]))
