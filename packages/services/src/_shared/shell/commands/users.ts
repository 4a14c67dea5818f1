import { Call, type Programs } from '../interpreter/call.ts'
import { readLine } from '../interpreter/streams.ts'
import { FileError } from '../port.ts'
import { type Options, optionsOf } from './options.ts'
import { editing, passwords, rewrite, setHash, today } from './passwords.ts'

const ROOT = { uid: 0, gid: 0, groups: [0] }
/** Lines of an account file at most; a host that is full says that it cannot write. */
const MOST = 400
const VALID = /^[a-z_][a-z0-9_-]{0,31}\$?$/i

const exists = (call: Call, name: string): boolean => call.machine.userNamed(name) !== undefined
const groupIdOf = (call: Call, group: string): string | undefined =>
  call.machine.accounts.entries('group').find((fields) => fields[0] === group || fields[2] === group)?.[2]

/** Ids from 1000 on, or a system's downwards from 999, that no line has. */
function freeId(call: Call, system: boolean): number {
  const { accounts } = call.machine
  const used = new Set([...accounts.entries('passwd'), ...accounts.entries('group')].map((fields) => Number(fields[2])))
  if (system) for (let id = 999; id >= 100; id--) if (!used.has(id)) return id
  return Math.max(999, ...[...used].filter((id) => id >= 1000 && id < 60_000)) + 1
}

interface NewAccount {
  readonly name: string
  readonly uid: string
  readonly gid: string
  readonly gecos: string
  readonly home: string
  readonly shell: string
  readonly hash: string
}
/** The lines of an account; false when the files take no more. */
async function addAccount(call: Call, account: NewAccount): Promise<boolean> {
  const { name, uid, gid, gecos, home, shell, hash } = account
  const { accounts } = call.machine
  if (accounts.lines('passwd').length >= MOST || /[:\n]/.test(gecos + home + shell + hash)) return false
  return (
    (await rewrite(call, 'passwd', (lines) => [...lines, [name, 'x', uid, gid, gecos, home, shell].join(':')])) &&
    (await rewrite(call, 'shadow', (lines) => [...lines, `${name}:${hash}:${today(call)}:0:99999:7:::`]))
  )
}
async function addGroup(call: Call, name: string, gid: string): Promise<boolean> {
  if (call.machine.accounts.lines('group').length >= MOST) return false
  return (
    (await rewrite(call, 'group', (lines) => [...lines, `${name}:x:${gid}:`])) &&
    (await rewrite(call, 'gshadow', (lines) => [...lines, `${name}:!::`]))
  )
}
/** The home folder with what `/etc/skel` holds. */
async function makeHome(call: Call, home: string, uid: number, gid: number): Promise<boolean> {
  return await call.attempt(
    () => {
      call.fs.mkdir(home, ROOT, call.machine.persona.os.id === 'ubuntu' ? 0o750 : 0o700)
      for (const name of call.fs.list('/etc/skel', ROOT)) {
        const from = `/etc/skel/${name}`
        if (call.fs.stat(from, ROOT).kind !== 'file') continue
        call.fs.write(`${home}/${name}`, call.fs.read(from, ROOT), ROOT)
        call.fs.chown(`${home}/${name}`, uid, gid, ROOT)
      }
      call.fs.chown(home, uid, gid, ROOT)
      return true
    },
    () => false,
  )
}
const joinGroups = async (call: Call, name: string, groups: readonly string[], alone: boolean): Promise<boolean> =>
  await rewrite(call, 'group', (lines) =>
    lines.map((line) => {
      const [group = '', mark = '', gid = '', list = ''] = line.split(':')
      const members = list.split(',').filter((one) => one !== '' && !(alone && one === name && !groups.includes(group)))
      const added = groups.includes(group) && !members.includes(name) ? [...members, name] : members
      return [group, mark, gid, added.join(',')].join(':')
    }),
  )

const USERADD = 'Usage: useradd [options] LOGIN\n       useradd -D\n       useradd -D [options]\n'
const LONG = {
  'base-dir=': 'b',
  'comment=': 'c',
  'home-dir=': 'd',
  'home=': 'd',
  'gid=': 'g',
  'groups=': 'G',
  append: 'a',
  'create-home': 'm',
  'no-create-home': 'M',
  'no-user-group': 'N',
  'non-unique': 'o',
  'password=': 'p',
  system: 'r',
  'shell=': 's',
  'uid=': 'u',
  'user-group': 'U',
  'expiredate=': 'e',
  'inactive=': 'f',
  'login=': 'l',
  lock: 'L',
  unlock: 'U',
  defaults: 'D',
  badname: 'badname',
}
const may = async (call: Call): Promise<boolean> => {
  if (call.as.uid === 0) return true
  await call.err(
    `${call.name}: Permission denied.\n${call.name}: cannot lock /etc/${call.name.startsWith('group') ? 'group' : 'passwd'}; try again later.\n`,
  )
  return false
}
/** Groups of `-g` and `-G`; tells of the first that is not there. */
async function unknownGroup(call: Call, options: Options): Promise<boolean> {
  for (const group of [...(options.value('g')?.split('\0') ?? []), ...(options.value('G')?.split(',') ?? [])]) {
    if (group === '' || groupIdOf(call, group) !== undefined) continue
    await call.err(`${call.name}: group '${group}' does not exist\n`)
    return true
  }
  return false
}

async function useradd(call: Call): Promise<number> {
  const options = await optionsOf(call, 'b:c:d:De:f:g:G:hk:K:lmMNop:rs:u:U', LONG)
  if (options === null) return 2
  if (options.has('D'))
    return await call
      .out('GROUP=100\nHOME=/home\nINACTIVE=-1\nEXPIRE=\nSHELL=/bin/sh\nSKEL=/etc/skel\nCREATE_MAIL_SPOOL=no\nLOG_INIT=yes\n')
      .then(() => 0)
  const [name] = options.rest
  if (name === undefined) return await call.err(USERADD).then(() => 2)
  if (!(await may(call))) return 1
  if (!VALID.test(name) && !options.has('badname'))
    return await call.err(`useradd: invalid user name '${name}': use --badname to ignore\n`).then(() => 3)
  if (exists(call, name) || /[:\n]/.test(name)) return await call.err(`useradd: user '${name}' already exists\n`).then(() => 9)
  if (await unknownGroup(call, options)) return 6
  const asked = options.value('u')
  if (asked !== undefined && !/^\d{1,9}$/.test(asked)) return await call.err(`useradd: invalid user ID '${asked}'\n`).then(() => 3)
  if (asked !== undefined && !options.has('o') && call.machine.accounts.entries('passwd').some((fields) => fields[2] === asked))
    return await call.err(`useradd: UID ${asked} is not unique\n`).then(() => 4)
  const system = options.has('r')
  const uid = asked ?? String(freeId(call, system))
  const own = options.value('g') === undefined && !options.has('N')
  if (own && groupIdOf(call, name) !== undefined)
    return await call.err(`useradd: group ${name} exists - if you want to add this user to that group, use -g.\n`).then(() => 9)
  const gid = own ? uid : (groupIdOf(call, options.value('g') ?? 'users') ?? '100')
  const home = options.value('d') ?? `${options.value('b') ?? '/home'}/${name}`
  if (!system && Number(uid) < 1000)
    await call.err(`useradd warning: ${name}'s uid ${uid} outside of the UID_MIN 1000 and UID_MAX 60000 range.\n`)
  const shell = options.value('s') ?? '/bin/sh'
  const account = { name, uid, gid, gecos: options.value('c') ?? '', home, shell, hash: options.value('p') ?? '!' }
  if (!(await addAccount(call, account)) || (own && !(await addGroup(call, name, gid))))
    return await call.err('useradd: failure while writing changes to /etc/passwd\n').then(() => 1)
  if (options.has('G')) await joinGroups(call, name, options.value('G')?.split(',') ?? [], false)
  if (!options.has('m')) return 0
  if (call.fs.has(home, ROOT))
    await call.err(
      `useradd: warning: the home directory ${home} already exists.\nuseradd: Not copying any file from skel directory into it.\n`,
    )
  else if (!(await makeHome(call, home, Number(uid), Number(gid))))
    return await call.err(`useradd: cannot create directory ${home}\n`).then(() => 12)
  return 0
}

const CHFN = ['Full Name', 'Room Number', 'Work Phone', 'Home Phone', 'Other']
async function adduser(call: Call): Promise<number> {
  const options = await optionsOf(call, 'q', {
    ...LONG,
    'gecos=': 'c',
    'comment=': 'c',
    'ingroup=': 'g',
    'disabled-password': 'locked',
    'disabled-login': 'locked',
    quiet: 'q',
    'force-badname': 'badname',
    'allow-bad-names': 'badname',
    'no-create-home': 'M',
    group: 'group',
  })
  if (options === null) return 1
  const [name, group] = options.rest
  const { machine } = call
  const info = machine.persona.os.distro === 'ubuntu24' ? 'info: ' : ''
  const say = async (text: string): Promise<void> => {
    if (!options.has('q')) await call.out(`${info}${text}\n`)
  }
  if (name === undefined) return await call.err('adduser: Only one or two names allowed.\n').then(() => 1)
  if (call.as.uid !== 0) return await call.err('adduser: Only root may add a user or group to the system.\n').then(() => 1)
  if (group !== undefined) {
    if (!exists(call, name)) return await call.err(`adduser: The user \`${name}' does not exist.\n`).then(() => 1)
    if (groupIdOf(call, group) === undefined) return await call.err(`adduser: The group \`${group}' does not exist.\n`).then(() => 1)
    await say(`Adding user \`${name}' to group \`${group}' ...`)
    await joinGroups(call, name, [group], false)
    return await call.out('Done.\n').then(() => 0)
  }
  if (!VALID.test(name) || (!/^[a-z]/.test(name) && !options.has('badname')))
    return await call
      .err(
        `adduser: Please enter a username matching the regular expression\nconfigured via the NAME_REGEX[_SYSTEM] configuration variable.  Use the\n\`--allow-bad-names' option to relax this check or reconfigure NAME_REGEX.\n`,
      )
      .then(() => 1)
  if (exists(call, name)) return await call.err(`adduser: The user \`${name}' already exists.\n`).then(() => 1)
  const asked = options.value('u')
  const uid = asked !== undefined && /^\d{1,9}$/.test(asked) ? asked : String(freeId(call, options.has('r')))
  const own = options.value('g') === undefined
  const gid = own ? uid : (groupIdOf(call, options.value('g') ?? '') ?? uid)
  const home = options.value('d') ?? `/home/${name}`
  await say(`Adding user \`${name}' ...`)
  if (own) await say(`Adding new group \`${name}' (${gid}) ...`)
  await say(`Adding new user \`${name}' (${uid}) with group \`${options.value('g') ?? name} (${gid})' ...`)
  const gecos = options.value('c') ?? ''
  const account = { name, uid, gid, gecos, home, shell: options.value('s') ?? '/bin/bash', hash: '!' }
  if (!(await addAccount(call, account)) || (own && !(await addGroup(call, name, gid))))
    return await call.err("adduser: `/sbin/useradd' returned error code 1. Exiting.\n").then(() => 1)
  if (!options.has('M')) {
    await say(`Creating home directory \`${home}' ...`)
    await say("Copying files from `/etc/skel' ...")
    if (!call.fs.has(home, ROOT)) await makeHome(call, home, Number(uid), Number(gid))
  }
  if (!options.has('locked')) await passwords.passwd?.(new Call(call.runner, call.state, 'passwd', [name]))
  if (!options.has('c')) await describe(call, name)
  if (machine.persona.os.distro === 'ubuntu22') return 0
  await say(`Adding new user \`${name}' to supplemental / extra groups \`users' ...`)
  await say(`Adding user \`${name}' to group \`users' ...`)
  await joinGroups(call, name, ['users'], false)
  return 0
}
/** chfn(1) as adduser runs it. */
async function describe(call: Call, name: string): Promise<void> {
  await call.out(`Changing the user information for ${name}\nEnter the new value, or press ENTER for the default\n`)
  const values: string[] = []
  for (const field of CHFN) {
    await call.out(`\t${field} []: `)
    values.push((await readLine(call.stdin)).trim().replace(/[:,=\n]/g, ''))
  }
  await call.out('Is the information correct? [Y/n] ')
  await readLine(call.stdin)
  const gecos = values.join(',').replace(/,$/, '')
  await rewrite(
    call,
    'passwd',
    editing(name, (fields) => fields.with(4, gecos === ',,,' ? ',,,' : gecos)),
  )
}

async function userdel(call: Call): Promise<number> {
  const friendly = call.name.endsWith('deluser')
  const [name = '', group] = call.args.filter((arg) => !arg.startsWith('-'))
  if (call.as.uid !== 0 && friendly) return await call.err('deluser: Only root may remove a user or group from the system.\n').then(() => 1)
  if (!(await may(call))) return 1
  const user = call.machine.userNamed(name)
  if (user === undefined)
    return await call
      .err(friendly ? `deluser: The user \`${name}' does not exist.\n` : `userdel: user '${name}' does not exist\n`)
      .then(() => (friendly ? 2 : 6))
  if (friendly && group !== undefined) {
    await call.out(`Removing user \`${name}' from group \`${group}' ...\n`)
    await rewrite(
      call,
      'group',
      editing(group, (fields) =>
        fields.with(
          3,
          (fields[3] ?? '')
            .split(',')
            .filter((one) => one !== name)
            .join(','),
        ),
      ),
    )
    return await call.out('Done.\n').then(() => 0)
  }
  if (friendly) await call.out(`Removing user \`${name}' ...\n`)
  for (const file of ['passwd', 'shadow'] as const)
    await rewrite(call, file, (lines) => lines.filter((line) => !line.startsWith(`${name}:`)))
  await joinGroups(call, name, [], true)
  for (const file of ['group', 'gshadow'] as const)
    await rewrite(call, file, (lines) => lines.filter((line) => !line.startsWith(`${name}:`)))
  if (call.args.some((arg) => /^-\w*r|^--remove(-home)?$/.test(arg))) {
    if (!friendly) await call.err(`userdel: ${name} mail spool (/var/mail/${name}) not found\n`)
    if (/^\/home\/[^/]/.test(user.home)) removeTree(call, user.home, 0)
  }
  if (friendly) await call.out('Done.\n')
  return 0
}
function removeTree(call: Call, path: string, depth: number): void {
  try {
    if (call.fs.lstat(path, ROOT).kind !== 'directory') call.fs.remove(path, ROOT)
    else {
      if (depth < 64) for (const name of call.fs.list(path, ROOT)) removeTree(call, `${path}/${name}`, depth + 1)
      call.fs.rmdir(path, ROOT)
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error
  }
}

async function usermod(call: Call): Promise<number> {
  const options = await optionsOf(call, 'ac:d:e:f:g:G:hl:Lmop:rs:u:U', LONG)
  if (options === null) return 2
  const [name] = options.rest
  if (name === undefined) return await call.err('Usage: usermod [options] LOGIN\n').then(() => 2)
  if (!(await may(call))) return 1
  if (!exists(call, name)) return await call.err(`usermod: user '${name}' does not exist\n`).then(() => 6)
  if (await unknownGroup(call, options)) return 6
  const given = (letter: string, fallback: string): string => {
    const value = options.value(letter)
    return value === undefined || /[:\n]/.test(value) ? fallback : value
  }
  const hash = options.value('p')
  if (hash !== undefined) await setHash(call, name, () => given('p', '!'))
  if (options.has('L')) await setHash(call, name, (before) => (before.startsWith('!') ? before : `!${before}`))
  if (options.has('U')) await setHash(call, name, (before) => before.replace(/^!(?=.)/, ''))
  if (options.has('G')) await joinGroups(call, name, options.value('G')?.split(',') ?? [], !options.has('a'))
  const renamed = given('l', name)
  if (renamed !== name && (!VALID.test(renamed) || exists(call, renamed)))
    return await call.err(`usermod: user '${renamed}' already exists\n`).then(() => 9)
  await rewrite(
    call,
    'passwd',
    editing(name, ([, mark = 'x', uid = '', gid = '', gecos = '', home = '', shell = '']) => [
      renamed,
      mark,
      /^\d{1,9}$/.test(given('u', uid)) ? given('u', uid) : uid,
      groupIdOf(call, given('g', gid)) ?? gid,
      given('c', gecos),
      given('d', home),
      given('s', shell),
    ]),
  )
  if (renamed !== name)
    await rewrite(
      call,
      'shadow',
      editing(name, ([, ...rest]) => [renamed, ...rest]),
    )
  return 0
}

async function groupadd(call: Call): Promise<number> {
  const name = call.args.find((arg, i) => !arg.startsWith('-') && call.args[i - 1] !== '-g') ?? ''
  if (!(await may(call))) return 10
  if (groupIdOf(call, name) !== undefined) return await call.err(`groupadd: group '${name}' already exists\n`).then(() => 9)
  if (!VALID.test(name)) return await call.err(`groupadd: '${name}' is not a valid group name\n`).then(() => 3)
  const asked = call.args[call.args.indexOf('-g') + 1]
  const gid = call.args.includes('-g') && asked !== undefined && /^\d{1,9}$/.test(asked) ? asked : String(freeId(call, false))
  return (await addGroup(call, name, gid)) ? 0 : await call.err('groupadd: failure while writing changes to /etc/group\n').then(() => 10)
}
/** chsh -s SHELL NAME. */
async function chsh(call: Call): Promise<number> {
  const options = await optionsOf(call, 's:', { 'shell=': 's' })
  const shell = options?.value('s')
  const name = options?.rest[0] ?? call.state.user.name
  if (shell === undefined) return 0
  if (call.as.uid !== 0 && name !== call.state.user.name)
    return await call.err(`You may not change the shell for '${name}'.\n`).then(() => 1)
  await rewrite(
    call,
    'passwd',
    editing(name, (fields) => fields.with(6, shell.replace(/[:\n]/g, ''))),
  )
  return 0
}

export const users: Programs = { useradd, adduser, userdel, deluser: userdel, usermod, groupadd, addgroup: groupadd, chsh }
