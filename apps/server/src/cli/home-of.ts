import { readEnvironment } from '../config.ts'
import { type Home, homeAt } from '../home.ts'
import type { CommandOptions } from './command.ts'

/** Where that home keeps what it knows: a file of its own, or the database that the environment names. */
export function databaseOf(options: CommandOptions): string {
  const env = readEnvironment(options.home)
  return env.databaseUrl ?? homeAt(env.home).database
}

/** The home that the options name. */
export const homeOf = (options: CommandOptions): Home => homeAt(readEnvironment(options.home).home)
