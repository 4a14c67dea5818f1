import { escapedBytes } from '@decnet/kernel'
import type { Persona } from '@decnet/persona'
import type { State } from './interpreter/state.ts'
import type { ShellOptions } from './port.ts'

const BASH: Readonly<Record<Persona['os']['distro'], string>> = {
  debian12: '5.2.15(1)-release',
  ubuntu22: '5.1.16(1)-release',
  ubuntu24: '5.2.21(1)-release',
}
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const VARIABLES_MAX = 64

/** The variables that sshd, PAM and login leave to a shell, and those that bash sets itself. */
export function fill(state: State, options: ShellOptions): void {
  const { user, peer, local, tty } = options
  const { persona } = options.host
  const put = (name: string, value: string): void => state.set(name, value, { export: true })
  const root = user.uid === 0
  put('SHELL', user.shell)
  put('PWD', user.home)
  put('LOGNAME', user.name)
  put('HOME', user.home)
  if (persona.os.id === 'ubuntu' || persona.pick('locale set', [true, false]))
    put('LANG', persona.os.id === 'ubuntu' ? 'C.UTF-8' : 'en_US.UTF-8')
  const ssh = options.via !== 'telnet'
  if (ssh) put('SSH_CLIENT', `${peer.address} ${peer.port} ${local.port}`)
  if (ssh) put('SSH_CONNECTION', `${peer.address} ${peer.port} ${local.address} ${local.port}`)
  if (tty !== null) {
    put('TERM', tty.term)
    if (ssh) put('SSH_TTY', `/dev/${state.session.ttyName ?? 'pts/0'}`)
  }
  put('USER', user.name)
  put('SHLVL', tty !== null && options.command === undefined ? '1' : '0')
  put(
    'PATH',
    root
      ? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
      : persona.os.id === 'ubuntu'
        ? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin'
        : '/usr/local/bin:/usr/bin:/bin:/usr/games',
  )
  put('MAIL', `/var/mail/${user.name}`)
  if (root || user.uid >= 1000) {
    put('XDG_SESSION_ID', String(1 + (state.pid % 90)))
    put('XDG_RUNTIME_DIR', `/run/user/${user.uid}`)
  }
  for (const [name, value] of Object.entries(options.env ?? {}).slice(0, VARIABLES_MAX))
    if (NAME.test(name)) put(name, escapedBytes(value).toString('latin1'))
  state.set('IFS', ' \t\n')
  state.set('PS4', '+ ')
  state.set('OPTIND', '1')
  state.set('HOSTNAME', persona.hostname)
  state.set('HOSTTYPE', 'x86_64')
  state.set('MACHTYPE', 'x86_64-pc-linux-gnu')
  state.set('OSTYPE', 'linux-gnu')
  state.set('BASH', '/bin/bash')
  state.set('BASH_VERSION', BASH[persona.os.distro])
  for (const name of ['BASH_VERSION', 'HOSTNAME', 'HOSTTYPE', 'OSTYPE', 'BASH']) state.session.constants.set(name, state.get(name) ?? '')
  state.cwd = state.get('PWD') ?? user.home
  if (user.shell.endsWith('dash') || user.shell === '/bin/sh') state.flavour = 'dash'
  state.zero = options.command === undefined ? (state.flavour === 'dash' ? '-sh' : '-bash') : state.flavour === 'dash' ? 'sh' : 'bash'
}
