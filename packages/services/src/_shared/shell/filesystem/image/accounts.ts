import type { Persona } from '@decnet/persona'
import { cryptDigits } from '../../accounts/crypt.ts'

/** System accounts of a fresh installation that a persona may not list. */
const SYSTEM = `daemon:1:1:daemon:/usr/sbin bin:2:2:bin:/bin sys:3:3:sys:/dev sync:4:65534:sync:/bin games:5:60:games:/usr/games man:6:12:man:/var/cache/man
lp:7:7:lp:/var/spool/lpd mail:8:8:mail:/var/mail news:9:9:news:/var/spool/news uucp:10:10:uucp:/var/spool/uucp proxy:13:13:proxy:/bin
www-data:33:33:www-data:/var/www backup:34:34:backup:/var/backups list:38:38:Mailing_List_Manager:/var/list irc:39:39:ircd:/run/ircd
_apt:42:65534::/nonexistent nobody:65534:65534:nobody:/nonexistent systemd-network:998:998:systemd_Network_Management:/
systemd-timesync:997:997:systemd_Time_Synchronization:/ messagebus:100:107::/nonexistent sshd:101:65534::/run/sshd`

const BASE_GROUPS = `root:0 daemon:1 bin:2 sys:3 adm:4 tty:5 disk:6 lp:7 mail:8 news:9 uucp:10 man:12 proxy:13 kmem:15 dialout:20 fax:21 voice:22
cdrom:24 floppy:25 tape:26 sudo:27 audio:29 dip:30 www-data:33 backup:34 operator:37 list:38 irc:39 src:40 shadow:42 utmp:43 video:44 sasl:45
plugdev:46 staff:50 games:60 users:100 nogroup:65534`
/** Groups that the release's packages make, in the order of their making. */
const RELEASE_GROUPS: Readonly<Record<Persona['os']['distro'], string>> = {
  debian12: `systemd-journal:999 systemd-network:998 systemd-timesync:997 input:101 sgx:102 kvm:103 render:104 crontab:105 netdev:106
messagebus:107 _ssh:108`,
  ubuntu22: `gnats:41 systemd-journal:101 systemd-network:102 systemd-resolve:103 messagebus:104 systemd-timesync:105 input:106 sgx:107 kvm:108
render:109 crontab:110 netdev:111 lxd:112 syslog:113 uuidd:114 tcpdump:115 tss:116 landscape:117 _ssh:118`,
  ubuntu24: `systemd-journal:999 systemd-network:998 crontab:997 systemd-timesync:996 input:995 sgx:994 kvm:993 messagebus:101
systemd-resolve:992 polkitd:991 render:990 fwupd-refresh:989 lxd:102 netdev:103 syslog:104 uuidd:105 _ssh:106 tcpdump:107 tss:108 landscape:109`,
}
/** gid of a group that the release makes. */
export const releaseGroup = (persona: Persona, name: string): number =>
  Number(new RegExp(`(?:^|\\s)${name}:(\\d+)`).exec(RELEASE_GROUPS[persona.os.distro])?.[1] ?? 0)

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly gecos: string
  readonly home: string
  readonly shell: string
}

/** The lines of `/etc/passwd`, in its order: the release's own accounts, then what was added, people last. */
export function accountsOf(persona: Persona): readonly Account[] {
  const listed = new Map(persona.users.map((user) => [user.name, user]))
  const system = SYSTEM.split(/\s+/).map((entry): Account => {
    const [name = '', uid = '', gid = '', gecos = '', home = ''] = entry.split(':')
    const shell = name === 'sync' ? '/bin/sync' : '/usr/sbin/nologin'
    return { name, uid: Number(uid), gid: Number(gid), gecos: gecos.replaceAll('_', ' '), home, shell }
  })
  const missing = system.filter((account) => !listed.has(account.name))
  const person = (account: Account): boolean => account.uid >= 1000 && account.uid < 60_000
  const root = persona.users.filter((user) => user.uid === 0)
  const rest = persona.users.filter((user) => user.uid !== 0)
  return [...root, ...missing, ...rest.filter((user) => !person(user)), ...rest.filter(person)]
}
/** uid and gid of a daemon's account; root's where the host has no such account. */
export function ownerNamed(persona: Persona, name: string): { readonly uid: number; readonly gid: number } {
  const found = accountsOf(persona).find((account) => account.name === name)
  return { uid: found?.uid ?? 0, gid: found?.gid ?? 0 }
}

/** The password's hash in `/etc/shadow` as the installation left it; seeded, and of no password. */
export const originalHash = (persona: Persona, name: string): string =>
  `$y$j9T$${cryptDigits(persona.bytes(`crypt ${name} salt`, 22))}$${cryptDigits(persona.bytes(`crypt ${name}`, 43))}`

type Groups = ReadonlyMap<string, { readonly gid: number; readonly members: readonly string[] }>
/** Asked for at every login, and the same for a persona's whole life. */
const groupsKnown = new WeakMap<Persona, Groups>()

/** `name → [gid, members]`, in the order of `/etc/group`. */
export function groupsOf(persona: Persona): Groups {
  const known = groupsKnown.get(persona) ?? makeGroups(persona)
  groupsKnown.set(persona, known)
  return known
}

function makeGroups(persona: Persona): Groups {
  const first = persona.users.find((user) => user.uid === 1000)?.name
  const sudoers = persona.users.filter((user) => user.sudo && user.uid !== 0).map((user) => user.name)
  const installer =
    persona.os.id === 'ubuntu'
      ? ['adm', 'cdrom', 'dip', 'plugdev', 'lxd']
      : ['cdrom', 'floppy', 'audio', 'dip', 'video', 'plugdev', 'users', 'netdev']
  const groups = new Map<string, { gid: number; members: string[] }>()
  for (const entry of `${BASE_GROUPS} ${RELEASE_GROUPS[persona.os.distro]}`.split(/\s+/)) {
    const [name = '', gid = ''] = entry.split(':')
    const members = name === 'sudo' ? sudoers : first !== undefined && installer.includes(name) ? [first] : []
    groups.set(name, { gid: Number(gid), members })
  }
  const numbers = new Set([...groups.values()].map((group) => group.gid))
  for (const user of accountsOf(persona)) {
    if (groups.has(user.name) || numbers.has(user.gid)) continue
    groups.set(user.name, { gid: user.gid, members: [] })
    if (user.name === 'postfix') groups.set('postdrop', { gid: user.gid + 1, members: [] })
  }
  return groups
}
