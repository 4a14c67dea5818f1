import { accessSync, constants, statSync } from 'node:fs'
import { AppError, isNodeError } from '@decnet/kernel'
import { type Environment, readEnvironment } from '../config.ts'
import { type Home, homeAt } from '../home.ts'
import { parseDatabaseUrl } from '../store/database-url.ts'
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

/** Another user's home says nothing, not even whether a fleet runs in it. */
export const anothersHome = (home: Home, cause: unknown): AppError =>
  new AppError(`The home ${home.path} belongs to another user.`, {
    code: 'home_permissions',
    hint: 'Look as that user, or name another home with --home.',
    cause,
  })

/** The home that the options name, for commands that ask whether a fleet runs in it. @throws {AppError} `home_permissions`. */
export function readableHomeOf(options: CommandOptions): Home {
  const home = homeOf(options)
  try {
    accessSync(home.stateFile, constants.R_OK)
  } catch (error) {
    if (isNodeError(error) && error.code === 'EACCES') throw anothersHome(home, error)
  }
  return home
}

const unusable = (path: string, what: string, cause?: unknown): AppError =>
  new AppError(`${path} ${what}.`, { code: 'home_unusable', hint: 'Name a folder with --home.', cause })

/** The home that the options name, which is a folder, or is not there yet. @throws {AppError} `home_unusable`, `home_permissions`. */
export function folderHomeOf(options: CommandOptions): Home {
  const home = homeOf(options)
  try {
    if (!statSync(home.path).isDirectory()) throw unusable(home.path, 'is no folder')
    accessSync(home.path, constants.R_OK | constants.X_OK)
  } catch (error) {
    if (!isNodeError(error) || error instanceof AppError) throw error
    if (error.code === 'EACCES') throw anothersHome(home, error)
    if (error.code === 'ELOOP') throw unusable(home.path, 'is a link that leads in a circle', error)
    if (error.code !== 'ENOENT') throw unusable(home.path, 'can be no folder: a part of that path is a file, or too long', error)
  }
  return home
}

/** Sees that a database which the options name as a file is one. @throws {AppError} `database_unreadable`. */
export function seeDatabase(options: CommandOptions): void {
  const { databaseUrl } = environmentOf(options)
  const address = databaseUrl === undefined ? null : parseDatabaseUrl(databaseUrl)
  if (address?.engine !== 'sqlite') return
  const no = (message: string, cause?: unknown) =>
    new AppError(message, {
      code: 'database_unreadable',
      hint: 'Name the file of a database, mysql://USER@HOST/DATABASE or postgres://USER@HOST/DATABASE with --database; without it, it is that of the home.',
      cause,
    })
  try {
    if (!statSync(address.path).isFile()) throw no(`${address.path} is no file of a database.`)
    accessSync(address.path, constants.R_OK)
  } catch (error) {
    if (!isNodeError(error) || error instanceof AppError) throw error
    throw no(error.code === 'EACCES' ? `You may not read ${address.path}.` : `There is no database ${address.path}.`, error)
  }
}
