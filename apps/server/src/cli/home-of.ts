import { readEnvironment } from '../config.ts'
import { type Home, homeAt } from '../home.ts'
import type { CommandOptions } from './command.ts'

/** The home that the options name. */
export const homeOf = (options: CommandOptions): Home => homeAt(readEnvironment(options.home).home)
