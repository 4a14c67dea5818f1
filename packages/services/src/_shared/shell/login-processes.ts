import type { Process } from './facts.ts'
import type { State } from './interpreter/state.ts'
import type { ShellOptions } from './port.ts'

/** What a login shows in ps: the daemon's child that serves the connection, and the shell. */
export function loginProcesses(state: State, options: ShellOptions): readonly Process[] {
  const { machine, ttyName } = state.session
  const { user, command } = options
  const tty = ttyName ?? '?'
  const telnet = options.via === 'telnet'
  const daemon = machine.processes().find((process) => process.command.includes(telnet ? 'inetd' : 'sshd: /usr/sbin'))
  const name = user.name.length > 8 ? `${user.name.slice(0, 7)}+` : user.name
  const base = state.pid
  const shell = state.flavour === 'dash' ? 'sh' : 'bash'
  return [
    {
      uid: 0,
      user: 'root',
      started: state.started,
      cpu: 0,
      pid: base - 12,
      ppid: daemon?.pid ?? 1,
      tty: telnet ? tty : '?',
      command: telnet ? `login -h ${options.peer.address} -p` : `sshd: ${user.name}${tty === '?' ? '@notty' : ' [priv]'}`,
      name: telnet ? 'login' : 'sshd',
      state: 'Ss',
      vsz: telnet ? 6620 : 17_712,
      rss: telnet ? 4100 : 10_900,
    },
    {
      uid: user.uid,
      user: name,
      started: state.started,
      cpu: 0,
      pid: base,
      ppid: base - 12,
      tty,
      command: command === undefined || tty !== '?' ? `-${shell}` : `${shell} -c ${Buffer.from(command).toString('latin1')}`,
      name: shell,
      state: 'Ss',
      vsz: 7968,
      rss: 4720,
    },
  ]
}
