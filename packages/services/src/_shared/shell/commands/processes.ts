import { own } from '@decnet/kernel'
import { type Facts, loadOf, memoryOf, type Process } from '../facts.ts'
import type { Call, Programs } from '../interpreter/call.ts'
import { compileRegex } from '../interpreter/regex.ts'
import { two } from '../zoned-time.ts'
import { uptimeLine } from './identity.ts'
import { Keyboard } from './screens/keyboard.ts'
import { human } from './sizes.ts'
import { strftime } from './strftime.ts'

const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${two(Math.floor(seconds % 60))}`
const long = (seconds: number): string =>
  `${two(Math.floor(seconds / 3600))}:${two(Math.floor((seconds % 3600) / 60))}:${two(Math.floor(seconds % 60))}`

/** The machine's processes and this login's own: its sshd, its shell, what runs in it. */
const all = (call: Call): readonly Process[] => [...call.machine.processes()].sort((a, b) => a.pid - b.pid)

function startedAt(facts: Facts, epoch: number): string {
  const at = facts.wall(epoch)
  const now = facts.wall(facts.now())
  if (at.year !== now.year) return String(at.year)
  if (facts.now() - epoch < 86_400_000) return strftime('%H:%M', at, epoch)
  return strftime('%b%d', at, epoch)
}

const COLUMNS: Readonly<Record<string, readonly [title: string, width: number, right: boolean, of: (call: Call, p: Process) => string]>> = {
  pid: ['PID', 7, true, (_, p) => String(p.pid)],
  ppid: ['PPID', 7, true, (_, p) => String(p.ppid)],
  user: ['USER', 8, false, (_, p) => p.user],
  uid: ['UID', 5, true, (_, p) => String(p.uid)],
  comm: ['COMMAND', 15, false, (_, p) => p.name],
  cmd: ['CMD', 27, false, (_, p) => p.command],
  args: ['COMMAND', 27, false, (_, p) => p.command],
  command: ['COMMAND', 27, false, (_, p) => p.command],
  tty: ['TT', 8, false, (_, p) => p.tty],
  stat: ['STAT', 4, false, (_, p) => p.state],
  time: ['TIME', 8, true, (_, p) => long(p.cpu)],
  etime: ['ELAPSED', 11, true, (call, p) => long(Math.max(0, (call.machine.now() - p.started) / 1000))],
  rss: ['RSS', 5, true, (_, p) => String(p.rss)],
  vsz: ['VSZ', 6, true, (_, p) => String(p.vsz)],
  '%cpu': ['%CPU', 4, true, () => '0.0'],
  '%mem': ['%MEM', 4, true, (call, p) => ((p.rss / memoryOf(call.machine).total) * 100).toFixed(1)],
  pcpu: ['%CPU', 4, true, () => '0.0'],
  pmem: ['%MEM', 4, true, (call, p) => ((p.rss / memoryOf(call.machine).total) * 100).toFixed(1)],
}

async function ps(call: Call): Promise<number> {
  const letters = call.args.filter((arg) => !/^\d/.test(arg)).join(' ')
  const width = call.toTty ? (call.session.terminal?.columns ?? 80) : 1_000_000
  const cut = (line: string): string => (letters.includes('w') ? line : line.slice(0, width)).trimEnd()
  const listed = all(call)
  const at = call.args.findIndex((arg) => /^-?[a-zA-Z]*o$/.test(arg))
  const bsd = call.args[0] !== undefined && !call.args[0].startsWith('-')
  const every = bsd ? /[ax]/.test(letters) : /-\w*[eA]|-\w*ax/.test(letters)
  const pids = call.args.flatMap((arg, i) =>
    /^-?p$/.test(call.args[i - 1] ?? '') || /^\d+$/.test(arg)
      ? arg.split(',').map(Number)
      : arg.startsWith('-p') && arg.length > 2
        ? arg.slice(2).split(',').map(Number)
        : [],
  )
  const tty = call.session.ttyName ?? '?'
  const mine = listed.filter((p) => (tty === '?' ? p.pid >= call.session.shellPid && p.uid === call.as.uid : p.tty === tty))
  const chosen =
    pids.length > 0
      ? listed.filter((p) => pids.includes(p.pid))
      : every || /-\w*[uUC]/.test(letters)
        ? listed
        : bsd && letters.includes('u')
          ? mine
          : mine
  const owner = /-\w*[uU]\s+(\S+)/.exec(letters)?.[1]
  const command = /-C\s+(\S+)/.exec(letters)?.[1]
  const filtered = chosen.filter(
    (p) => (owner === undefined || bsd || p.user === owner || String(p.uid) === owner) && (command === undefined || p.name === command),
  )
  if (at >= 0) return await custom(call, filtered, call.args[at + 1] ?? 'pid', cut)
  if (bsd && letters.includes('u')) {
    const total = memoryOf(call.machine).total
    await call.out('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n')
    for (const p of filtered)
      await call.out(
        `${cut(`${p.user.padEnd(8)} ${String(p.pid).padStart(7)} ${'0.0'.padStart(4)} ${((p.rss / total) * 100).toFixed(1).padStart(4)} ${String(p.vsz).padStart(6)} ${String(p.rss).padStart(5)} ${p.tty.padEnd(8)} ${p.state.padEnd(4)} ${startedAt(call.machine, p.started).padEnd(5)} ${clock(p.cpu).padStart(6)} ${p.command}`)}\n`,
      )
  } else if (/-\w*f/.test(letters)) {
    await call.out('UID          PID    PPID  C STIME TTY          TIME CMD\n')
    for (const p of filtered)
      await call.out(
        `${cut(`${p.user.padEnd(8)} ${String(p.pid).padStart(7)} ${String(p.ppid).padStart(7)}  0 ${startedAt(call.machine, p.started).padEnd(5)} ${p.tty.padEnd(8)} ${long(p.cpu)} ${p.command}`)}\n`,
      )
  } else if (bsd) {
    await call.out('    PID TTY      STAT   TIME COMMAND\n')
    for (const p of filtered)
      await call.out(
        `${cut(`${String(p.pid).padStart(7)} ${p.tty.padEnd(8)} ${p.state.padEnd(4)} ${clock(p.cpu).padStart(6)} ${p.command}`)}\n`,
      )
  } else {
    await call.out('    PID TTY          TIME CMD\n')
    for (const p of filtered) await call.out(`${cut(`${String(p.pid).padStart(7)} ${p.tty.padEnd(8)} ${long(p.cpu)} ${p.name}`)}\n`)
  }
  return 0
}
async function custom(call: Call, list: readonly Process[], format: string, cut: (line: string) => string): Promise<number> {
  const names = format
    .split(/[, ]+/)
    .map((one) => one.replace(/=.*$/, ''))
    .filter((one) => one !== '')
  const bad = names.find((name) => own(COLUMNS, name) === undefined)
  if (bad !== undefined)
    return await call
      .err(
        `error: unknown user-defined format specifier "${bad}"\n\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n`,
      )
      .then(() => 1)
  const columns = names.map((name) => own(COLUMNS, name)).filter((one) => one !== undefined)
  const row = (cells: readonly string[]): string =>
    cells
      .map((cell, i) =>
        columns[i]?.[2] === true ? cell.padStart(columns[i]?.[1] ?? 0) : i === cells.length - 1 ? cell : cell.padEnd(columns[i]?.[1] ?? 0),
      )
      .join(' ')
  if (!format.includes('=')) await call.out(`${row(columns.map((column) => column[0]))}\n`)
  for (const p of list) await call.out(`${cut(row(columns.map((column) => column[3](call, p))))}\n`)
  return 0
}

/** One picture of top: the summary, the heading, the processes by their use. */
function picture(call: Call): { readonly lines: readonly string[]; readonly heading: string; readonly rows: readonly string[] } {
  const listed = all(call)
  const memory = memoryOf(call.machine)
  const mib = (kb: number): string => (kb / 1024).toFixed(1)
  const running = listed.filter((p) => p.state.startsWith('R')).length || 1
  const load = loadOf(call.machine)[0] * 20
  return {
    lines: [
      `top -${uptimeLine(call)}`,
      `Tasks: ${String(listed.length).padStart(3)} total, ${String(running).padStart(3)} running, ${String(listed.length - running).padStart(3)} sleeping,   0 stopped,   0 zombie`,
      `%Cpu(s): ${load.toFixed(1).padStart(4)} us,  0.4 sy,  0.0 ni, ${(99.4 - load).toFixed(1).padStart(4)} id,  0.1 wa,  0.0 hi,  0.1 si,  0.0 st `,
      `MiB Mem : ${mib(memory.total).padStart(8)} total, ${mib(memory.free).padStart(8)} free, ${mib(memory.total - memory.available).padStart(8)} used, ${mib(memory.buffers + memory.cached + memory.reclaimable).padStart(8)} buff/cache     `,
      `MiB Swap: ${mib(memory.swapTotal).padStart(8)} total, ${mib(memory.swapFree).padStart(8)} free, ${mib(memory.swapTotal - memory.swapFree).padStart(8)} used. ${mib(memory.available).padStart(8)} avail Mem `,
    ],
    heading: '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND',
    rows: [...listed]
      .sort((a, b) => b.cpu - a.cpu || a.pid - b.pid)
      .map(
        (p) =>
          `${String(p.pid).padStart(7)} ${p.user.padEnd(8)}  ${p.state.includes('<') ? ' 0 -20' : '20   0'} ${String(p.vsz).padStart(7)} ${String(p.rss).padStart(6)} ${String(Math.floor(p.rss * 0.7)).padStart(6)} ${p.state[0]}   0.0 ${((p.rss / memory.total) * 100).toFixed(1).padStart(5)} ${`${clock(p.cpu)}.${two(p.pid % 100)}`.padStart(9)} ${p.name}`,
      ),
  }
}

async function top(call: Call): Promise<number> {
  const flags = call.args.join(' ')
  const times = Number(/-\w*n\s*(\d+)/.exec(flags)?.[1] ?? Number.POSITIVE_INFINITY)
  const delay = Math.max(0.1, Number(/-\w*d\s*([\d.]+)/.exec(flags)?.[1] ?? 3)) * 1000
  const batch = call.args.some((arg) => /^-\w*b/.test(arg))
  if (!batch && !call.toTty) return await call.err('top: failed tty get\n').then(() => 1)
  const keys = batch ? null : Keyboard.take(call)
  if (keys === null) {
    for (let i = 0; i < times; i++) {
      if (i > 0) await call.sleep(delay)
      const { lines, heading, rows } = picture(call)
      await call.out(`${i > 0 ? '\n' : ''}${[...lines, '', heading, ...rows].join('\n')}\n`)
    }
    return 0
  }
  const emphasised = (line: string): string =>
    line.replace(
      /(\d+\.\d|(?<=[ ,:])\d+)(?= (?:total|running|sleeping|stopped|zombie|us|sy|ni|id|wa|hi|si|st|free|used|buff|avail)\b)/g,
      '\x1b[1m$1\x1b(B\x1b[m',
    )
  try {
    await call.out('\x1b[?1h\x1b=\x1b[?25l\x1b[H\x1b[2J\x1b(B\x1b[m')
    for (let i = 0; i < times; ) {
      const { lines, heading, rows } = picture(call)
      const body = [
        ...lines.map((line, at) => (at === 0 ? line : emphasised(line))),
        '',
        `\x1b[7m${heading.padEnd(keys.columns)}\x1b(B\x1b[m`,
        ...rows.slice(0, Math.max(1, keys.rows - 7)).map((row) => (/ R {3}/.test(row) ? `\x1b[1m${row}\x1b(B\x1b[m` : row)),
      ]
      await call.out(`\x1b[H${body.map((line) => `${line}\x1b[K`).join('\n')}\x1b[J`)
      if (++i >= times) break
      const key = await keys.next(delay)
      if (key === null || key === 'q' || key === 'Q' || key === '\x03') break
    }
    await call.out(`\x1b[?1l\x1b>\x1b[${keys.rows + 1};1H\n\x1b[?12l\x1b[?25h\x1b[K`)
  } finally {
    keys.release()
  }
  return 0
}

async function free(call: Call): Promise<number> {
  const m = memoryOf(call.machine)
  const flag = call.args.join('')
  const show = (kb: number): string =>
    flag.includes('h')
      ? gnu(kb)
      : flag.includes('g')
        ? String(Math.floor(kb / 1_048_576))
        : flag.includes('m')
          ? String(Math.floor(kb / 1024))
          : flag.includes('b')
            ? String(kb * 1024)
            : String(kb)
  const row = (name: string, values: readonly number[]): string =>
    `${name.padEnd(8)}${values.map((value, i) => show(value).padStart(i === 0 ? 12 : 12)).join('')}\n`
  await call.out(
    `               total        used        free      shared  buff/cache   available\n${row('Mem:', [m.total, m.total - m.available, m.free, m.shared, m.buffers + m.cached + m.reclaimable, m.available])}${row('Swap:', [m.swapTotal, m.swapTotal - m.swapFree, m.swapFree])}`,
  )
  return 0
}
const gnu = (kb: number): string => {
  if (kb === 0) return '0B'
  const text = human(kb * 1024)
  return `${text}i`
}

async function match(call: Call): Promise<number> {
  const kill = call.name.endsWith('pkill')
  const rest = call.args.filter((arg) => !arg.startsWith('-'))
  const flags = call.args.filter((arg) => arg.startsWith('-')).join('')
  const regex = compileRegex(rest.at(-1) ?? '', { extended: true })
  if (rest.length === 0)
    return await call.err(`${call.name}: no matching criteria specified\nTry \`${call.name} --help' for more information.\n`).then(() => 2)
  const found =
    'problem' in regex
      ? []
      : all(call).filter((p) => p.pid !== call.state.pid && regex.exec(flags.includes('f') ? p.command : p.name, 0) !== null)
  for (const p of found) {
    if (!kill)
      await call.out(
        flags.includes('c')
          ? ''
          : flags.includes('l') || flags.includes('a')
            ? `${p.pid} ${flags.includes('a') ? p.command : p.name}\n`
            : `${p.pid}\n`,
      )
    else if (call.as.uid === 0 || p.uid === call.as.uid) call.machine.end(p.pid)
    else await call.err(`pkill: killing pid ${p.pid} failed: Operation not permitted\n`)
  }
  return found.length > 0 ? 0 : 1
}
async function killall(call: Call): Promise<number> {
  let status = 0
  for (const name of call.args.filter((arg) => !arg.startsWith('-'))) {
    const found = all(call).filter((p) => p.name === name)
    if (found.length === 0) {
      if (!call.args.includes('-q')) await call.err(`${name}: no process found\n`)
      status = 1
    }
    for (const p of found) {
      if (call.as.uid === 0 || p.uid === call.as.uid) call.machine.end(p.pid)
      else await call.err(`${name}(${p.pid}): Operation not permitted\n`)
    }
  }
  return status
}
async function pidof(call: Call): Promise<number> {
  const found = all(call)
    .filter((p) => call.args.includes(p.name))
    .map((p) => p.pid)
  if (found.length > 0) await call.out(`${found.reverse().join(' ')}\n`)
  return found.length > 0 ? 0 : 1
}
async function vmstat(call: Call): Promise<number> {
  const m = memoryOf(call.machine)
  await call.out(
    `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n 1  0 ${String(m.swapTotal - m.swapFree).padStart(6)} ${String(m.free).padStart(6)} ${String(m.buffers).padStart(6)} ${String(m.cached).padStart(6)}    0    0     1     4   18   31  0  0 99  0  0\n`,
  )
  return 0
}
async function lsof(call: Call): Promise<number> {
  if (!call.args.some((arg) => arg.startsWith('-i')))
    return await call
      .out('COMMAND     PID   TID TASKCMD               USER   FD      TYPE             DEVICE  SIZE/OFF       NODE NAME\n')
      .then(() => 0)
  await call.out('COMMAND     PID     USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\n')
  for (const socket of call.machine.listening())
    await call.out(
      `${socket.process.slice(0, 9).padEnd(9)} ${String(socket.pid).padStart(5)} ${'root'.padStart(8)}    3u  ${socket.protocol.endsWith('6') ? 'IPv6' : 'IPv4'} ${String(15_000 + socket.port).padStart(6)}      0t0  TCP *:${socket.port} (LISTEN)\n`,
    )
  return 0
}
export const processes: Programs = {
  ps,
  top,
  free,
  pgrep: match,
  pkill: match,
  killall,
  pidof,
  vmstat,
  lsof,
  pstree: async (call) =>
    await call
      .out(
        'systemd-+-agetty\n        |-cron\n        |-dbus-daemon\n        |-rsyslogd---3*[{rsyslogd}]\n        |-sshd---sshd---bash---pstree\n        |-systemd-journal\n        |-systemd-logind\n        `-systemd-udevd\n',
      )
      .then(() => 0),
}
