import type { AccountFile } from '../accounts/accounts.ts'
import { crypt, cryptDigits } from '../accounts/crypt.ts'
import type { Call, Programs } from '../interpreter/call.ts'
import { readLine, toBytes } from '../interpreter/streams.ts'
import { strftime } from './strftime.ts'

/** A line typed without echo, or from a pipe. */
export async function secret(call: Call, prompt: string): Promise<string | null> {
  const { terminal } = call.session
  const typed = call.stdin.tty && terminal !== null
  if (typed) terminal.echo = false
  try {
    if (prompt !== '') await (typed ? call.out(prompt) : call.err(prompt))
    const line = await readLine(call.stdin)
    return line === '' ? null : line.replace(/\n$/, '')
  } finally {
    if (typed) {
      terminal.echo = true
      if (prompt !== '') await call.out('\n')
    }
  }
}
/** Whether it opens the account, by what stands on the machine now. */
export const known = (call: Call, name: string, password: string): boolean => call.machine.accounts.opens(name, toBytes(password))

/** Rewrites the lines of an account file as root's programs do; false when the disk refuses. */
export async function rewrite(call: Call, file: AccountFile, edit: (lines: readonly string[]) => readonly string[]): Promise<boolean> {
  const { accounts } = call.machine
  return await call.attempt(
    () => {
      call.fs.write(`/etc/${file}`, toBytes(`${edit(accounts.lines(file)).join('\n')}\n`), { uid: 0, gid: 0, groups: [0] })
      return true
    },
    () => false,
  )
}
/** Changes fields of the lines that begin with a name. */
export const editing =
  (name: string, change: (fields: readonly string[]) => readonly string[]) =>
  (lines: readonly string[]): readonly string[] =>
    lines.map((line) => (line.startsWith(`${name}:`) ? change(line.split(':')).join(':') : line))

export const today = (call: Call): number => Math.floor(call.machine.now() / 86_400_000)
/** Puts a hash into `/etc/shadow`. */
export const setHash = async (call: Call, name: string, hash: (before: string) => string): Promise<boolean> =>
  await rewrite(
    call,
    'shadow',
    editing(name, ([, before = '', , ...rest]) => [name, hash(before), String(today(call)), ...rest]),
  )
const setPassword = async (call: Call, name: string, password: string): Promise<boolean> => {
  const hash = call.machine.accounts.hashOf(name, toBytes(password))
  return await setHash(call, name, () => hash)
}
const hashNow = (call: Call, name: string): readonly string[] =>
  call.machine.accounts.entries('shadow').find((fields) => fields[0] === name) ?? []

async function passwd(call: Call): Promise<number> {
  const name = call.args.find((arg) => !arg.startsWith('-')) ?? call.state.user.name
  if (call.machine.userNamed(name) === undefined) return await call.err(`passwd: user '${name}' does not exist\n`).then(() => 1)
  if (call.as.uid !== 0 && name !== call.state.user.name)
    return await call.err(`passwd: You may not view or modify password information for ${name}.\n`).then(() => 1)
  const asked = /^-([Sdlue])/.exec(call.args.find((arg) => /^-[Sdlue]/.test(arg)) ?? '')?.[1]
  if (asked !== undefined) return await manage(call, name, asked)
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
  if (!(await setPassword(call, name, first))) return await wrong()
  await call.err('passwd: password updated successfully\n')
  return 0
}

/** `-S`, and what root does to a password without knowing it. */
async function manage(call: Call, name: string, asked: string): Promise<number> {
  const [, hash = '', day = ''] = hashNow(call, name)
  if (asked === 'S') {
    const state = hash === '' ? 'NP' : /^[!*]/.test(hash) ? 'L' : 'P'
    const date = strftime('%Y-%m-%d', call.machine.wall(Number(day) * 86_400_000), Number(day) * 86_400_000)
    return await call.out(`${name} ${state} ${date} 0 99999 7 -1\n`).then(() => 0)
  }
  if (call.as.uid !== 0) return await call.err('passwd: Permission denied.\n').then(() => 1)
  if (asked === 'u' && /^!?$/.test(hash))
    return await call
      .err(
        'passwd: unlocking the password would result in a passwordless account.\nYou should set a password with usermod -p to unlock the password of this account.\n',
      )
      .then(() => 3)
  if (asked !== 'e')
    await setHash(call, name, (before) =>
      asked === 'd' ? '' : asked === 'u' ? before.replace(/^!/, '') : before.startsWith('!') ? before : `!${before}`,
    )
  return await call.out('passwd: password changed.\n').then(() => 0)
}

async function chpasswd(call: Call): Promise<number> {
  if (call.as.uid !== 0) return await call.err('chpasswd: cannot lock /etc/passwd; try again later.\n').then(() => 1)
  const ready = call.args.some((arg) => /^-\w*e|^--encrypted$/.test(arg))
  let status = 0
  let number = 0
  for (let line = await readLine(call.stdin); line !== ''; line = await readLine(call.stdin)) {
    number++
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon))
    const given = line.slice(colon + 1).replace(/\n$/, '')
    if (colon < 0) {
      await call.err(`chpasswd: line ${number}: missing new password\n`)
      status = 1
    } else if (call.machine.userNamed(name) === undefined) {
      await call.err(
        ready
          ? `chpasswd: line ${number}: user '${name}' does not exist\n`
          : `chpasswd: (user ${name}) pam_chauthtok() failed, error:\nAuthentication token manipulation error\nchpasswd: (line ${number}, user ${name}) password not changed\n`,
      )
      status = 1
    } else if (ready) await setHash(call, name, () => given)
    else await setPassword(call, name, given)
  }
  return status
}

/** `openssl passwd`: hashes that `useradd -p` and `usermod -p` take. */
export async function opensslPasswd(call: Call): Promise<number> {
  const args = call.args.slice(1)
  let method = '1'
  let salt: string | undefined
  const words: string[] = []
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    if (/^-[156]$/.test(arg)) method = arg.slice(1)
    else if (arg === '-salt') salt = args.shift()
    else if (arg === '-stdin') words.push((await readLine(call.stdin)).replace(/\n$/, ''))
    else if (!arg.startsWith('-')) words.push(arg)
  }
  if (words.length === 0) {
    const first = await secret(call, 'Password: ')
    if (first === null || first !== (await secret(call, 'Verifying - Password: '))) return 1
    words.push(first)
  }
  for (const word of words) {
    const random = Array.from({ length: method === '1' ? 8 : 16 }, () => Math.floor(call.session.options.random() * 64))
    await call.out(`${crypt(toBytes(word), `$${method}$${salt ?? cryptDigits(Uint8Array.from(random))}`) ?? '<NULL>'}\n`)
  }
  return 0
}

export const passwords: Programs = { passwd, chpasswd, chage: () => 0 }
