import type { PersonaUser } from '@decnet/persona'
import { Call, type Programs } from '../interpreter/call.ts'
import { readLine } from '../interpreter/streams.ts'
import { baseName } from '../paths.ts'
import { entries } from './accounts.ts'
import { runOther } from './shells.ts'

const ROOT = { uid: 0, gid: 0, groups: [0] }

/** A line typed without echo, or from a pipe. */
export async function secret(call: Call, prompt: string): Promise<string | null> {
  const { terminal } = call.session
  if (terminal !== null) terminal.echo = false
  try {
    if (prompt !== '') await (terminal === null ? call.err(prompt) : call.out(prompt))
    const line = await readLine(call.stdin)
    return line === '' ? null : line.replace(/\n$/, '')
  } finally {
    if (terminal !== null) {
      terminal.echo = true
      if (prompt !== '') await call.out('\n')
    }
  }
}
/** Whether it opens the account, by what stands on the machine now. */
export const known = (call: Call, name: string, password: string): boolean =>
  (call.machine.passwords.get(name) ?? call.machine.userNamed(name)?.password) === password

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
/** An account of `/etc/passwd` as it stands now, also one that an attacker added. */
function accountNamed(call: Call, name: string): PersonaUser | undefined {
  const found = entries(call, '/etc/passwd').find((fields) => fields[0] === name)
  if (found === undefined) return undefined
  const persona = call.machine.userNamed(name)
  return (
    persona ?? {
      name,
      uid: Number(found[2]),
      gid: Number(found[3]),
      gecos: found[4] ?? '',
      home: found[5] ?? '/',
      shell: found[6] ?? '/bin/sh',
      password: null,
      sudo: false,
    }
  )
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
  const user = accountNamed(call, name)
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
  if (call.as.uid !== 0 && !machine.sudoTickets.has(`${state.user.name} ${call.session.ttyName ?? ''}`)) {
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
    if (!state.user.sudo) return await call.err(`${state.user.name} is not in the sudoers file.\n`).then(() => 1)
    machine.sudoTickets.add(`${state.user.name} ${call.session.ttyName ?? ''}`)
  }
  if (list)
    return await call
      .out(
        `Matching Defaults entries for ${state.user.name} on ${machine.persona.hostname}:\n    env_reset, mail_badpass, secure_path=/usr/local/sbin\\:/usr/local/bin\\:/usr/sbin\\:/usr/bin\\:/sbin\\:/bin, use_pty\n\nUser ${state.user.name} may run the following commands on ${machine.persona.hostname}:\n    (ALL : ALL) ALL\n`,
      )
      .then(() => 0)
  const user = accountNamed(call, target.replace(/^#/, ''))
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

async function passwd(call: Call): Promise<number> {
  const name = call.args.find((arg) => !arg.startsWith('-')) ?? call.state.user.name
  const account = accountNamed(call, name)
  if (account === undefined) return await call.err(`passwd: user '${name}' does not exist\n`).then(() => 1)
  if (call.as.uid !== 0 && name !== call.state.user.name)
    return await call.err(`passwd: You may not view or modify password information for ${name}.\n`).then(() => 1)
  if (call.args.includes('-S')) return await call.out(`${name} P 2024-01-01 0 99999 7 -1\n`).then(() => 0)
  if (call.args.some((arg) => /^-[dlue]$/.test(arg))) return await call.out('passwd: password changed.\n').then(() => 0)
  const wrong = async (): Promise<number> =>
    await call.err('passwd: Authentication token manipulation error\npasswd: password unchanged\n').then(() => 10)
  if (call.as.uid !== 0) {
    await call.out(`Changing password for ${name}.\n`)
    const current = await secret(call, 'Current password: ')
    if (current === null || !known(call, name, current)) return await wrong()
  }
  const first = await secret(call, 'New password: ')
  if (first === null) return await call.err('Password change has been aborted.\n').then(wrong)
  const second = await secret(call, 'Retype new password: ')
  if (first !== second) {
    await call.err('Sorry, passwords do not match.\n')
    return await wrong()
  }
  change(call, name, first)
  await call.err('passwd: password updated successfully\n')
  return 0
}

const PASSWORDS_MAX = 500
/** Keeps a password and writes a hash of it into `/etc/shadow`. */
function change(call: Call, name: string, password: string): void {
  const { machine } = call
  if (machine.passwords.size < PASSWORDS_MAX) machine.passwords.set(name, password)
  const salted = `$y$j9T$${machine.persona.hex(`salt ${name} ${machine.now()}`, 22)}$${machine.persona.hex(`hash ${password}`, 43)}`
  const day = Math.floor(machine.now() / 86_400_000)
  rewrite(call, '/etc/shadow', (lines) =>
    lines.map((line) => (line.startsWith(`${name}:`) ? `${name}:${salted}:${day}:${line.split(':').slice(3).join(':')}` : line)),
  )
}
function rewrite(call: Call, path: string, edit: (lines: string[]) => string[]): void {
  const lines = call.fs
    .read(path, ROOT)
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
  call.fs.write(path, Buffer.from(`${edit(lines).join('\n')}\n`, 'latin1'), ROOT)
}

async function chpasswd(call: Call): Promise<number> {
  if (call.as.uid !== 0) return await call.err('chpasswd: cannot lock /etc/passwd; try again later.\n').then(() => 1)
  let status = 0
  let number = 0
  for (let line = await readLine(call.stdin); line !== ''; line = await readLine(call.stdin)) {
    number++
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon))
    if (colon < 0) {
      await call.err(`chpasswd: line ${number}: missing new password\n`)
      status = 1
    } else if (accountNamed(call, name) === undefined) {
      await call.err(
        `chpasswd: (user ${name}) pam_chauthtok() failed, error:\nAuthentication token manipulation error\nchpasswd: (line ${number}, user ${name}) password not changed\n`,
      )
      status = 1
    } else change(call, name, line.slice(colon + 1).replace(/\n$/, ''))
  }
  return status
}

async function useradd(call: Call): Promise<number> {
  const friendly = baseName(call.name) === 'adduser'
  const takes = new Set([
    '-u',
    '-g',
    '-G',
    '-d',
    '-s',
    '-c',
    '-p',
    '-e',
    '-k',
    '-b',
    '--uid',
    '--gid',
    '--home',
    '--shell',
    '--gecos',
    '--ingroup',
  ])
  const option = (...names: readonly string[]): string | undefined =>
    call.args[call.args.findIndex((arg) => names.includes(arg)) + 1 || call.args.length]
  const rest = call.args.filter((arg, i) => !arg.startsWith('-') && !takes.has(call.args[i - 1] ?? ''))
  const name = rest[0]
  if (name === undefined)
    return await call
      .err(
        friendly
          ? 'adduser: Only one or two names allowed.\n'
          : 'Usage: useradd [options] LOGIN\n       useradd -D\n       useradd -D [options]\n',
      )
      .then(() => (friendly ? 1 : 2))
  if (call.as.uid !== 0)
    return await call
      .err(
        friendly
          ? 'adduser: Only root may add a user or group to the system.\n'
          : 'useradd: Permission denied.\nuseradd: cannot lock /etc/passwd; try again later.\n',
      )
      .then(() => 1)
  if (!/^[a-z_][a-z0-9_-]*\$?$/i.test(name))
    return await call.err(`${baseName(call.name)}: invalid user name '${name}': use --badname to ignore\n`).then(() => 3)
  if (accountNamed(call, name) !== undefined)
    return await call
      .err(friendly ? `adduser: The user \`${name}' already exists.\n` : `useradd: user '${name}' already exists\n`)
      .then(() => (friendly ? 1 : 9))
  const used = entries(call, '/etc/passwd').map((fields) => Number(fields[2]))
  const uid = Number(option('-u', '--uid') ?? Math.max(999, ...used.filter((one) => one < 60_000 && one >= 1000)) + 1)
  const home = option('-d', '--home') ?? `/home/${name}`
  const gid = Number(/^\d+$/.test(option('-g', '--gid') ?? '') ? option('-g', '--gid') : uid)
  rewrite(call, '/etc/passwd', (lines) => [
    ...lines,
    `${name}:x:${uid}:${gid}:${option('-c', '--gecos') ?? ''}:${home}:${option('-s', '--shell') ?? (friendly ? '/bin/bash' : '/bin/sh')}`,
  ])
  rewrite(call, '/etc/shadow', (lines) => [...lines, `${name}:!:${Math.floor(call.machine.now() / 86_400_000)}:0:99999:7:::`])
  if (gid === uid) rewrite(call, '/etc/group', (lines) => [...lines, `${name}:x:${gid}:`])
  if ((friendly || call.args.some((arg) => /^-\w*m/.test(arg))) && !call.fs.has(home, ROOT)) {
    call.fs.mkdir(home, ROOT, 0o755)
    call.fs.chown(home, uid, gid, ROOT)
  }
  const password = option('-p')
  if (password !== undefined && call.machine.passwords.size < PASSWORDS_MAX) call.machine.passwords.set(name, password)
  if (friendly) {
    await call.out(
      `Adding user \`${name}' ...\nAdding new group \`${name}' (${gid}) ...\nAdding new user \`${name}' (${uid}) with group \`${name} (${gid})' ...\nCreating home directory \`${home}' ...\nCopying files from \`/etc/skel' ...\n`,
    )
    if (!call.args.includes('--disabled-password')) await passwd(new Call(call.runner, call.state, 'passwd', [name]))
  }
  return 0
}
async function userdel(call: Call): Promise<number> {
  const name = call.args.find((arg) => !arg.startsWith('-')) ?? ''
  if (call.as.uid !== 0)
    return await call.err('userdel: Permission denied.\nuserdel: cannot lock /etc/passwd; try again later.\n').then(() => 1)
  if (accountNamed(call, name) === undefined) return await call.err(`userdel: user '${name}' does not exist\n`).then(() => 6)
  for (const path of ['/etc/passwd', '/etc/shadow', '/etc/group'])
    rewrite(call, path, (lines) => lines.filter((line) => !line.startsWith(`${name}:`)))
  return 0
}
async function usermod(call: Call): Promise<number> {
  const name = call.args.at(-1) ?? ''
  if (call.as.uid !== 0)
    return await call.err('usermod: Permission denied.\nusermod: cannot lock /etc/passwd; try again later.\n').then(() => 1)
  if (accountNamed(call, name) === undefined) return await call.err(`usermod: user '${name}' does not exist\n`).then(() => 6)
  const groups = call.args[call.args.findIndex((arg) => /^-a?G$/.test(arg)) + 1]?.split(',') ?? []
  rewrite(call, '/etc/group', (lines) =>
    lines.map((line) =>
      groups.includes(line.split(':')[0] ?? '') && !line.split(':')[3]?.split(',').includes(name)
        ? line + (line.endsWith(':') ? name : `,${name}`)
        : line,
    ),
  )
  return 0
}
async function groupadd(call: Call): Promise<number> {
  const name = call.args.find((arg, i) => !arg.startsWith('-') && call.args[i - 1] !== '-g') ?? ''
  if (call.as.uid !== 0)
    return await call.err('groupadd: Permission denied.\ngroupadd: cannot lock /etc/group; try again later.\n').then(() => 10)
  const groups = entries(call, '/etc/group')
  if (groups.some((fields) => fields[0] === name)) return await call.err(`groupadd: group '${name}' already exists\n`).then(() => 9)
  const gid = Math.max(999, ...groups.map((fields) => Number(fields[2])).filter((one) => one < 60_000)) + 1
  rewrite(call, '/etc/group', (lines) => [...lines, `${name}:x:${gid}:`])
  return 0
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
export const privilege: Programs = {
  su,
  sudo,
  passwd,
  chpasswd,
  useradd,
  adduser: useradd,
  userdel,
  deluser: userdel,
  usermod,
  groupadd,
  addgroup: groupadd,
  getent,
  visudo: () => 1,
  chage: () => 0,
  chsh: () => 0,
  runuser: su,
}
