import type { FileStat, Host } from '../../_shared/shell/port.ts'

const LETTERS: Record<FileStat['kind'], string> = { file: '-', directory: 'd', symlink: 'l', device: 'c', fifo: 'p', socket: 's' }
const HALF_A_YEAR = (365 * 86_400_000) / 2
const ROOT = { uid: 0, gid: 0, groups: [] }

/** Names of owners and groups, read from the decky's own files. */
export interface Names {
  user(uid: number): string
  group(gid: number): string
}

export function namesOf(host: Host): Names {
  const users = table(host, '/etc/passwd')
  const groups = table(host, '/etc/group')
  return { user: (uid) => users.get(uid) ?? '', group: (gid) => groups.get(gid) ?? '' }
}

function table(host: Host, path: string): Map<number, string> {
  const names = new Map<number, string>()
  let text: string
  try {
    text = host.fs.read(path, ROOT).toString()
  } catch {
    // An attacker may have removed it; then there are numbers only.
    return names
  }
  for (const line of text.split('\n').slice(0, 1000)) {
    const [name = '', , id = ''] = line.split(':')
    if (/^\d+$/u.test(id) && !names.has(Number(id))) names.set(Number(id), name)
  }
  return names
}

/** `ls -l`'s mode column. */
export function modeText(stat: FileStat): string {
  const { mode } = stat
  const triple = (shift: number, special: number, letter: string): string => {
    const execute = (mode >> shift) & 1
    const set = mode & special ? (execute ? letter : letter.toUpperCase()) : execute ? 'x' : '-'
    return `${(mode >> shift) & 4 ? 'r' : '-'}${(mode >> shift) & 2 ? 'w' : '-'}${set}`
  }
  return LETTERS[stat.kind] + triple(6, 0o4000, 's') + triple(3, 0o2000, 's') + triple(0, 0o1000, 't')
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const formats = new Map<string, Intl.DateTimeFormat>()

function dateText(mtime: number, now: number, timezone: string): string {
  let format = formats.get(timezone)
  if (!format) {
    const options = { month: 'numeric', day: 'numeric', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, ...options })
    formats.set(timezone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(mtime).map(({ type, value }) => [type, value]))
  const recent = mtime <= now + 3_600_000 && now - mtime < HALF_A_YEAR
  const tail = recent ? `${parts.hour}:${parts.minute}` : ` ${parts.year}`
  return `${MONTHS[Number(parts.month) - 1]} ${(parts.day ?? '').padStart(2)} ${tail}`
}

/** The long name of SSH_FXP_NAME, as sftp-server's ls_file writes it. */
export function longName(name: string, stat: FileStat, names: Names, now: number, timezone: string): string {
  const user = (names.user(stat.uid) || String(stat.uid)).padEnd(8)
  const group = (names.group(stat.gid) || String(stat.gid)).padEnd(8)
  const size = String(stat.size).padStart(8)
  return `${modeText(stat)} ${String(stat.links).padStart(3)} ${user} ${group} ${size} ${dateText(stat.mtime, now, timezone)} ${name}`
}
