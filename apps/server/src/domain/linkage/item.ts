import type { Profile } from './profile.ts'

/** A profile with its values as numbers, sorted, by family in the order of the model. */
export interface Item {
  readonly index: number
  readonly profile: Profile
  readonly values: readonly Uint32Array[]
  /** By family, which of several bearers show each value; none = all do, or it is nobody's to bear. Absent where there are no several. */
  readonly bearers?: readonly (readonly (readonly number[])[])[]
  /** Which kinds of values it shows in each family, one bit for each kind. */
  readonly kinds: readonly number[]
}

/** What is counted over all items. */
export interface Statistics {
  readonly population: number
  /** How many of them show anything in a family. */
  shown(family: number): number
  /** How many show a value, rounded: what makes it rare or popular. */
  holders(value: number): number
  /** The kind of a value, such as `ja3`. */
  kind(value: number): string
  key(value: number): string
  text(value: number): string
  /** How often relatives agree in a family. */
  m(family: number): number
}

const rankOf = ({ profile: { rank, id } }: Item): string => rank ?? id

/** Which of two comes first, by rank. */
export const inOrder = (a: Item, b: Item): number => (rankOf(a) < rankOf(b) ? -1 : 1)
