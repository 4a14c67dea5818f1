import type { OsFamily, PersonaPackages } from '../port.ts'

/** A kind of host: what runs on it, what it is called, what it is made of. Add one by adding a file and a line to `index.ts`. */
export interface Archetype {
  readonly name: string
  readonly family: OsFamily
  /** Stems of host names, most plain first: `db` becomes `db01`, `db-prod-02`, … */
  readonly stems: readonly string[]
  /** Stem of the operator's name for the decky. */
  readonly short: string
  /** Services that every host of this kind has. */
  readonly core: readonly string[]
  /** Services that it may have besides, likeliest first. */
  readonly likely: readonly string[]
  readonly distros: readonly ('debian12' | 'ubuntu22' | 'ubuntu24')[]
  /** Names of account that such a host has for its upkeep. */
  readonly accounts: readonly string[]
  readonly hardware: 'server' | 'appliance'
  readonly memoryMb: readonly number[]
  readonly diskGb: readonly number[]
  readonly web: readonly PersonaPackages['web']['server'][]
}
