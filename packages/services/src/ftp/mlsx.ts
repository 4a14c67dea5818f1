import type { Host } from '../_shared/shell/port.ts'
import type { Entry } from './listing.ts'

/** RFC 3659 section 7: `fact=value;… name`, facts as ProFTPD chooses and orders them. */
export function mlsxFacts(host: Host, { name, stat }: Entry, type?: 'cdir' | 'pdir'): string {
  const directory = stat.kind === 'directory'
  const modify = new Date(stat.mtime).toISOString().replace(/\D/gu, '').slice(0, 14)
  const kind = type ?? (directory ? 'dir' : stat.kind === 'symlink' ? 'OS.unix=symlink' : 'file')
  const named = (id: number, group: boolean): string => nameOf(host, id, group)
  return [
    `modify=${modify}`,
    `perm=${directory ? 'flcdmpe' : 'adfrw'}`,
    ...(directory ? [] : [`size=${stat.size}`]),
    `type=${kind}`,
    `unique=FE00U${stat.inode.toString(16).toUpperCase()}`,
    `UNIX.group=${stat.gid}`,
    `UNIX.groupname=${named(stat.gid, true)}`,
    `UNIX.mode=0${(stat.mode & 0o7777).toString(8).padStart(3, '0')}`,
    `UNIX.owner=${stat.uid}`,
    `UNIX.ownername=${named(stat.uid, false)}`,
  ]
    .join(';')
    .concat(`; ${name}`)
}

/** Name of an account, or of the group that is named like one; the number when there is none. */
export const nameOf = (host: Host, id: number, group: boolean): string =>
  host.persona.users.find((user) => (group ? user.gid : user.uid) === id)?.name ?? String(id)
