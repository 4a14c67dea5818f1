import type { Call, Programs } from '../interpreter/call.ts'
import { readLine, toBytes } from '../interpreter/streams.ts'
import { ownAddress, serviceAt } from '../loopback/reach.ts'
import { redisReply } from '../loopback/redis.ts'
import { baseName } from '../paths.ts'
import { isAddress } from './address.ts'
import { secret } from './passwords.ts'

/** Value of `-uroot`, `-u root`, `--user=root`, `--user root`. */
function option(args: readonly string[], letter: string, long: string): string | undefined {
  for (const [i, arg] of args.entries()) {
    if (arg === `-${letter}` || arg === `--${long}`) return args[i + 1]
    if (arg.startsWith(`--${long}=`)) return arg.slice(long.length + 3)
    if (arg.startsWith(`-${letter}`) && !arg.startsWith('--')) return arg.slice(2)
  }
  return undefined
}

/** The command line client, the dumper and the administrator's: whoever asks is refused as the server refuses a wrong password. */
async function mysql(call: Call): Promise<number> {
  const { args } = call
  const name = baseName(call.name)
    .replace(/^mariadb-?/, (one) => (one === 'mariadb' ? 'mysql' : 'mysql'))
    .replace(/^mysql(?=.)/, 'mysql')
  const { server, version, revision } = call.machine.persona.packages.database
  const ubuntu = call.machine.persona.os.id === 'ubuntu'
  if (args.includes('--version') || args.includes('-V')) {
    const tool = { mysqldump: '10.19', mysqladmin: '9.1' }[name] ?? '15.1'
    return await call
      .out(
        server === 'mariadb'
          ? `${name}  Ver ${tool} Distrib ${version}-MariaDB, for debian-linux-gnu (x86_64)${name === 'mysql' ? ' using  EditLine wrapper' : ''}\n`
          : `${name}  Ver ${version}-${revision} for Linux on x86_64 (${ubuntu ? '(Ubuntu)' : '(Debian)'})\n`,
      )
      .then(() => 0)
  }
  const user = option(args, 'u', 'user') ?? call.state.user.name
  const host = option(args, 'h', 'host') ?? 'localhost'
  const port = Number(option(args, 'P', 'port') ?? 3306)
  const bare = args.includes('-p') || args.includes('--password')
  const attached = args.find((arg) => /^-p./.test(arg))?.slice(2) ?? args.find((arg) => arg.startsWith('--password='))?.slice(11)
  let typed = attached
  if (bare) {
    if (call.session.terminal === null) await call.err('Enter password: ')
    typed =
      (call.session.terminal === null ? (await readLine(call.stdin)).replace(/\n$/, '') : await secret(call, 'Enter password: ')) ?? ''
    if (call.session.terminal === null) await call.err('\n')
  }
  if (attached !== undefined && server === 'mysql')
    await call.err(`${name}: [Warning] Using a password on the command line interface can be insecure.\n`)
  const own = ownAddress(call.session, host)
  call.session.observer.connect(toBytes(`mysql://${user}@${host}:${port}`), name)
  let error = ''
  if (own === null) {
    await call.sleep(isAddress(host) ? 130_000 : 5000)
    error = isAddress(host)
      ? `ERROR 2002 (HY000): Can't connect to server on '${host}' (110)`
      : `ERROR 2005 (HY000): Unknown server host '${host}' (-3)`
    if (server === 'mysql')
      error = error.replace("ERROR 2002 (HY000): Can't connect to server", "ERROR 2003 (HY000): Can't connect to MySQL server")
  } else if (host !== 'localhost' && serviceAt(call.machine, port) !== 'mysql')
    error =
      server === 'mariadb'
        ? `ERROR 2002 (HY000): Can't connect to server on '${host}' (115)`
        : `ERROR 2003 (HY000): Can't connect to MySQL server on '${host}:${port}' (111)`
  else {
    await call.sleep(typed === undefined ? 2 : 6)
    const from = host === 'localhost' || own === '127.0.0.1' ? 'localhost' : own
    error = `ERROR 1045 (28000): Access denied for user '${user}'@'${from}' (using password: ${typed === undefined || typed === '' ? 'NO' : 'YES'})`
  }
  const [, code = '', words = ''] = /^ERROR (\d+) \(\w+\): (.*)$/.exec(error) ?? []
  if (name === 'mysqldump') return await call.err(`mysqldump: Got error: ${code}: "${words}" when trying to connect\n`).then(() => 2)
  if (name === 'mysqladmin' || name === 'mysqlshow')
    return await call
      .err(name === 'mysqlshow' ? `mysqlshow: ${words}\n` : `mysqladmin: connect to server at '${host}' failed\nerror: '${words}'\n`)
      .then(() => 1)
  return await call.err(`${error}\n`).then(() => 1)
}

/** One reply of RESP2 as redis-cli prints it: for people, or as it stands when it goes into a pipe. */
function printed(reply: string, raw: boolean): string {
  const line = reply.slice(1, reply.indexOf('\r\n'))
  const rest = reply.slice(reply.indexOf('\r\n') + 2)
  if (reply.startsWith('+')) return line
  if (reply.startsWith('-')) return raw ? line : `(error) ${line}`
  if (reply.startsWith(':')) return raw ? line : `(integer) ${line}`
  if (reply.startsWith('$')) {
    if (line === '-1') return raw ? '' : '(nil)'
    const text = rest.slice(0, Number(line))
    if (raw || text.startsWith('# Server')) return text
    return `"${text
      .replace(/["\\]/g, '\\$&')
      .replace(/\n/g, '\\n')
      .replace(/\r/g, '\\r')
      .replace(/[^\x20-\x7e]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`
  }
  const items: string[] = []
  for (let at = rest; at.startsWith('$'); ) {
    const size = Number(at.slice(1, at.indexOf('\r\n')))
    const start = at.indexOf('\r\n') + 2
    items.push(printed(at.slice(0, start + size + 2), raw))
    at = at.slice(start + size + 2)
  }
  if (items.length === 0) return raw ? '' : '(empty array)'
  return items.map((item, i) => (raw ? item : `${String(i + 1).padStart(String(items.length).length)}) ${item}`)).join('\n')
}

const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+)/g)].map((found) =>
    (found[1] ?? found[2] ?? found[3] ?? '').replace(/\\(["'\\])/g, '$1'),
  )

async function redisCli(call: Call): Promise<number> {
  if (call.args.includes('--version') || call.args.includes('-v'))
    return await call.out(`redis-cli ${call.machine.persona.packages.redis.version}\n`).then(() => 0)
  const takes = new Set(['-h', '-p', '-a', '-n', '-r', '-i', '-u', '-s', '--user', '--pass'])
  const first = call.args.findIndex((arg, i) => !arg.startsWith('-') && !takes.has(call.args[i - 1] ?? ''))
  const words = first < 0 ? [] : call.args.slice(first)
  const flags = first < 0 ? call.args : call.args.slice(0, first)
  const host = option(flags, 'h', 'host') ?? '127.0.0.1'
  const port = Number(option(flags, 'p', 'port') ?? 6379)
  const own = ownAddress(call.session, host)
  if (own === null || host !== '127.0.0.1') call.session.observer.connect(toBytes(`redis://${host}:${port}`), 'redis-cli')
  if (own === null) await call.sleep(isAddress(host) ? 130_000 : 5000)
  const up = own !== null && serviceAt(call.machine, port) === 'redis'
  const failure = `Could not connect to Redis at ${host}:${port}: ${own !== null ? 'Connection refused' : isAddress(host) ? 'Connection timed out' : 'Temporary failure in name resolution'}\n`
  const raw = !call.toTty && !flags.includes('--no-raw')
  const password = flags.includes('-a') || flags.includes('--pass')
  if (up && password) {
    await call.err("Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n")
    await call.err(
      'AUTH failed: ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?\n',
    )
  }
  if (words.length > 0) {
    if (!up) return await call.err(failure).then(() => 1)
    return await call
      .out(`${printed(redisReply(call.machine, words), raw)}\n`)
      .then(() => (redisReply(call.machine, ['ping']) === '' ? 1 : 0))
  }
  if (!call.stdin.tty) {
    if (!up) return await call.err(failure).then(() => 1)
    for (let line = await readLine(call.stdin); line !== ''; line = await readLine(call.stdin))
      if (wordsOf(line).length > 0) await call.out(`${printed(redisReply(call.machine, wordsOf(line)), raw)}\n`)
    return 0
  }
  if (!up) await call.err(failure)
  const prompt = up ? `${host}:${port}> ` : 'not connected> '
  for (;;) {
    await call.out(prompt)
    const line = await readLine(call.stdin)
    if (line === '') return 0
    const given = wordsOf(line)
    const verb = given[0]?.toLowerCase()
    if (verb === 'quit' || verb === 'exit') return 0
    if (verb === undefined) continue
    if (verb === 'clear') await call.out('\x1b[H\x1b[2J')
    else await call.out(up ? `${printed(redisReply(call.machine, given), false)}\n` : failure)
  }
}

/** tnftp, which Debian and Ubuntu call ftp. */
async function ftp(call: Call): Promise<number> {
  const host = call.args.find((arg) => !arg.startsWith('-'))
  const port = call.args[call.args.indexOf(host ?? '') + 1] ?? '21'
  const { server, version } = call.machine.persona.packages.ftp
  let connected = false
  const open = async (target: string): Promise<void> => {
    call.session.observer.connect(toBytes(`ftp://${target}/`), 'ftp')
    const own = ownAddress(call.session, target)
    if (own === null && !isAddress(target)) {
      await call.sleep(5000)
      return await call.err(`ftp: Can't lookup \`${target}:ftp': Temporary failure in name resolution\n`)
    }
    if (own === null) await call.sleep(130_000)
    if (own === null || serviceAt(call.machine, Number(port)) !== 'ftp')
      return await call.err(
        `ftp: Can't connect to \`${own ?? target}:${port === '21' ? 'ftp' : port}': Connection ${own === null ? 'timed out' : 'refused'}\nftp: Can't connect to \`${target}:${port === '21' ? 'ftp' : port}'\n`,
      )
    connected = true
    await call.out(
      `Connected to ${target}.\n${server === 'vsftpd' ? `220 (vsFTPd ${version})` : `220 ProFTPD Server (Debian) [::ffff:${own}]`}\n`,
    )
    if (call.args.some((arg) => /^-\w*n/.test(arg))) return
    await call.out(`Name (${target}:${call.state.user.name}): `)
    const name = (await readLine(call.stdin)).trim() || call.state.user.name
    await call.out(server === 'vsftpd' ? '331 Please specify the password.\n' : `331 Password required for ${name}\n`)
    await secret(call, 'Password: ')
    await call.sleep(2500)
    await call.out('530 Login incorrect.\nftp: Login failed\n')
  }
  if (host !== undefined) await open(host)
  for (;;) {
    if (call.stdin.tty) await call.out('ftp> ')
    const line = await readLine(call.stdin)
    if (line === '') return 0
    const [verb = '', target = ''] = line.trim().split(/\s+/)
    if (/^(bye|quit|exit)$/.test(verb)) return await (connected ? call.out('221 Goodbye.\n') : Promise.resolve()).then(() => 0)
    if (verb === 'open' && target !== '') await open(target)
    else if (verb === 'get' || verb === 'put' || verb === 'mget') {
      call.session.observer.download(toBytes(`ftp://${host ?? ''}/${target}`), 'ftp')
      await call.out(connected ? '530 Please login with USER and PASS.\n' : 'Not connected.\n')
    } else if (/^(ls|dir|cd|pwd|user|binary|ascii|passive)$/.test(verb))
      await call.out(connected ? '530 Please login with USER and PASS.\n' : 'Not connected.\n')
    else if (verb !== '') await call.out('?Invalid command.\n')
  }
}

export const serving: Programs = {
  mysql,
  mariadb: mysql,
  mysqldump: mysql,
  'mariadb-dump': mysql,
  mysqladmin: mysql,
  'mariadb-admin': mysql,
  mysqlshow: mysql,
  'redis-cli': redisCli,
  ftp,
  tnftp: ftp,
}
