import type { Archetype } from './archetypes/index.ts'
import { account, type Distro } from './distros/distro.ts'
import type { Locale } from './locales.ts'
import { listedPassword, weakPassword } from './passwords.ts'
import type { PersonaPackages, PersonaUser } from './port.ts'
import type { Seeded } from './seeded.ts'

/** Accounts that the packages behind a service bring; `UID` is the next free one. */
function daemonAccounts(service: string, packages: PersonaPackages, distro: Distro): readonly string[] {
  if (service === 'mysql') return ['mysql:x:UID:GID:MySQL Server,,,:/nonexistent:/bin/false']
  if (service === 'redis') return ['redis:x:UID:GID::/var/lib/redis:/usr/sbin/nologin']
  if (service === 'smtp')
    return packages.mail.server === 'postfix'
      ? ['postfix:x:UID:GID::/var/spool/postfix:/usr/sbin/nologin']
      : ['Debian-exim:x:UID:GID::/var/spool/exim4:/usr/sbin/nologin']
  if (service === 'ftp')
    return packages.ftp.server === 'vsftpd'
      ? ['ftp:x:UID:GID:ftp daemon,,,:/srv/ftp:/usr/sbin/nologin']
      : ['proftpd:x:UID:65534::/run/proftpd:/usr/sbin/nologin', 'ftp:x:UID:65534::/srv/ftp:/usr/sbin/nologin']
  // netkit's telnetd brings an account; inetutils', which came after it, runs as root.
  if (service === 'telnet' && distro.id === 'ubuntu22') return ['telnetd:x:UID:GID::/nonexistent:/usr/sbin/nologin']
  return []
}

function person(seed: Seeded, locale: Locale): { readonly login: string; readonly gecos: string } {
  const given = seed.pick('person/given', locale.given)
  const family = seed.pick('person/family', locale.family)
  const first = given.toLowerCase()
  const last = family.toLowerCase()
  const login = seed.pick('person/login', [first, `${first.charAt(0)}${last}`, last, `${first}.${last}`])
  return { login, gecos: `${given} ${family},,,` }
}

/** Every account of the host in the order of its making: root, those of the release and of the daemons, an upkeep account with a weak password, usually a person. */
export function usersOf(
  seed: Seeded,
  archetype: Archetype,
  distro: Distro,
  locale: Locale,
  packages: PersonaPackages,
  services: readonly string[],
): readonly PersonaUser[] {
  let uid = distro.nextSystemUid
  let gid = uid + 11
  const daemons = services.flatMap((service) =>
    daemonAccounts(service, packages, distro).map((line) => {
      const made = account(line.replace('UID', String(uid++)).replace('GID', String(gid)))
      // postfix brings a second group, postdrop; accounts of nogroup bring none.
      gid += made.name === 'postfix' ? 2 : made.gid === 65534 ? 0 : 1
      return made
    }),
  )
  const taken = new Set(['root', ...distro.accounts.map((user) => user.name), ...daemons.map((user) => user.name)])
  const names = archetype.accounts.filter((name) => !taken.has(name))
  const upkeep = seed.pick('account', names)
  const { login, gecos } = person(seed, locale)
  const rootOpen = seed.pick('root/open', [true, false])

  const human = (name: string, id: number, text: string, password: string, sudo: boolean): PersonaUser => ({
    name,
    uid: id,
    gid: id,
    gecos: text,
    home: `/home/${name}`,
    shell: '/bin/bash',
    password,
    sudo,
  })
  const root: PersonaUser = {
    name: 'root',
    uid: 0,
    gid: 0,
    gecos: 'root',
    home: '/root',
    shell: '/bin/bash',
    password: rootOpen ? listedPassword(seed, 'root') : null,
    sudo: false,
  }
  const people = [human(upkeep, 1000, seed.pick('account/gecos', [',,,', '', `${upkeep},,,`]), weakPassword(seed, upkeep), true)]
  if (seed.integer('person/present', 1, 4) > 1)
    people.push(human(login, 1001, gecos, weakPassword(seed, login), seed.pick('person/sudo', [true, false])))
  return [root, ...distro.accounts, ...daemons, ...people]
}
