import { type Environment, readEnvironment } from '../config.ts'
import { type Home, homeAt } from '../home.ts'
import type { CommandOptions } from './command.ts'

/** The environment, where the options say nothing else. */
export const environmentOf = (options: CommandOptions): Environment =>
  readEnvironment(options.home, typeof options.database === 'string' ? { DECNET_DB_URL: options.database } : {})

/** Where that home keeps what it knows: a file of its own, or the database that options or environment name. */
export function databaseOf(options: CommandOptions): string {
  const env = environmentOf(options)
  return env.databaseUrl ?? homeAt(env.home).database
}

/** The home that the options name. */
export const homeOf = (options: CommandOptions): Home => homeAt(environmentOf(options).home)
