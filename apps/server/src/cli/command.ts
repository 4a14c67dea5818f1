/** What the list of commands says of one, and where the rest of it lies. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  /** Like commander's: `<required>` `[optional]`. */
  readonly args?: readonly { readonly name: string; readonly description: string }[]
  load(): Promise<CommandDefinition>
}
/** One command of the executable, as data. `run` answers the exit code. */
export interface CommandDefinition {
  readonly options: readonly { readonly flags: string; readonly description: string; readonly default?: string }[]
  readonly examples: readonly string[]
  run(context: { readonly args: readonly string[]; readonly options: CommandOptions }): Promise<number>
}
export interface CommandOptions {
  readonly json: boolean
  readonly home?: string
  readonly [option: string]: unknown
}

export const commonOptions = [
  { flags: '--home <folder>', description: 'holds all state (DECNET_HOME; default ~/.decnet)' },
  { flags: '--json', description: 'machine-readable output' },
] as const

/** Of commands that use the store. */
export const databaseOption = {
  flags: '--database <url>',
  description: 'mysql://… or postgres://… instead of a file in the home (DECNET_DB_URL hides its password better)',
} as const
