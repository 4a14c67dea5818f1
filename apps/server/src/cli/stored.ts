import { accessSync, constants } from 'node:fs'
import { AppError, isNodeError } from '@decnet/kernel'
import type { Home } from '../home.ts'
import { openStore, type Store } from '../store/open.ts'
import type { CommandOptions } from './command.ts'
import { homeOf } from './home-of.ts'

/** Opens the home's database for reading, whether a fleet runs or not. @throws {AppError} `home_empty` where there is none. */
export function openStored(options: CommandOptions): { readonly home: Home; readonly store: Store } {
  const home = homeOf(options)
  try {
    accessSync(home.database, constants.R_OK)
  } catch (error) {
    if (isNodeError(error) && error.code === 'EACCES')
      throw new AppError(`The home ${home.path} belongs to another user.`, {
        code: 'home_permissions',
        hint: 'Look as that user, or name another home with --home.',
        cause: error,
      })
    throw new AppError(`There is nothing in ${home.path} yet.`, {
      code: 'home_empty',
      hint: 'Start a fleet with `decnet up`, or name another home with --home.',
    })
  }
  return { home, store: openStore(home.database, { readonly: true }) }
}
