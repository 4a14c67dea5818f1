import { accessSync, chmodSync, constants, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, isNodeError, own } from '@decnet/kernel'
import { makeFolder } from './make-folder.ts'

/** Where everything lies that a home holds. */
export interface Home {
  readonly path: string
  readonly database: string
  readonly vectors: string
  /** What belongs to the sensor: spool, artifacts, replays. */
  readonly sensor: string
  readonly spool: string
  readonly artifacts: string
  readonly replays: string
  /** Whoever else writes a spool has a folder in here: `<name>/spool`. */
  readonly sources: string
  readonly run: string
  readonly busSocket: string
  /** What runs now: process id, console, addresses. */
  readonly stateFile: string
  readonly networkFile: string
  /** The latest view of the workers, for the command line. */
  readonly workersFile: string
  readonly logs: string
  /** What `decnet lab report` measured; made by the first. */
  readonly lab: string
  /** Modules that Node has compiled before; those of other homes too where `bin/decnet` found a place for them. */
  readonly cache: string
}

export function homeAt(path: string): Home {
  const sensor = join(path, 'sensor')
  const run = join(path, 'run')
  return {
    path,
    database: join(path, 'decnet.db'),
    vectors: join(path, 'vectors.sqlite'),
    sensor,
    spool: join(sensor, 'spool'),
    artifacts: join(sensor, 'artifacts'),
    replays: join(sensor, 'replays'),
    sources: join(path, 'sources'),
    run,
    busSocket: join(run, 'bus.sock'),
    stateFile: join(run, 'state.json'),
    networkFile: join(path, 'network.json'),
    workersFile: join(run, 'workers.json'),
    logs: join(path, 'logs'),
    lab: join(path, 'lab'),
    cache: process.env.NODE_COMPILE_CACHE ?? join(path, 'cache'),
  }
}

const ELSEWHERE = 'Choose another with --home.'
const NOT_YOURS = ['you may not write there', 'Choose a folder that you may write, with --home.'] as const
const UNUSABLE: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  EACCES: NOT_YOURS,
  EPERM: NOT_YOURS,
  EROFS: ['that file system is read-only', ELSEWHERE],
  ENOSPC: ['the disk is full', 'Free some space, or choose another with --home.'],
  EDQUOT: ['your share of the disk is full', 'Free some space, or choose another with --home.'],
  ENOTDIR: ['a part of that path is a file', ELSEWHERE],
  EEXIST: ['a part of that path is a file', ELSEWHERE],
  ENOENT: ['no folder can be made there', ELSEWHERE],
  ELOOP: ['a link in that path leads in a circle', ELSEWHERE],
  ENAMETOOLONG: ['that name is too long', ELSEWHERE],
  EIO: ['the disk does not answer as it should', 'See what the system says of it (dmesg), or choose another with --home.'],
}

/** What the system says about a home, and the way out. */
export function homeUnusable(path: string, error: NodeJS.ErrnoException): AppError {
  const [reason, hint] = own(UNUSABLE, error.code ?? '') ?? [`the system refuses (${error.code ?? error.message})`, ELSEWHERE]
  return new AppError(`The home ${path} cannot be used: ${reason}.`, { code: 'home_unusable', hint, cause: error })
}

/**
 * Makes the home and its folders, 0700. An empty folder is taken over; one that others can read and that holds something is refused.
 * @throws {AppError} `home_permissions`, `home_unusable`.
 */
export function prepareHome(home: Home): void {
  const { path } = home
  try {
    makeFolder(path, 0o700)
    const stat = statSync(path)
    if (!stat.isDirectory()) throw new AppError(`${path} is not a folder.`, { code: 'home_unusable', hint: 'Name another with --home.' })
    const own = process.getuid?.()
    if (own !== undefined && stat.uid !== own) {
      throw new AppError(`The home ${path} belongs to another user (uid ${stat.uid}, you are ${own}).`, {
        code: 'home_permissions',
        hint: `Start as that user, or name another home with --home.`,
      })
    }
    if ((stat.mode & 0o077) !== 0) {
      if (readdirSync(path).length > 0) {
        throw new AppError(
          `The home ${path} is open to other users (mode ${(stat.mode & 0o777).toString(8)}); it holds captured passwords.`,
          {
            code: 'home_permissions',
            hint: `Close it: chmod 700 '${path}'`,
          },
        )
      }
      chmodSync(path, 0o700)
    }
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    for (const folder of [home.sensor, home.spool, home.artifacts, home.replays, home.sources, home.run, home.logs]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      // The sensor owns some of these: what an attacked one left there must lead nobody out of the home.
      if (!lstatSync(folder).isDirectory())
        throw new AppError(`${folder} is a link, not a folder.`, { code: 'home_unusable', hint: 'See where it leads, then remove it.' })
    }
  } catch (error) {
    if (error instanceof AppError || !isNodeError(error)) throw error
    throw homeUnusable(path, error)
  }
}
