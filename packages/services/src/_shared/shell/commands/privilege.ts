import type { PersonaUser } from '@decnet/persona'
import type { Call, Programs } from '../interpreter/call.ts'
import { entries } from './accounts.ts'
import { known, secret } from './passwords.ts'
import { runOther } from './shells.ts'

/** Becomes another user in this process. */
export function become(call: Call, user: PersonaUser, login: boolean): void {
  const { state } = call
  state.user = user
  state.as = call.machine.credentialsOf(user)
  state.set('HOME', user.home, { export: true })
  state.set('USER', user.name, { export: true })
  state.set('LOGNAME', user.name, { export: true })
  state.set('SHELL', user.shell, { export: true })
  if (user.uid === 0) state.set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', { export: true })
  if (login) state.cwd = user.home
  state.set('PS1', user.uid === 0 || !login ? '\\u@\\h:\\w\\$ ' : '\\u@\\h:\\w\\$ ')
}
async function su(call: Call): Promise<number> {
  const args = [...call.args]
  let login = false
  let command: string | undefined
  let name = 'root'
  let program: string | undefined
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    if (arg === '-' || arg === '-l' || arg === '--login') login = true
    else if (arg === '-c') command = args.shift()
    else if (arg === '-s') program = args.shift()
    else if (!arg.startsWith('-')) name = arg
  }
  const user = call.machine.userNamed(name)
  if (user === undefined)
    return await call.err(`su: user ${name} does not exist or the user entry does not contain all the required fields\n`).then(() => 1)
  if (call.as.uid !== 0) {
    const given = await secret(call, 'Password: ')
    if (given === null || !known(call, name, given)) {
      await call.sleep(2000)
      return await call.fail('Authentication failure')
    }
  }
  const shell = program ?? user.shell
  if (/nologin|false$/.test(shell)) return await call.out('This account is currently not available.\n').then(() => 1)
  become(call, user, login)
  return await runOther(call, /\/(sh|dash)$/.test(shell) ? '/bin/sh' : '/bin/bash', command === undefined ? [] : ['-c', command])
}

async function sudo(call: Call): Promise<number> {
  const args = [...call.args]
  const { state, machine } = call
  let target = 'root'
  let shell = false
  let quiet = false
  let list = false
  let stdin = false
  while (args[0]?.startsWith('-') === true) {
    const arg = args.shift() ?? ''
    if (arg === '--') break
    if (arg === '-u') target = args.shift() ?? ''
    else if (arg === '-g' || arg === '-p' || arg === '-h') args.shift()
    else if (/^-[a-zA-Z]+$/.test(arg)) {
      shell ||= /[is]/.test(arg)
      quiet ||= arg.includes('n')
      list ||= arg.includes('l')
      stdin ||= arg.includes('S')
      if (/[kK]/.test(arg) && args.length === 0) return 0
      if (arg.includes('V'))
        return await call
          .out(
            'Sudo version 1.9.13p3\nSudoers policy plugin version 1.9.13p3\nSudoers file grammar version 50\nSudoers I/O plugin version 1.9.13p3\nSudoers audit plugin version 1.9.13p3\n',
          )
          .then(() => 0)
    }
  }
  if (args.length === 0 && !shell && !list)
    return await call
      .err(
        'usage: sudo -h | -K | -k | -V\nusage: sudo -v [-ABkNnS] [-g group] [-h host] [-p prompt] [-u user]\nusage: sudo -l [-ABkNnS] [-g group] [-h host] [-p prompt] [-U user] [-u user]\n            [command [arg ...]]\nusage: sudo [-ABbEHkNnPS] [-r role] [-t type] [-C num] [-D directory] [-g\n            group] [-h host] [-p prompt] [-R directory] [-T timeout] [-u user]\n            [VAR=value] [-i | -s] [command [arg ...]]\n',
      )
      .then(() => 1)
  const rule = machine.accounts.sudoRule(state.user.name)
  if (call.as.uid !== 0 && rule !== 'free' && !machine.sudoTickets.has(`${state.user.name} ${call.session.ttyName ?? ''}`)) {
    if (quiet) return await call.err('sudo: a password is required\n').then(() => 1)
    if (call.session.terminal === null && !stdin)
      return await call
        .err(
          'sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper\nsudo: a password is required\n',
        )
        .then(() => 1)
    for (let attempt = 1; ; attempt++) {
      const given = await secret(call, `[sudo] password for ${state.user.name}: `)
      if (given === null)
        return await call
          .err(
            `sudo: ${attempt > 1 ? `${attempt - 1} incorrect password attempt${attempt > 2 ? 's' : ''}` : 'no password was provided\nsudo: a password is required'}\n`,
          )
          .then(() => 1)
      if (known(call, state.user.name, given)) break
      await call.sleep(2000)
      if (attempt === 3) return await call.err('sudo: 3 incorrect password attempts\n').then(() => 1)
      await call.err('Sorry, try again.\n')
    }
    if (rule === null) return await call.err(`${state.user.name} is not in the sudoers file.\n`).then(() => 1)
    machine.sudoTickets.add(`${state.user.name} ${call.session.ttyName ?? ''}`)
  }
  if (list)
    return await call
      .out(
        `Matching Defaults entries for ${state.user.name} on ${machine.persona.hostname}:\n    env_reset, mail_badpass, secure_path=/usr/local/sbin\\:/usr/local/bin\\:/usr/sbin\\:/usr/bin\\:/sbin\\:/bin, use_pty\n\nUser ${state.user.name} may run the following commands on ${machine.persona.hostname}:\n    (ALL : ALL) ALL\n`,
      )
      .then(() => 0)
  const user = call.machine.userNamed(target.replace(/^#/, ''))
  if (user === undefined)
    return await call.err(`sudo: unknown user ${target}\nsudo: error initializing audit plugin sudoers_audit\n`).then(() => 1)
  const from = state.user
  const login = shell && call.args.some((arg) => /^-\w*i/.test(arg))
  become(call, user, login)
  state.set('SUDO_USER', from.name, { export: true })
  state.set('SUDO_UID', String(from.uid), { export: true })
  state.set('SUDO_COMMAND', args.join(' ') || user.shell, { export: true })
  while (/^[A-Za-z_]\w*=/.test(args[0] ?? '')) {
    const [name = '', ...rest] = (args.shift() ?? '').split('=')
    state.set(name, rest.join('='), { export: true })
  }
  if (shell) return await runOther(call, '/bin/bash', args.length === 0 ? [] : ['-c', args.join(' ')])
  return await runOther(call, args[0] ?? '', args.slice(1), (one) => `sudo: ${one}: command not found\n`).then((status) =>
    status === 127 ? 1 : status,
  )
}

async function getent(call: Call): Promise<number> {
  const [database = '', key] = call.args
  if (database === 'hosts')
    return key === undefined
      ? 2
      : await call
          .out(key === call.machine.persona.hostname ? `127.0.1.1       ${call.machine.persona.fqdn} ${key}\n` : '')
          .then(() => (key === call.machine.persona.hostname ? 0 : 2))
  if (!['passwd', 'group', 'shadow'].includes(database))
    return await call.err(`Unknown database: ${database}\nTry \`getent --help' or \`getent --usage' for more information.\n`).then(() => 1)
  const found = entries(call, `/etc/${database}`).filter((fields) => key === undefined || fields[0] === key || fields[2] === key)
  for (const fields of found) await call.out(`${fields.join(':')}\n`)
  return found.length > 0 ? 0 : 2
}
export const privilege: Programs = { su, sudo, getent, visudo: () => 1, runuser: su }
