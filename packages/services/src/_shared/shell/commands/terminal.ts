import { own } from '@decnet/kernel'
import type { Call, Programs } from '../interpreter/call.ts'
import { readLine } from '../interpreter/streams.ts'
import { baseName } from '../paths.ts'

const dumb = (call: Call): boolean => /^(dumb|)$/.test(call.env('TERM') ?? '')

async function clear(call: Call): Promise<number> {
  if (call.env('TERM') === undefined) return await call.err('TERM environment variable not set.\n').then(() => 1)
  if (!dumb(call)) await call.out(baseName(call.name) === 'reset' ? '\x1bc\x1b[!p\x1b[?3;4l\x1b[4l\x1b>\r' : '\x1b[H\x1b[2J\x1b[3J')
  return 0
}

async function stty(call: Call): Promise<number> {
  const { terminal } = call.session
  if (terminal === null || !call.stdin.tty) return await call.err("stty: 'standard input': Inappropriate ioctl for device\n").then(() => 1)
  const words = [...call.args]
  if (words.length === 0) return await call.out('speed 38400 baud; line = 0;\n-brkint -imaxbel\n').then(() => 0)
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === 'size') await call.out(`${terminal.rows} ${terminal.columns}\n`)
    else if (word === '-a' || word === '--all')
      await call.out(
        `speed 38400 baud; rows ${terminal.rows}; columns ${terminal.columns}; line = 0;\nintr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;\neol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;\nwerase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;\n-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts\n-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff\n-iuclc -ixany -imaxbel -iutf8\nopost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0\nisig ${terminal.canonical ? 'icanon' : '-icanon'} iexten ${terminal.echo ? 'echo' : '-echo'} echoe echok -echonl -noflsh -xcase -tostop -echoprt\nechoctl echoke -flusho -extproc\n`,
      )
    else if (word === '-g' || word === '--save')
      await call.out('500:5:bf:8a3b:3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0\n')
    else if (word === 'echo' || word === '-echo') terminal.echo = word === 'echo'
    else if (word === 'raw' || word === '-icanon' || word === 'cbreak') terminal.canonical = false
    else if (word === 'sane' || word === 'cooked' || word === '-raw' || word === 'icanon') terminal.canonical = true
    else if (word === 'cols' || word === 'columns') terminal.columns = Math.min(1000, Math.max(1, Number(words.shift()) || 80))
    else if (word === 'rows') terminal.rows = Math.min(1000, Math.max(1, Number(words.shift()) || 24))
    if (word === 'sane') terminal.echo = true
  }
  return 0
}

const CAPABILITIES: Readonly<Record<string, string>> = {
  clear: '\x1b[H\x1b[2J\x1b[3J',
  bold: '\x1b[1m',
  sgr0: '\x1b(B\x1b[m',
  smcup: '\x1b[?1049h',
  rmcup: '\x1b[?1049l',
  civis: '\x1b[?25l',
  cnorm: '\x1b[?25h',
  el: '\x1b[K',
  rev: '\x1b[7m',
  smul: '\x1b[4m',
  rmul: '\x1b[24m',
}
async function tput(call: Call): Promise<number> {
  const [name = '', value = ''] = call.args
  const { terminal } = call.session
  if (name === 'cols') await call.out(`${terminal?.columns ?? 80}\n`)
  else if (name === 'lines') await call.out(`${terminal?.rows ?? 24}\n`)
  else if (name === 'colors') await call.out(/256color/.test(call.env('TERM') ?? '') ? '256\n' : '8\n')
  else if (name === 'setaf') await call.out(`\x1b[3${value}m`)
  else if (name === 'setab') await call.out(`\x1b[4${value}m`)
  else {
    const capability = own(CAPABILITIES, name)
    if (capability === undefined) return await call.err(`tput: unknown terminfo capability '${name}'\n`).then(() => 4)
    await call.out(capability)
  }
  return 0
}

async function script(call: Call): Promise<number> {
  const name = baseName(call.name).startsWith('python') ? 'python' : 'perl'
  const { persona } = call.machine
  const version = { debian12: '3.11.2', ubuntu22: '3.10.12', ubuntu24: '3.12.3' }[persona.os.distro]
  const perl = {
    debian12: '5, version 36, subversion 0 (v5.36.0)',
    ubuntu22: '5, version 34, subversion 0 (v5.34.0)',
    ubuntu24: '5, version 38, subversion 2 (v5.38.2)',
  }[persona.os.distro]
  if (name === 'python' && call.args.some((arg) => arg === '-V' || arg === '--version'))
    return await call.out(`Python ${version}\n`).then(() => 0)
  if (name === 'perl' && call.args.some((arg) => arg === '-v' || arg === '--version'))
    return await call
      .out(
        `\nThis is perl ${perl} built for x86_64-linux-gnu-thread-multi\n(with 48 registered patches, see perl -V for more detail)\n\nCopyright 1987-2023, Larry Wall\n\nPerl may be copied only under the terms of either the Artistic License or the\nGNU General Public License, which may be found in the Perl 5 source kit.\n\n`,
      )
      .then(() => 0)
  const at = call.args.findIndex((arg) => arg === '-c' || arg === '-e' || arg === '-E')
  const source = at >= 0 ? (call.args[at + 1] ?? '') : ''
  if (at >= 0) {
    for (const found of source.matchAll(/print\s*\(?\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\d+(?:\s*[-+*]\s*\d+)?))/g)) {
      const text = (found[1] ?? found[2] ?? calculated(found[3] ?? '')).replaceAll('\\n', '\n').replaceAll('\\t', '\t')
      await call.out(name === 'python' ? `${text}\n` : text)
    }
    const spawn =
      /pty\.spawn\(\s*\[?["']([^"']+)["']/.exec(source)?.[1] ??
      /os\.system\(\s*["']([^"']+)["']/.exec(source)?.[1] ??
      /(?:system|exec)\s*\(?\s*["']([^"']+)["']/.exec(source)?.[1]
    if (spawn !== undefined) {
      const child = call.state.fork()
      return await call.runner.process(child, () => call.runner.source(spawn, child))
    }
    return 0
  }
  const path = call.args.find((arg) => !arg.startsWith('-'))
  if (path === undefined) {
    if (call.stdin.tty && name === 'python') {
      await call.out(
        `Python ${version} (main, Nov 30 2024, 21:22:50) [GCC 12.2.0] on linux\nType "help", "copyright", "credits" or "license" for more information.\n>>> `,
      )
      for (let line = await readLine(call.stdin); line !== ''; line = await readLine(call.stdin)) {
        if (/^(exit|quit)\(\)/.test(line)) return 0
        const printed = /^print\(\s*["'](.*)["']\s*\)/.exec(line)?.[1]
        if (printed !== undefined) await call.out(`${printed}\n`)
        await call.out('>>> ')
      }
      await call.out('\n')
      return 0
    }
    return 0
  }
  if (!call.fs.has(call.path(path), call.as))
    return await call
      .err(
        name === 'python'
          ? `${call.name}: can't open file '${call.path(path)}': [Errno 2] No such file or directory\n`
          : `Can't open perl script "${path}": No such file or directory\n`,
      )
      .then(() => 2)
  await call.sleep(400)
  return 0
}
const calculated = (text: string): string => {
  const found = /^(\d{1,15})(?:\s*([-+*])\s*(\d{1,15}))?$/.exec(text)
  if (found?.[2] === undefined) return text
  const [a, b] = [BigInt(found[1] ?? 0), BigInt(found[3] ?? 0)]
  return String(found[2] === '+' ? a + b : found[2] === '-' ? a - b : a * b)
}
export const screens: Programs = {
  clear,
  reset: clear,
  stty,
  tput,
  python3: script,
  python: script,
  perl: script,
  man: async (call) =>
    call.args[0] === undefined
      ? await call.err("What manual page do you want?\nFor example, try 'man man'.\n").then(() => 1)
      : await call.err(`No manual entry for ${call.args.at(-1)}\n`).then(() => 16),
  dircolors: () => 0,
  lesspipe: () => 0,
  tset: clear,
  setterm: () => 0,
}
