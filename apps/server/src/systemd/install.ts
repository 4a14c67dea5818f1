import { execFileSync } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, isNodeError } from '@decnet/kernel'
import { makeFolder } from '../make-folder.ts'
import { hasGroup, uidsOf } from '../users-of-machine.ts'
import { hiddenPlace, type Unit, type UnitOptions } from './units.ts'

/** The oldest that is supported. */
const OLDEST = 252

/** Major version of this machine's systemd; of the oldest supported where there is none. */
export function systemdVersion(): number {
  try {
    const said = execFileSync('systemctl', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return Number(/^systemd (?<major>\d+)/u.exec(said)?.groups?.major ?? OLDEST)
  } catch {
    return OLDEST
  }
}

/** @throws {AppError} `systemd_missing`: it does not run this machine. */
export function requireSystemd(marker = '/run/systemd/system'): void {
  if (existsSync(marker)) return
  throw new AppError('systemd does not run this machine, so no units are installed.', {
    code: 'systemd_missing',
    hint: 'Start it with `decnet up` (and `decnet bus`) in your own way, or look at the units with --dry-run.',
  })
}

const makeAccounts = ({ user, group, home }: UnitOptions) =>
  `Make both: groupadd --system ${group}; useradd --system --gid ${group} --home-dir ${home} --shell /usr/sbin/nologin ${user}`

/** Whoever the units name must be there before they start. @throws {AppError} `user_unknown`, `group_unknown`. */
export function requireAccounts(options: UnitOptions): void {
  const { user, group } = options
  const hint = makeAccounts(options)
  if (!hasGroup(group)) throw new AppError(`This machine has no group ${group}.`, { code: 'group_unknown', hint })
  uidsOf([user], undefined, hint)
}

/** What is wrong with the place of the program, and the way out; null where units find it and it stays. */
export function troubleOfPlace(root: string): { readonly problem: string; readonly hint: string } | null {
  const hint = `Put the program under /opt or /usr/local and install from there: cp -a '${root}' /opt/decnet && /opt/decnet/bin/decnet systemd install`
  const place = hiddenPlace(root)
  if (place === null) return null
  return place === 'temporary'
    ? { problem: `The program is in ${root}, which the machine empties by itself: the units would soon start nothing.`, hint }
    : { problem: `The program is in ${root}, a home of a person: the units show nothing else of it, and stop when it moves.`, hint }
}

/** @throws {AppError} `program_in_tmp`: what is installed must stay. */
export function requireLastingPlace(root: string): void {
  const trouble = troubleOfPlace(root)
  if (trouble && hiddenPlace(root) === 'temporary') throw new AppError(trouble.problem, { code: 'program_in_tmp', hint: trouble.hint })
}

/** What the units name must be there before they start. @throws {AppError} `user_unknown`, `group_unknown`, `home_missing`, `home_permissions`. */
export function requireParts(options: UnitOptions): void {
  const { user, home } = options
  requireAccounts(options)
  const [uid] = uidsOf([user])
  const stat = statSync(home, { throwIfNoEntry: false })
  // systemd makes those by itself.
  if (!stat && !home.startsWith('/var/lib/'))
    throw new AppError(`The home ${home} does not exist.`, {
      code: 'home_missing',
      hint: `Make it: install -d -m 700 -o ${user} '${home}'`,
    })
  if (stat && stat.uid !== uid)
    throw new AppError(`The home ${home} belongs to another user.`, { code: 'home_permissions', hint: `chown -R ${user}: '${home}'` })
}

/** Writes the units; makes the folder where there is none. @throws {AppError} `unit_not_written`. */
export function writeUnits(units: readonly Unit[], folder: string): string[] {
  return units.map(({ name, content }) => {
    const path = join(folder, name)
    try {
      makeFolder(folder)
      writeFileSync(path, content, { mode: 0o644 })
    } catch (error) {
      if (!isNodeError(error)) throw error
      throw new AppError(`${path} cannot be written: ${error.message}.`, {
        code: 'unit_not_written',
        hint: 'Run it as root, or name a folder of yours with --prefix.',
        cause: error,
      })
    }
    return path
  })
}

/** Lets systemd read what was written. @throws {AppError} `systemd_refused` with its own words. */
export function reloadSystemd(): void {
  try {
    execFileSync('systemctl', ['daemon-reload'], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
  } catch (error) {
    const said = (error as { stderr?: unknown }).stderr
    throw new AppError(`The units are written, but systemd did not read them: ${String(said ?? error).trim()}`, {
      code: 'systemd_refused',
      hint: 'Try: systemctl daemon-reload',
    })
  }
}
