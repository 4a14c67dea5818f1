import { own } from '@decnet/kernel'
import type { Call, Programs } from '../interpreter/call.ts'
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

export const screens: Programs = {
  clear,
  reset: clear,
  stty,
  tput,
  man: async (call) =>
    call.args[0] === undefined
      ? await call.err("What manual page do you want?\nFor example, try 'man man'.\n").then(() => 1)
      : await call.err(`No manual entry for ${call.args.at(-1)}\n`).then(() => 16),
  dircolors: () => 0,
  lesspipe: () => 0,
  tset: clear,
  setterm: () => 0,
}
