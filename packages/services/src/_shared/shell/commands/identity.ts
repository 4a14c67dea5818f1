import type { Login } from '../facts.ts'
import { loadOf } from '../facts.ts'
import type { Call, Programs } from '../interpreter/call.ts'
import { shortDay, shortMonth, two } from '../zoned-time.ts'
import { entries, groupName, userName } from './accounts.ts'
import { optionsOf } from './options.ts'
import { strftime } from './strftime.ts'

async function uname(call: Call): Promise<number> {
  const options = await optionsOf(call, 'asnrvmpio', {
    all: 'a',
    'kernel-name': 's',
    nodename: 'n',
    'kernel-release': 'r',
    'kernel-version': 'v',
    machine: 'm',
    processor: 'p',
    'hardware-platform': 'i',
    'operating-system': 'o',
  })
  if (options === null) return 1
  const extra = options.rest[0]
  if (extra !== undefined) {
    await call.err(`uname: extra operand '${extra}'\nTry 'uname --help' for more information.\n`)
    return 1
  }
  const { os, hostname } = call.machine.persona
  const debian = os.id === 'debian'
  const fields: readonly (readonly [string, string])[] = [
    ['s', 'Linux'],
    ['n', hostname],
    ['r', os.kernel],
    ['v', os.kernelBuild],
    ['m', os.arch],
    ['p', debian ? 'unknown' : os.arch],
    ['i', debian ? 'unknown' : os.arch],
    ['o', 'GNU/Linux'],
  ]
  const all = options.has('a')
  const chosen = fields.filter(([letter, value]) => (all ? !(value === 'unknown') : options.has(letter)))
  await call.out(`${(chosen.length === 0 ? fields.slice(0, 1) : chosen).map(([, value]) => value).join(' ')}\n`)
  return 0
}

async function id(call: Call): Promise<number> {
  const options = await optionsOf(call, 'agGnruzZ', { user: 'u', group: 'g', groups: 'G', name: 'n', real: 'r' })
  if (options === null) return 1
  const name = options.rest[0]
  let { uid, gid } = call.as
  let groups: readonly number[] = [gid, ...call.as.groups.filter((one) => one !== gid)]
  if (name !== undefined) {
    const account = entries(call, '/etc/passwd').find((fields) => fields[0] === name || fields[2] === name)
    if (account === undefined)
      return await call.fail(
        `'${name}': no such user`.replace(/'/g, (_, at: number) => Buffer.from(at === 0 ? '‘' : '’').toString('latin1')),
      )
    uid = Number(account[2])
    gid = Number(account[3])
    groups = [gid, ...call.machine.accounts.groupIds(account[0] ?? '').filter((one) => one !== gid)]
  }
  const show = (number: number, of: (call: Call, id: number) => string): string => (options.has('n') ? of(call, number) : String(number))
  if (options.has('u')) await call.out(`${show(uid, userName)}\n`)
  else if (options.has('g')) await call.out(`${show(gid, groupName)}\n`)
  else if (options.has('G')) await call.out(`${groups.map((one) => show(one, groupName)).join(' ')}\n`)
  else
    await call.out(
      `uid=${uid}(${userName(call, uid)}) gid=${gid}(${groupName(call, gid)}) groups=${groups.map((one) => `${one}(${groupName(call, one)})`).join(',')}\n`,
    )
  return 0
}

async function groups(call: Call): Promise<number> {
  if (call.args.length === 0)
    await call.out(
      `${[call.as.gid, ...call.as.groups.filter((one) => one !== call.as.gid)].map((one) => groupName(call, one)).join(' ')}\n`,
    )
  for (const name of call.args) {
    const user = call.machine.userNamed(name)
    if (user === undefined) return await call.fail(`'${name}': no such user`)
    await call.out(
      `${name} : ${call.machine
        .credentialsOf(user)
        .groups.map((gid) => groupName(call, gid))
        .join(' ')}\n`,
    )
  }
  return 0
}

/** ` 22:11:25 up 12 days,  3:04,  1 user,  load average: 0.01, 0.03, 0.00` */
export function uptimeLine(call: Call): string {
  const { machine } = call
  const now = machine.now()
  const w = machine.wall(now)
  const minutes = Math.floor((now - machine.persona.bootedAt) / 60_000)
  const days = Math.floor(minutes / 1440)
  const hours = Math.floor((minutes % 1440) / 60)
  const rest = minutes % 60
  const span = `${days > 0 ? `${days} day${days > 1 ? 's' : ''}, ` : ''}${hours > 0 ? `${String(hours).padStart(2)}:${two(rest)}` : `${rest} min`}`
  const users = machine.logins().filter((login) => login.until === null).length
  return ` ${two(w.hour)}:${two(w.minute)}:${two(w.second)} up ${span}, ${String(users).padStart(2)} user${users === 1 || (users === 0 && machine.persona.os.distro !== 'ubuntu22') ? '' : 's'},  load average: ${loadOf(
    machine,
  )
    .map((one) => one.toFixed(2))
    .join(', ')}`
}
async function uptime(call: Call): Promise<number> {
  const { machine } = call
  if (call.args.includes('-s') || call.args.includes('--since'))
    return await call.out(`${strftime('%F %T', machine.wall(machine.persona.bootedAt), machine.persona.bootedAt)}\n`).then(() => 0)
  if (call.args.includes('-p') || call.args.includes('--pretty')) {
    const minutes = Math.floor((machine.now() - machine.persona.bootedAt) / 60_000)
    const units: readonly (readonly [number, string])[] = [
      [Math.floor(minutes / 10_080), 'week'],
      [Math.floor((minutes % 10_080) / 1440), 'day'],
      [Math.floor((minutes % 1440) / 60), 'hour'],
      [minutes % 60, 'minute'],
    ]
    return await call
      .out(
        `up ${units
          .filter(([count]) => count > 0)
          .map(([count, name]) => `${count} ${name}${count === 1 ? '' : 's'}`)
          .join(', ')}\n`,
      )
      .then(() => 0)
  }
  await call.out(`${uptimeLine(call)}\n`)
  return 0
}

const present = (call: Call): readonly Login[] => call.machine.logins().filter((login) => login.until === null)

async function who(call: Call): Promise<number> {
  const { machine } = call
  const stamp = (epoch: number): string => strftime('%Y-%m-%d %H:%M', machine.wall(epoch), epoch)
  if (call.args.includes('-b')) await call.out(`         system boot  ${stamp(machine.persona.bootedAt)}\n`)
  else if (call.args.includes('-q'))
    await call.out(
      `${present(call)
        .map((one) => one.user.name)
        .join(' ')}\n# users=${present(call).length}\n`,
    )
  else {
    const mine = call.args.includes('am') || call.args.includes('-m')
    const tty = call.session.ttyName
    for (const one of present(call))
      if (!mine || one.tty === tty) await call.out(`${one.user.name.padEnd(8)} ${one.tty.padEnd(12)} ${stamp(one.at)} (${one.from})\n`)
  }
  return 0
}
async function w(call: Call): Promise<number> {
  const { machine } = call
  if (!call.args.includes('-h'))
    await call.out(`${uptimeLine(call)}\nUSER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n`)
  for (const one of present(call)) {
    const at = machine.wall(one.at)
    const today = machine.now() - one.at < 86_400_000
    const login = today
      ? `${two(at.hour)}:${two(at.minute)}`
      : `${String(at.day).padStart(2, '0')}${shortMonth(at.month)}${String(at.year % 100)}`
    await call.out(
      `${one.user.name.slice(0, 8).padEnd(8)} ${one.tty.padEnd(8)} ${one.from.slice(0, 16).padEnd(16)} ${login.padEnd(7)}  ${'1.00s'.padStart(5)}  0.02s  0.00s ${one.tty === call.session.ttyName ? 'w' : '-bash'}\n`,
    )
  }
  return 0
}

async function last(call: Call): Promise<number> {
  const { machine } = call
  const stamp = (epoch: number): string => {
    const at = machine.wall(epoch)
    return `${shortDay(at.weekday)} ${shortMonth(at.month)} ${String(at.day).padStart(2)} ${two(at.hour)}:${two(at.minute)}`
  }
  const time = (epoch: number): string => strftime('%H:%M', machine.wall(epoch), epoch)
  const span = (ms: number): string => {
    const minutes = Math.max(0, Math.floor(ms / 60_000))
    return `(${minutes >= 1440 ? `${Math.floor(minutes / 1440)}+` : ''}${two(Math.floor((minutes % 1440) / 60))}:${two(minutes % 60)})`
  }
  const boot = machine.persona.bootedAt
  const rows = machine.logins().map((one) => {
    const end = one.until === null ? '  still logged in' : `- ${time(one.until)}  ${span(one.until - one.at)}`
    return `${one.user.name.slice(0, 8).padEnd(8)} ${one.tty.padEnd(12)} ${one.from.slice(0, 16).padEnd(16)} ${stamp(one.at)} ${one.until === null ? '  still logged in' : end}`
  })
  rows.push(`reboot   system boot  ${machine.persona.os.kernel.slice(0, 16).padEnd(16)} ${stamp(boot)}   still running`)
  const limit = Number(/^-n?(\d+)$/.exec(call.args.join('').replace(' ', ''))?.[1] ?? rows.length)
  const begins = strftime('%a %b %e %H:%M:%S %Y', machine.wall(Math.max(machine.persona.installedAt, boot)), boot)
  await call.out(`${rows.slice(0, limit).join('\n')}\n\nwtmp begins ${begins}\n`)
  return 0
}

async function lastlog(call: Call): Promise<number> {
  const { machine } = call
  await call.out('Username         Port     From                                       Latest\n')
  for (const [account = ''] of machine.accounts.entries('passwd')) {
    const login = machine.logins().find((one) => one.user.name === account)
    await call.out(
      login === undefined
        ? `${account.padEnd(16)}                                                            **Never logged in**\n`
        : `${account.padEnd(16)} ${login.tty.padEnd(8)} ${login.from.padEnd(42)} ${strftime('%a %b %e %H:%M:%S %z %Y', machine.wall(login.at), login.at)}\n`,
    )
  }
  return 0
}

async function date(call: Call): Promise<number> {
  const { machine } = call
  const options = await optionsOf(call, 'd:uRr:I:s:', {
    'date=': 'd',
    utc: 'u',
    universal: 'u',
    'rfc-email': 'R',
    'reference=': 'r',
    'set=': 's',
    'iso-8601': 'iso',
    'iso-8601=': 'iso',
  })
  if (options === null) return 1
  if (options.has('s')) return await call.fail('cannot set date: Operation not permitted')
  let at = machine.now()
  const given = options.value('d')
  if (given !== undefined) {
    const parsed = relative(given, at)
    if (parsed === null)
      return await call.fail(`invalid date ${Buffer.from('‘').toString('latin1')}${given}${Buffer.from('’').toString('latin1')}`)
    at = parsed
  }
  const wall = machine.wall(at)
  const zone = options.has('u') ? utc(at) : wall
  const locale = call.env('LC_ALL') ?? call.env('LC_TIME') ?? call.env('LANG') ?? 'C'
  const usual = /^[a-z]{2}_US/.test(locale) ? '%a %b %e %I:%M:%S %p %Z %Y' : '%a %b %e %H:%M:%S %Z %Y'
  const format =
    options.rest.find((one) => one.startsWith('+'))?.slice(1) ??
    (options.has('R') ? '%a, %d %b %Y %H:%M:%S %z' : options.has('iso') ? '%Y-%m-%d' : usual)
  await call.out(`${strftime(format, zone, at)}\n`)
  return 0
}
const utc = (at: number): ReturnType<Call['machine']['wall']> => {
  const d = new Date(at)
  return {
    year: d.getUTCFullYear(),
    month: d.getUTCMonth() + 1,
    day: d.getUTCDate(),
    hour: d.getUTCHours(),
    minute: d.getUTCMinutes(),
    second: d.getUTCSeconds(),
    weekday: d.getUTCDay(),
    yearDay: Math.floor((at - Date.UTC(d.getUTCFullYear(), 0, 1)) / 86_400_000) + 1,
    offset: 0,
    zone: 'UTC',
  }
}
function relative(text: string, now: number): number | null {
  if (/^@-?\d+$/.test(text)) return Number(text.slice(1)) * 1000
  if (text === 'now' || text === '' || text === 'today') return now
  if (text === 'yesterday') return now - 86_400_000
  if (text === 'tomorrow') return now + 86_400_000
  const found = /^([-+]?\d{1,9}) ?(sec|second|min|minute|hour|day|week|month|year)s?( ago)?$/.exec(text)
  if (found !== null) {
    const size =
      { sec: 1, second: 1, min: 60, minute: 60, hour: 3600, day: 86_400, week: 604_800, month: 2_592_000, year: 31_536_000 }[
        found[2] ?? ''
      ] ?? 0
    return now + Number(found[1]) * size * 1000 * (found[3] === undefined ? 1 : -1)
  }
  const parsed = /^\d{4}-\d{2}-\d{2}/.test(text)
    ? Date.parse(text.replace(' ', 'T') + (text.length === 10 ? 'T00:00:00Z' : 'Z'))
    : Number.NaN
  return Number.isNaN(parsed) ? null : parsed
}

async function hostname(call: Call): Promise<number> {
  const { persona } = call.machine
  const [arg] = call.args
  if (arg === undefined || arg === '-s') await call.out(`${persona.hostname}\n`)
  else if (arg === '-f' || arg === '--fqdn' || arg === '-A') await call.out(`${persona.fqdn}\n`)
  else if (arg === '-d') await call.out(`${persona.domain}\n`)
  else if (arg === '-I' || arg === '--all-ip-addresses') await call.out(`${persona.ip} \n`)
  else if (arg === '-i') await call.out('127.0.1.1\n')
  else if (arg.startsWith('-')) return await call.fail(`invalid option -- '${arg.slice(1, 2)}'`)
  else if (call.as.uid !== 0) return await call.fail('you must be root to change the host name')
  return 0
}

export const identity: Programs = {
  uname,
  id,
  groups,
  uptime,
  who,
  w,
  last,
  lastlog,
  date,
  hostname,
  arch: async (call) => await call.out(`${call.machine.persona.os.arch}\n`).then(() => 0),
  whoami: async (call) => await call.out(`${userName(call, call.as.uid)}\n`).then(() => 0),
  logname: async (call) => await call.out(`${call.state.user.name}\n`).then(() => 0),
  users: async (call) =>
    await call
      .out(
        `${present(call)
          .map((one) => one.user.name)
          .join(' ')}\n`,
      )
      .then(() => 0),
  tty: async (call) => {
    await call.out(call.stdin.tty ? `/dev/${call.session.ttyName ?? 'pts/0'}\n` : 'not a tty\n')
    return call.stdin.tty ? 0 : 1
  },
}
