import type { Persona, PersonaUser } from '@decnet/persona'
import type { Facts } from '../../facts.ts'
import { type BaseDirectory, directory, file, place } from '../base.ts'
import { ROOT_BASHRC, ROOT_PROFILE, SKEL_BASHRC, SKEL_LOGOUT, SKEL_PROFILE } from './dotfiles.ts'

const WORK: readonly string[] = [
  'df -h',
  'htop',
  'ls -la',
  'cd /var/log',
  'tail -f /var/log/syslog',
  'apt update',
  'apt upgrade -y',
  'systemctl status ssh',
  'uptime',
  'free -m',
  'last',
  'vi /etc/ssh/sshd_config',
  'systemctl restart ssh',
  'du -sh /var/*',
  'journalctl -xe',
  'cd',
  'ip a',
  'ss -tlnp',
  'crontab -l',
  'nano /etc/hosts',
  'reboot',
  'apt autoremove',
  'dmesg | tail',
  'history | grep apt',
  'ls',
  'exit',
  'cat /etc/os-release',
  'timedatectl',
  'who',
  'df -h /',
]
const BY_SERVICE: Readonly<Record<string, readonly string[]>> = {
  http: [
    'cd /var/www/html',
    'nginx -t',
    'systemctl reload nginx',
    'tail -n 50 /var/log/nginx/error.log',
    'ls -l /var/www/html',
    'curl -I localhost',
  ],
  mysql: ['mysql -u root -p', 'mysqldump --all-databases | gzip > /root/db.sql.gz', 'systemctl status mariadb', 'mysqladmin processlist'],
  redis: ['redis-cli info | head', 'redis-cli dbsize', 'systemctl status redis-server'],
  ftp: ['systemctl status vsftpd', 'ls -l /srv/ftp', 'tail /var/log/vsftpd.log'],
  smtp: ['mailq', 'postqueue -p', 'tail -n 30 /var/log/mail.log', 'postsuper -d ALL deferred'],
}

function history(facts: Facts, user: PersonaUser): string {
  const { persona } = facts
  const offered = Object.keys(BY_SERVICE).filter((service) => facts.offers(service) !== undefined)
  const pool = [...WORK, ...offered.flatMap((service) => BY_SERVICE[service] ?? [])]
  const count = persona.integer(`history ${user.name}`, user.uid === 0 ? 25 : 12, user.uid === 0 ? 90 : 60)
  const lines: string[] = []
  for (let i = 0; i < count; i++) {
    const line = persona.pick(`history ${user.name} ${i}`, pool)
    if (line === lines.at(-1)) continue
    lines.push(user.uid !== 0 && /^(apt|systemctl (?!status)|reboot|vi \/etc|nano \/etc)/.test(line) ? `sudo ${line}` : line)
  }
  return `${lines.join('\n')}\n`
}

const between = (persona: Persona, what: string, from: number, to: number): number =>
  from + Math.floor(((to - from) * persona.integer(what, 0, 1_000_000)) / 1_000_000)

/** Home folders as the accounts were made and then lived in. */
export function placeHomes(root: BaseDirectory, facts: Facts): void {
  const { persona } = facts
  const at = persona.installedAt
  const recent = Math.max(at, Math.min(facts.now(), persona.bootedAt))
  for (const user of persona.users) {
    if (user.uid !== 0 && (user.uid < 1000 || user.uid > 60_000)) continue
    const owner = { uid: user.uid, gid: user.gid }
    const touched = between(persona, `home ${user.name}`, at, recent)
    const put = (name: string, content: string | (() => string), mode: number, mtime = at): void =>
      place(root, `${user.home}/${name}`, file(mtime, content, { ...owner, mode }))
    place(root, user.home, directory(touched, { ...owner, mode: user.uid === 0 || persona.os.id === 'debian' ? 0o700 : 0o750 }))
    const rootOnDebian = user.uid === 0 && persona.os.id === 'debian'
    put('.bashrc', rootOnDebian ? ROOT_BASHRC : SKEL_BASHRC, 0o644)
    put('.profile', rootOnDebian ? ROOT_PROFILE : SKEL_PROFILE, 0o644)
    if (user.uid !== 0) put('.bash_logout', SKEL_LOGOUT, 0o644)
    put('.bash_history', () => history(facts, user), 0o600, touched)
    place(root, `${user.home}/.ssh`, directory(at, { ...owner, mode: 0o700 }))
    const keys = (): string => {
      const blob = Buffer.concat([
        Buffer.from('0000000b7373682d6564323535313900000020', 'hex'),
        persona.bytes(`authorized ${user.name}`, 32),
      ])
      return `ssh-ed25519 ${blob.toString('base64')} ${persona.users.find((one) => one.uid === 1000)?.name ?? 'admin'}@${persona.pick('workstation', ['laptop', 'desktop', 'thinkpad', 'mbp', 'wks-02', 'ops'])}\n`
    }
    put('.ssh/authorized_keys', keys, 0o600)
    place(root, `${user.home}/.cache`, directory(touched, { ...owner, mode: 0o700 }))
    if (user.uid !== 0 && user.sudo) put('.sudo_as_admin_successful', '', 0o644)
    if (user.uid === 0 && persona.os.id === 'ubuntu') place(root, '/root/snap', directory(at, { mode: 0o700 }))
  }
}
