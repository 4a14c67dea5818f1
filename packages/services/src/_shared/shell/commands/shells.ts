import { own } from '@decnet/kernel'
import { printEcho } from '../interpreter/builtins/echo.ts'
import { Call, type Programs } from '../interpreter/call.ts'
import { execute, findProgram } from '../interpreter/launch.ts'
import type { State } from '../interpreter/state.ts'
import { toText } from '../interpreter/streams.ts'
import { evaluateTest, TestProblem } from '../interpreter/test.ts'
import { baseName } from '../paths.ts'
import { converse } from '../terminal/interact.ts'
import { obey } from '../terminal/script-input.ts'
import { Terminal } from '../terminal/terminal.ts'

/** `bash`, `sh` and their kind, with a script, `-c`, standard input or a person. */
async function shell(call: Call): Promise<number> {
  const flavour = /(^|\/)-?(sh|dash|ash)$/.test(call.name) ? 'dash' : 'bash'
  const state = startState(call, flavour)
  const args = [...call.args]
  let command = false
  let interactive = false
  let standard = false
  while (args[0] !== undefined && /^[-+]./.test(args[0])) {
    const arg = args.shift() ?? ''
    if (arg === '--') break
    if (arg === '--version') return await version(call)
    if (arg === '--login' || arg.startsWith('--')) continue
    for (const letter of arg.slice(1)) {
      if (letter === 'c') command = true
      else if (letter === 'i') interactive = true
      else if (letter === 's') standard = true
      else if (letter === 'o' || letter === 'O') args.shift()
      else if (letter !== 'l' && arg.startsWith('-')) state.options.add(letter)
    }
  }
  if (command) {
    const text = args.shift()
    if (text === undefined) {
      await call.err(
        `${flavour === 'dash' ? 'sh: 0: ' : `${call.name}: `}-c${flavour === 'dash' ? ' requires an argument' : ': option requires an argument'}\n`,
      )
      return 2
    }
    state.zero = args.shift() ?? call.name
    state.positional = args
    return await call.runner.source(text, state, { commandString: true })
  }
  const path = standard ? undefined : args.shift()
  if (path !== undefined) {
    state.zero = path
    state.positional = args
    return await runFile(call, state, path, flavour)
  }
  state.positional = args
  if ((interactive || call.stdin.tty) && call.session.terminal instanceof Terminal && call.stdin.tty) {
    state.interactive = true
    state.login = false
    state.set('PS1', call.env('PS1') ?? (flavour === 'dash' ? (call.as.uid === 0 ? '# ' : '$ ') : '\\s-\\v\\$ '))
    if (flavour === 'dash') state.set('PS1', call.as.uid === 0 ? '# ' : '$ ')
    state.set('PS2', '> ')
    return await converse(call.runner, state, call.session.terminal)
  }
  return await obey(call.runner, state)
}

function startState(call: Call, flavour: 'bash' | 'dash'): State {
  const { state } = call
  const environment = state.environment()
  const ps1 = state.get('PS1')
  state.variables = new Map([...environment].map(([name, value]) => [name, { value, exported: true }]))
  state.set('IFS', ' \t\n')
  state.set('OPTIND', '1')
  state.set('PS4', '+ ')
  if (ps1 !== undefined) state.variables.set('PS1', { value: ps1 })
  if (flavour === 'bash')
    for (const name of ['BASH_VERSION', 'HOSTNAME', 'HOSTTYPE', 'OSTYPE', 'BASH'])
      state.variables.set(name, { value: call.session.constants.get(name) ?? '' })
  state.set('SHLVL', String((Number(state.get('SHLVL') ?? 0) || 0) + 1), { export: true })
  state.flavour = flavour
  state.zero = call.name
  state.parentPid = state.shellPid
  state.shellPid = state.pid
  state.options = new Set()
  state.positional = []
  state.interactive = false
  state.login = false
  state.conditions = 0
  state.functionDepth = 0
  state.history = []
  return state
}

async function runFile(call: Call, state: State, path: string, flavour: 'bash' | 'dash'): Promise<number> {
  const found = path.includes('/') || exists(call, path) ? path : (findProgram(state, path) ?? path)
  const text = await call.attempt<string | null>(
    () => toText(call.fs.read(call.path(found), call.as)),
    async (reason, error) => {
      const what =
        flavour === 'dash'
          ? `${call.name}: 0: cannot open ${path}: ${error.code === 'ENOENT' ? 'No such file' : reason}`
          : error.code === 'EISDIR'
            ? `${path}: ${path}: Is a directory`
            : `${call.name}: ${path}: ${reason}`
      await call.err(`${what}\n`)
      return null
    },
  )
  if (text === null) return flavour === 'dash' ? 2 : call.name === path ? 126 : 127
  if (text.startsWith('\x7fELF') || /^[^\n]{0,80}\0/.test(text)) {
    if (flavour === 'dash') await call.err(`${path}: 1: Syntax error: "(" unexpected\n`)
    else await call.err(`${path}: ${path}: cannot execute binary file\n`)
    return flavour === 'dash' ? 2 : 126
  }
  return await call.runner.source(text, state, { name: path })
}
const exists = (call: Call, path: string): boolean => call.fs.list(call.path('.'), { uid: 0, gid: 0, groups: [] }).includes(path)

async function version(call: Call): Promise<number> {
  await call.out(
    `GNU bash, version ${call.session.constants.get('BASH_VERSION') ?? ''} (x86_64-pc-linux-gnu)\nCopyright (C) 2022 Free Software Foundation, Inc.\nLicense GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>\n\nThis is free software; you are free to change and redistribute it.\nThere is NO WARRANTY, to the extent permitted by law.\n`,
  )
  return 0
}

/** Runs another program by name, as env, nohup, xargs, timeout, busybox do. */
export async function runOther(
  call: Call,
  name: string,
  args: readonly string[],
  missing: (name: string) => string = (one) =>
    `${call.name}: ${Buffer.from('‘').toString('latin1')}${one}${Buffer.from('’').toString('latin1')}: No such file or directory\n`,
): Promise<number> {
  const path = name.includes('/') ? name : findProgram(call.state, name)
  if (path === undefined || (name.includes('/') && !call.fs.has(call.path(name), call.as))) {
    await call.err(missing(name))
    return 127
  }
  return await execute(call.runner, call.state, path, name, args)
}

async function env(call: Call): Promise<number> {
  const args = [...call.args]
  while (args[0]?.startsWith('-') === true) {
    const arg = args.shift() ?? ''
    if (arg === '-i' || arg === '-' || arg === '--ignore-environment') call.state.variables = new Map()
    else if (arg === '-u') call.state.variables.delete(args.shift() ?? '')
    else if (arg === '--') break
  }
  while (args[0]?.includes('=') === true) {
    const [name = '', ...rest] = (args.shift() ?? '').split('=')
    call.state.set(name, rest.join('='), { export: true })
  }
  const name = args.shift()
  if (name !== undefined) return await runOther(call, name, args)
  for (const [key, value] of call.state.environment()) await call.out(`${key}=${value}\n`)
  await call.out(`_=/usr/bin/env\n`)
  return 0
}
async function printenv(call: Call): Promise<number> {
  const environment = call.state.environment()
  if (call.args.length === 0) {
    for (const [key, value] of environment) await call.out(`${key}=${value}\n`)
    await call.out('_=/usr/bin/printenv\n')
    return 0
  }
  let status = 0
  for (const name of call.args) {
    const value = environment.get(name)
    if (value === undefined) status = 1
    else await call.out(`${value}\n`)
  }
  return status
}

const APPLETS =
  '[ [[ acpid adjtimex ar arch arp arping ascii ash awk base64 basename bc blkdiscard blkid blockdev brctl bunzip2 busybox bzcat bzip2 cal cat chgrp chmod chown chpasswd chroot chvt clear cmp cp cpio crc32 cttyhack cut date dc dd deallocvt depmod devmem df diff dirname dmesg dnsdomainname dos2unix du dumpkmap dumpleases echo egrep env expand expr factor fallocate false fatattr fdisk fgrep find findfs fold free freeramdisk fsfreeze fstrim ftpget ftpput getopt getty grep groups gunzip gzip halt head hexdump hostid hostname httpd hwclock i2cdetect i2cdump i2cget i2cset i2ctransfer id ifconfig ifdown ifup init insmod ionice ip ipcalc kill killall klogd last less link linux32 linux64 linuxrc ln loadfont loadkmap logger login logname logread losetup ls lsmod lsscsi lzcat lzma lzop md5sum mdev microcom mim mkdir mkdosfs mke2fs mkfifo mknod mkpasswd mkswap mktemp modinfo modprobe more mount mt mv nameif nbd-client nc netstat nl nologin nproc nsenter nslookup nuke od openvt partprobe paste patch pidof ping ping6 pivot_root poweroff printf ps pwd rdate readlink realpath reboot reset resume rev rm rmdir rmmod route rpm rpm2cpio run-init run-parts sed seq setkeycodes setpriv setsid sh sha1sum sha256sum sha3sum sha512sum shred shuf sleep sort ssl_client start-stop-daemon stat strings stty su sulogin svc svok swapoff swapon switch_root sync sysctl syslogd tac tail tar taskset tc tee telnet test tftp time timeout top touch tr traceroute traceroute6 true truncate ts tty ubirename udhcpc udhcpc6 udhcpd uevent umount uname uncompress unexpand uniq unix2dos unlink unlzma unshare unxz unzip uptime usleep uudecode uuencode vconfig vi w watch watchdog wc wget which who whoami xargs xxd xz xzcat yes zcat'.split(
    ' ',
  )
const BUSYBOX: Readonly<Record<string, string>> = {
  debian12: 'BusyBox v1.35.0 (Debian 1:1.35.0-4+b3)',
  ubuntu22: 'BusyBox v1.30.1 (Ubuntu 1:1.30.1-7ubuntu3.1)',
  ubuntu24: 'BusyBox v1.36.1 (Ubuntu 1:1.36.1-6ubuntu3.1)',
}

async function busybox(call: Call): Promise<number> {
  const name = baseName(call.name) === 'busybox' ? call.args[0] : baseName(call.name)
  const args = baseName(call.name) === 'busybox' ? call.args.slice(1) : call.args
  if (name === undefined || name === '--help') {
    await call.out(
      `${BUSYBOX[call.machine.persona.os.distro]} multi-call binary.\nBusyBox is copyrighted by many authors between 1998-2015.\nLicensed under GPLv2. See source distribution for detailed\ncopyright notices.\n\nUsage: busybox [function [arguments]...]\n   or: busybox --list[-full]\n   or: busybox --install [-s] [DIR]\n   or: function [arguments]...\n\n\tBusyBox is a multi-call binary that combines many common Unix\n\tutilities into a single executable.  Most people will create a\n\tlink to busybox for each function they wish to use and BusyBox\n\twill act like whatever it was invoked as.\n\nCurrently defined functions:\n${wrapped(APPLETS)}\n`,
    )
    return 0
  }
  if (name === '--list') return await call.out(`${APPLETS.join('\n')}\n`).then(() => 0)
  if (name === '--install') return 0
  const program = APPLETS.includes(name) ? (call.session.catalogue.programs[name] ?? call.session.catalogue.builtins[name]) : undefined
  if (!APPLETS.includes(name)) {
    await call.err(`${name}: applet not found\n`)
    return 127
  }
  return program === undefined ? 0 : await program(new Call(call.runner, call.state, name, args))
}
function wrapped(names: readonly string[]): string {
  const rows: string[] = []
  let row = ''
  for (const name of names) {
    if (row.length + name.length + 2 > 70) {
      rows.push(row)
      row = ''
    }
    row += `${row === '' ? '\t' : ' '}${name},`
  }
  return `${[...rows, row].join('\n').replace(/,$/, '')}`
}

async function prefixed(call: Call): Promise<number> {
  const args = [...call.args]
  const takes: Readonly<Record<string, string>> = {
    nice: 'n',
    timeout: 'ks',
    ionice: 'cnp',
    stdbuf: 'ioe',
    setsid: '',
    nohup: '',
    time: 'of',
    chroot: '',
  }
  const name = baseName(call.name)
  while (args[0]?.startsWith('-') === true) {
    const arg = args.shift() ?? ''
    if (arg.length === 2 && (own(takes, name) ?? '').includes(arg.slice(1))) args.shift()
  }
  let limit: number | null = null
  if (name === 'timeout') {
    const found = /^(\d*\.?\d+)([smhd]?)$/.exec(args.shift() ?? '')
    if (found === null) return await call.fail('missing operand', 125)
    limit = Number(found[1]) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[found[2] || 's'] ?? 1) * 1000
  }
  const program = args.shift()
  if (program === undefined) {
    await call.err(`${name}: missing operand\nTry '${name} --help' for more information.\n`)
    return 125
  }
  if (name === 'nohup' && call.stdin.tty)
    await call.err(`nohup: ignoring input${call.toTty ? " and appending output to 'nohup.out'" : ''}\n`)
  const done = runOther(
    call,
    program,
    args,
    (one) =>
      `${name}: failed to run command ${Buffer.from('‘').toString('latin1')}${one}${Buffer.from('’').toString('latin1')}: No such file or directory\n`,
  )
  if (limit === null) return await done
  const abort = new AbortController()
  const signal = AbortSignal.any([call.state.signal, abort.signal])
  const outer = call.state.signal
  const late = call.sleep(limit).then((): 'late' => 'late')
  call.state.signal = signal
  const ended = await Promise.race([done, late])
  call.state.signal = outer
  if (ended !== 'late') return ended
  abort.abort(15)
  done.catch(() => undefined)
  return 124
}

async function sleep(call: Call): Promise<number> {
  let total = 0
  for (const arg of call.args) {
    const found = /^(\d*\.?\d+|inf(?:inity)?)([smhd]?)$/.exec(arg)
    if (found === null) {
      await call.err(
        `sleep: invalid time interval ${Buffer.from('‘').toString('latin1')}${arg}${Buffer.from('’').toString('latin1')}\nTry 'sleep --help' for more information.\n`,
      )
      return 1
    }
    total +=
      found[1]?.startsWith('inf') === true ? 2_000_000 : Number(found[1]) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[found[2] || 's'] ?? 1)
  }
  if (call.args.length === 0) {
    await call.err("sleep: missing operand\nTry 'sleep --help' for more information.\n")
    return 1
  }
  await call.sleep(Math.min(total * 1000, 2_147_483_647))
  return 0
}
async function test(call: Call): Promise<number> {
  try {
    return evaluateTest(call.state, call.name.endsWith('[') ? call.args.slice(0, -1) : call.args) ? 0 : 1
  } catch (error) {
    if (error instanceof TestProblem) return await call.fail(error.message, 2)
    throw error
  }
}

export const shells: Programs = {
  bash: shell,
  sh: shell,
  dash: shell,
  rbash: shell,
  ash: shell,
  busybox,
  env,
  printenv,
  sleep,
  usleep: async (call) => await call.sleep(Number(call.args[0] ?? 0) / 1000).then(() => 0),
  nohup: prefixed,
  setsid: prefixed,
  nice: prefixed,
  ionice: prefixed,
  timeout: prefixed,
  stdbuf: prefixed,
  time: prefixed,
  echo: (call) => (call.args[0] === '--version' ? call.out('echo (GNU coreutils) 9.1\n').then(() => 0) : printEcho(call)),
  true: () => 0,
  false: () => 1,
  test,
  '[': test,
  printf: (call) => call.session.catalogue.builtins.printf?.(call) ?? 0,
  pwd: async (call) => await call.out(`${call.state.cwd}\n`).then(() => 0),
  kill: (call) => call.session.catalogue.builtins.kill?.(call) ?? 0,
  nologin: async (call) => await call.out('This account is currently not available.\n').then(() => 1),
}
