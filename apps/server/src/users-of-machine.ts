import { readFileSync } from 'node:fs'
import { AppError } from '@decnet/kernel'

/** The numbers of this machine's users, by name or number. @throws {AppError} `user_unknown`. */
export function uidsOf(
  names: readonly string[],
  passwd = readFileSync('/etc/passwd', 'utf8'),
  hint = 'Name users of /etc/passwd, or give their numbers.',
): number[] {
  const known = new Map(passwd.split('\n').map((line) => [line.split(':')[0] ?? '', line.split(':')[2] ?? '']))
  return names.map((name) => {
    const uid = /^\d{1,10}$/u.test(name) ? name : known.get(name)
    if (uid !== undefined && /^\d+$/u.test(uid)) return Number(uid)
    throw new AppError(`This machine has no user ${JSON.stringify(name)}.`, {
      code: 'user_unknown',
      hint,
    })
  })
}

/** Whether this machine has a group of that name. */
export const hasGroup = (name: string, groups = readFileSync('/etc/group', 'utf8')): boolean =>
  groups.split('\n').some((line) => line.startsWith(`${name}:`))
