import type { Facts } from '../../facts.ts'
import { shortMonth, two } from '../../zoned-time.ts'
import { type BaseDirectory, directory, file, place } from '../base.ts'
import { ownerNamed, releaseGroup } from './accounts.ts'
import { SKEL_BASHRC, SKEL_LOGOUT, SKEL_PROFILE } from './dotfiles.ts'
import { lastlog, wtmp } from './login-records.ts'

/** `Nov 21 22:11:25`, as syslog on Debian 12 and Ubuntu 22.04 writes; Ubuntu 24.04 writes ISO 8601. */
export function logStamp(facts: Facts, epoch: number): string {
  const w = facts.wall(epoch)
  if (facts.persona.os.distro !== 'ubuntu22') {
    const size = Math.abs(w.offset)
    const micro = String(Math.floor(epoch % 1000) * 1000 + (epoch % 997))
      .padStart(6, '0')
      .slice(0, 6)
    return `${w.year}-${two(w.month)}-${two(w.day)}T${two(w.hour)}:${two(w.minute)}:${two(w.second)}.${micro}${w.offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
  }
  return `${shortMonth(w.month)} ${String(w.day).padStart(2)} ${two(w.hour)}:${two(w.minute)}:${two(w.second)}`
}

/** Lines at seeded times since the last rotation, hourly at least. */
function since(facts: Facts, make: (stamp: string, hour: number) => readonly string[]): string {
  const end = facts.now()
  const rotated = Math.max(facts.persona.installedAt, Math.floor(end / 604_800_000) * 604_800_000)
  const lines: string[] = []
  for (let at = rotated; at < end && lines.length < 2000; at += 3_600_000) {
    const shifted = at + ((facts.persona.integer('cron minute', 0, 59) * 60_000 + 1000) % 3_600_000)
    if (shifted < end) lines.push(...make(`${logStamp(facts, shifted)} ${facts.persona.hostname}`, Math.floor(at / 3_600_000)))
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

const pid = (hour: number): number => 1200 + ((hour * 131) % 30_000)
const cron = (facts: Facts): string =>
  since(facts, (stamp, hour) => [
    `${stamp} CRON[${pid(hour)}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)`,
    `${stamp} CRON[${pid(hour)}]: pam_unix(cron:session): session closed for user root`,
  ])
const system = (facts: Facts): string =>
  since(facts, (stamp, hour) =>
    [
      `${stamp} CRON[${pid(hour)}]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)`,
      `${stamp} systemd[1]: Starting apt-daily.service - Daily apt download activities...`,
      `${stamp} systemd[1]: apt-daily.service: Deactivated successfully.`,
      `${stamp} systemd[1]: Finished apt-daily.service - Daily apt download activities.`,
    ].slice(0, hour % 12 === 7 ? 4 : 1),
  )

/** Logs, mail, web root. */
export function placeVar(root: BaseDirectory, facts: Facts): void {
  const { persona } = facts
  const at = persona.installedAt
  const recent = Math.max(at, facts.now() - 900_000)
  const adm = { mode: 0o640, gid: 4 }
  const ubuntu = persona.os.id === 'ubuntu'
  const syslogOwner = { mode: 0o640, uid: ubuntu ? ownerNamed(persona, 'syslog').uid : 0, gid: 4 }
  place(
    root,
    '/var/log/auth.log',
    file(recent, () => cron(facts), syslogOwner),
  )
  place(
    root,
    '/var/log/syslog',
    file(recent, () => system(facts), syslogOwner),
  )
  place(root, '/var/log/kern.log', file(at, '', syslogOwner))
  place(root, '/var/log/dpkg.log', file(at, '', { mode: 0o644 }))
  place(root, '/var/log/alternatives.log', file(at, '', { mode: 0o644 }))
  for (const [name, content] of Object.entries({ wtmp, lastlog }))
    place(
      root,
      `/var/log/${name}`,
      file(recent, () => content(facts), { mode: 0o664, gid: 43 }),
    )
  place(root, '/var/log/btmp', file(recent, Buffer.alloc(0), { mode: 0o660, gid: 43 }))
  place(root, '/var/log/faillog', file(at, '', { mode: 0o644 }))
  place(root, '/var/log/apt', directory(at))
  place(root, '/var/log/journal', directory(at, { mode: 0o2755, gid: releaseGroup(persona, 'systemd-journal') }))
  place(root, '/var/log/private', directory(at, { mode: 0o700 }))
  if (facts.offers('http') !== undefined) {
    const { server } = persona.packages.web
    const folder = server === 'nginx' ? '/var/log/nginx' : '/var/log/apache2'
    place(root, folder, directory(at, { mode: server === 'nginx' ? 0o755 : 0o750, gid: 4 }))
    for (const name of ['access.log', 'error.log']) place(root, `${folder}/${name}`, file(recent, '', adm))
    place(
      root,
      '/var/www/html/index.html',
      file(
        at,
        `<!DOCTYPE html>\n<html>\n<head>\n<title>${persona.organisation}</title>\n</head>\n<body>\n<h1>${persona.organisation}</h1>\n</body>\n</html>\n`,
      ),
    )
  }
  if (facts.offers('mysql') !== undefined)
    place(root, '/var/lib/mysql', directory(recent, { mode: 0o755, ...ownerNamed(persona, 'mysql') }))
  if (facts.offers('redis') !== undefined)
    place(root, '/var/lib/redis', directory(recent, { mode: 0o750, ...ownerNamed(persona, 'redis') }))
  if (facts.offers('ftp') !== undefined) place(root, '/srv/ftp', directory(at, { uid: 0, gid: ownerNamed(persona, 'ftp').gid }))
  for (const [name, size] of [
    ['vmlinuz', 8_152_768],
    ['initrd.img', 41_943_040],
    ['config', 259_472],
    ['System.map', 83],
  ] as const) {
    place(
      root,
      `/boot/${name}-${persona.os.kernel}`,
      file(at, () => Buffer.alloc(Math.min(size, 1 << 20)), { size, mode: name === 'System.map' || name === 'vmlinuz' ? 0o600 : 0o644 }),
    )
  }
  for (const [name, content] of [
    ['.bash_logout', SKEL_LOGOUT],
    ['.bashrc', SKEL_BASHRC],
    ['.profile', SKEL_PROFILE],
  ] as const)
    place(root, `/etc/skel/${name}`, file(at, content))
  place(root, '/var/spool/cron/crontabs', directory(at, { mode: 0o1730, gid: releaseGroup(persona, 'crontab') }))
}
