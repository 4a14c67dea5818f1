import type { Facts } from '../../facts.ts'
import { networkOf, rootDisk } from '../../facts.ts'
import { type BaseDirectory, file, link, place } from '../base.ts'
import { accountsOf, groupsOf, originalHash } from './accounts.ts'
import { BASH_BASHRC, PROFILE } from './dotfiles.ts'
import { placeHostKeys } from './ssh.ts'

/** What is asked for at every login is made once. */
function once(make: () => string): () => string {
  let made: string | undefined
  return () => {
    made ??= make()
    return made
  }
}

const day = (epoch: number): number => Math.floor(epoch / 86_400_000)

/** What stands for a password where none opens: `*` from the base, `!` from adduser, `!*` from systemd-sysusers. */
function locked(account: { readonly name: string; readonly uid: number }, distro: string): '*' | '!' | '!*' {
  if (account.uid >= 900 && account.uid < 1000) return '!*'
  if (account.uid < 100 || account.uid === 65_534) return '*'
  return distro === 'ubuntu22' && /^(_apt|systemd-|messagebus|pollinate|sshd|syslog|uuidd|tcpdump|tss|landscape)/.test(account.name)
    ? '*'
    : '!'
}

function shadow(facts: Facts): string {
  const { persona } = facts
  const installed = day(persona.installedAt)
  return accountsOf(persona)
    .map((account) => {
      const user = persona.users.find((one) => one.name === account.name)
      if (user === undefined || user.password === null) {
        const mark = locked(account, persona.os.distro)
        return `${account.name}:${mark}:${installed}:${mark === '*' ? '0:99999:7' : '::'}:::`
      }
      return `${account.name}:${originalHash(persona, account.name)}:${installed}:0:99999:7:::`
    })
    .join('\n')
    .concat('\n')
}

/** gshadow: groups of the base have `*`, those made later `!`, sysusers' `!*`. */
const groupMark = (gid: number): string => (gid < 101 || gid === 65_534 ? '*' : gid >= 900 && gid < 1000 ? '!*' : '!')

function sources({ persona }: Facts): string {
  if (persona.os.id === 'ubuntu') {
    const suite = (name: string, host: string): string => `deb http://${host}/ubuntu ${name} main restricted universe multiverse\n`
    const code = persona.os.codename
    return (
      [code, `${code}-updates`, `${code}-backports`].map((name) => suite(name, 'archive.ubuntu.com')).join('') +
      suite(`${code}-security`, 'security.ubuntu.com')
    )
  }
  return ['bookworm', 'bookworm-updates']
    .map(
      (name) =>
        `deb http://deb.debian.org/debian/ ${name} main non-free-firmware\ndeb-src http://deb.debian.org/debian/ ${name} main non-free-firmware\n\n`,
    )
    .concat(
      'deb http://security.debian.org/debian-security bookworm-security main non-free-firmware\ndeb-src http://security.debian.org/debian-security bookworm-security main non-free-firmware\n',
    )
    .join('')
}

function osRelease({ persona: { os } }: Facts): string {
  if (os.id === 'debian') {
    return `PRETTY_NAME="${os.prettyName}"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\nHOME_URL="https://www.debian.org/"\nSUPPORT_URL="https://www.debian.org/support"\nBUG_REPORT_URL="https://bugs.debian.org/"\n`
  }
  const short = os.distro === 'ubuntu22' ? '22.04' : '24.04'
  const long = os.distro === 'ubuntu22' ? 'Jammy Jellyfish' : 'Noble Numbat'
  const point = os.prettyName.match(/\d+\.\d+(\.\d+)?/)?.[0] ?? short
  const tail = os.distro === 'ubuntu22' ? '' : 'LOGO=ubuntu-logo\n'
  return `PRETTY_NAME="${os.prettyName}"\nNAME="Ubuntu"\nVERSION_ID="${short}"\nVERSION="${point} LTS (${long})"\nVERSION_CODENAME=${os.codename}\nID=ubuntu\nID_LIKE=debian\nHOME_URL="https://www.ubuntu.com/"\nSUPPORT_URL="https://help.ubuntu.com/"\nBUG_REPORT_URL="https://bugs.launchpad.net/ubuntu/"\nPRIVACY_POLICY_URL="https://www.ubuntu.com/legal/terms-and-policies/privacy-policy"\nUBUNTU_CODENAME=${os.codename}\n${tail}`
}

const SSHD = (sftp: string): string =>
  `\n# This is the sshd server system-wide configuration file.  See\n# sshd_config(5) for more information.\n\nInclude /etc/ssh/sshd_config.d/*.conf\n\n#Port 22\n#AddressFamily any\n#ListenAddress 0.0.0.0\n#ListenAddress ::\n\n# Authentication:\n\n#LoginGraceTime 2m\nPermitRootLogin yes\n#StrictModes yes\n#MaxAuthTries 6\n#MaxSessions 10\n\n#PubkeyAuthentication yes\n\nPasswordAuthentication yes\n#PermitEmptyPasswords no\n\nKbdInteractiveAuthentication no\n\nUsePAM yes\n\nX11Forwarding yes\nPrintMotd no\n\n# Allow client to pass locale environment variables\nAcceptEnv LANG LC_*\n\n# override default of no subsystems\nSubsystem\tsftp\t${sftp}\n`
const CRONTAB =
  "# /etc/crontab: system-wide crontab\n# Unlike any other crontab you don't have to run the `crontab'\n# command to install the new version when you edit this file\n# and files in /etc/cron.d. These files also have username fields,\n# that none of the other crontabs do.\n\nSHELL=/bin/sh\nPATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin\n\n# Example of job definition:\n# .---------------- minute (0 - 59)\n# |  .------------- hour (0 - 23)\n# |  |  .---------- day of month (1 - 31)\n# |  |  |  .------- month (1 - 12) OR jan,feb,mar,apr ...\n# |  |  |  |  .---- day of week (0 - 6) (Sunday=0 or 7) OR sun,mon,tue,wed,thu,fri,sat\n# |  |  |  |  |\n# *  *  *  *  * user-name command to be executed\n17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly\n25 6\t* * *\troot\ttest -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }\n47 6\t* * 7\troot\ttest -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.weekly; }\n52 6\t1 * *\troot\ttest -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.monthly; }\n#\n"
export const MOTD_DEBIAN =
  '\nThe programs included with the Debian GNU/Linux system are free software;\nthe exact distribution terms for each program are described in the\nindividual files in /usr/share/doc/*/copyright.\n\nDebian GNU/Linux comes with ABSOLUTELY NO WARRANTY, to the extent\npermitted by applicable law.\n'

/** `/etc` as the distribution installs it and this host's administrator left it. */
export function placeEtc(root: BaseDirectory, facts: Facts): void {
  const { persona } = facts
  const at = persona.installedAt
  const { os } = persona
  const debian = os.id === 'debian'
  const uuid = `${persona.hex('root uuid a', 8)}-${persona.hex('root uuid b', 4)}-4${persona.hex('root uuid c', 3)}-a${persona.hex('root uuid d', 3)}-${persona.hex('root uuid e', 12)}`
  const passwd = once(() =>
    accountsOf(persona)
      .map((a) => `${a.name}:x:${a.uid}:${a.gid}:${a.gecos}:${a.home}:${a.shell}\n`)
      .join(''),
  )
  const group = once(() => [...groupsOf(persona)].map(([name, { gid, members }]) => `${name}:x:${gid}:${members.join(',')}\n`).join(''))
  const shadows = once(() => shadow(facts))
  const files: Record<string, string | (() => string)> = {
    passwd: passwd,
    'passwd-': passwd,
    group,
    'group-': group,
    hostname: `${persona.hostname}\n`,
    hosts: `127.0.0.1\tlocalhost\n127.0.1.1\t${persona.fqdn}\t${persona.hostname}\n\n# The following lines are desirable for IPv6 capable hosts\n::1     localhost ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n`,
    'host.conf': 'multi on\n',
    issue: debian ? 'Debian GNU/Linux 12 \\n \\l\n\n' : `${os.prettyName} \\n \\l\n\n`,
    'issue.net': debian ? 'Debian GNU/Linux 12\n' : `${os.prettyName}\n`,
    debian_version: debian ? `${os.version}\n` : os.distro === 'ubuntu22' ? 'bookworm/sid\n' : 'trixie/sid\n',
    timezone: `${persona.timezone}\n`,
    shells: `# /etc/shells: valid login shells\n/bin/sh\n/${debian ? '' : 'usr/'}bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/rbash\n/usr/bin/rbash\n/bin/dash\n/usr/bin/dash\n`,
    'resolv.conf': `domain ${persona.domain}\nsearch ${persona.domain}\nnameserver ${networkOf(facts).gateway}\n`,
    fstab: `# /etc/fstab: static file system information.\n#\n# <file system> <mount point>   <type>  <options>       <dump>  <pass>\n# / was on ${rootDisk(facts).device} during installation\nUUID=${uuid} /               ext4    errors=remount-ro 0       1\n/swapfile none swap sw 0 0\n`,
    crontab: CRONTAB,
    'nsswitch.conf':
      'passwd:         files systemd\ngroup:          files systemd\nshadow:         files\ngshadow:        files\n\nhosts:          files dns\nnetworks:       files\n\nprotocols:      db files\nservices:       db files\nethers:         db files\nrpc:            db files\n\nnetgroup:       nis\n',
    'apt/sources.list': () => sources(facts),
    'machine-id': `${persona.hex('machine id', 32)}\n`,
    'ssh/sshd_config': SSHD('/usr/lib/openssh/sftp-server'),
    'ssh/ssh_config':
      '\nInclude /etc/ssh/ssh_config.d/*.conf\n\nHost *\n    SendEnv LANG LC_*\n    HashKnownHosts yes\n    GSSAPIAuthentication yes\n',
    'bash.bashrc': BASH_BASHRC,
    profile: PROFILE,
    environment: debian
      ? ''
      : 'PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin"\n',
    'default/locale': debian ? 'LANG="en_US.UTF-8"\n' : 'LANG=en_US.UTF-8\n',
    'login.defs':
      'MAIL_DIR        /var/mail\nFAILLOG_ENAB\t\tyes\nLOG_UNKFAIL_ENAB\tno\nUMASK\t\t022\nPASS_MAX_DAYS\t99999\nPASS_MIN_DAYS\t0\nPASS_WARN_AGE\t7\nUID_MIN\t\t\t 1000\nUID_MAX\t\t\t60000\nENCRYPT_METHOD YESCRYPT\n',
    'ld.so.conf': 'include /etc/ld.so.conf.d/*.conf\n',
    'sysctl.conf':
      '#\n# /etc/sysctl.conf - Configuration file for setting system variables\n# See /etc/sysctl.d/ for additional system variables.\n#\n',
  }
  for (const [name, content] of Object.entries(files)) place(root, `/etc/${name}`, file(at, content))
  if (debian) place(root, '/etc/motd', file(at, MOTD_DEBIAN))
  place(
    root,
    '/usr/lib/os-release',
    file(at, () => osRelease(facts)),
  )
  place(root, '/etc/os-release', link(at, '../usr/lib/os-release'))
  place(root, '/etc/localtime', link(at, `/usr/share/zoneinfo/${persona.timezone}`))
  place(root, '/etc/mtab', link(at, '../proc/self/mounts'))
  if (!debian) {
    const short = os.distro === 'ubuntu22' ? '22.04' : '24.04'
    place(
      root,
      '/etc/lsb-release',
      file(at, `DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=${short}\nDISTRIB_CODENAME=${os.codename}\nDISTRIB_DESCRIPTION="${os.prettyName}"\n`),
    )
  }
  const secret = { mode: 0o640, gid: 42 }
  place(root, '/etc/shadow', file(at, shadows, secret))
  place(root, '/etc/shadow-', file(at, shadows, secret))
  place(
    root,
    '/etc/gshadow',
    file(
      at,
      () => [...groupsOf(persona)].map(([name, { gid, members }]) => `${name}:${groupMark(gid)}::${members.join(',')}\n`).join(''),
      secret,
    ),
  )
  const sudoers = `#\n# This file MUST be edited with the 'visudo' command as root.\n#\nDefaults\tenv_reset\nDefaults\tmail_badpass\nDefaults\tsecure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin${debian ? '' : ':/snap/bin'}"\nDefaults\tuse_pty\n\n# User privilege specification\nroot\tALL=(ALL:ALL) ALL\n\n# Allow members of group sudo to execute any command\n%sudo\tALL=(ALL:ALL) ALL\n\n@includedir /etc/sudoers.d\n`
  place(root, '/etc/sudoers', file(at, sudoers, { mode: 0o440 }))
  placeHostKeys(root, facts)
  placeAlternatives(root, at, debian)
}

const ALTERNATIVES: Readonly<Record<string, string>> = {
  awk: '/usr/bin/mawk',
  nawk: '/usr/bin/mawk',
  vi: '/usr/bin/vim.tiny',
  view: '/usr/bin/vim.tiny',
  editor: '/bin/nano',
  pager: '/usr/bin/less',
  which: '/usr/bin/which.debianutils',
  nc: '/bin/nc.traditional',
  netcat: '/bin/nc.traditional',
}
function placeAlternatives(root: BaseDirectory, at: number, debian: boolean): void {
  const alternatives = debian ? ALTERNATIVES : { ...ALTERNATIVES, nc: '/bin/nc.openbsd', netcat: '/bin/nc.openbsd' }
  for (const [name, target] of Object.entries(alternatives)) place(root, `/etc/alternatives/${name}`, link(at, target))
}
