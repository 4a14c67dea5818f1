import type { Call, Programs } from '../interpreter/call.ts'
import { readLine, toBytes } from '../interpreter/streams.ts'
import type { Peer } from '../loopback/peer.ts'
import { dial, ownAddress } from '../loopback/reach.ts'
import { baseName } from '../paths.ts'
import { isAddress } from './address.ts'

/** As `/etc/services` names them. */
const NAMES: Readonly<Record<number, string>> = {
  1: 'tcpmux',
  21: 'ftp',
  22: 'ssh',
  23: 'telnet',
  25: 'smtp',
  53: 'domain',
  80: 'http',
  110: 'pop3',
  143: 'imap2',
  443: 'https',
  1433: 'ms-sql-s',
  3306: 'mysql',
  5432: 'postgresql',
  6379: 'redis',
  8080: 'http-alt',
}
/** How long a daemon of this host waits for somebody who says nothing. */
const PATIENCE = 120_000

/** Passes standard input to a daemon of this host and its answers on, until either hangs up. */
export async function talk(call: Call, peer: Peer, wait = PATIENCE): Promise<void> {
  await call.out(peer.greeting)
  for (;;) {
    if (peer.closed) return
    const data = await call.stdin.read()
    if (data === null) break
    await call.out(peer.receive(data))
  }
  await call.sleep(wait)
}

/** A port or a range of them, at most a thousand. */
function portsOf(words: readonly string[]): readonly number[] | null {
  const ports: number[] = []
  for (const word of words) {
    const range = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(word)
    const named = Object.entries(NAMES).find(([, name]) => name === word)?.[0]
    if (range === null && named === undefined) return null
    const from = Number(named ?? range?.[1])
    const to = Number(named ?? range?.[2] ?? range?.[1])
    for (let port = from; port <= to && ports.length < 1000; port++) ports.push(port)
  }
  return ports
}

const VALUED = ['-p', '-w', '-e', '-c', '-s', '-i', '-X', '-x', '-q', '-g', '-G', '-o', '-I', '-O', '-P', '-T', '-V', '-M', '-m']

/** Debian's netcat-traditional, Ubuntu's netcat-openbsd. */
async function nc(call: Call): Promise<number> {
  const flags = call.args.filter((arg) => /^-[a-zA-Z]+/.test(arg)).join('')
  const optionValue = (letter: string): string | undefined => {
    const at = call.args.findIndex((arg) => new RegExp(`^-[a-zA-Z]*${letter}$`).test(arg))
    return at >= 0 ? call.args[at + 1] : new RegExp(`-${letter}(\\d+)`).exec(call.args.join(' '))?.[1]
  }
  const rest = call.args.filter((arg, i) => {
    const before = call.args[i - 1] ?? ''
    return !arg.startsWith('-') && !(VALUED.includes(before) || /^-[a-zA-Z]*[pwqi]$/.test(before))
  })
  if (flags.includes('l')) {
    // A listener that nobody reaches.
    for (;;) await call.sleep(3_600_000)
  }
  const openbsd = call.machine.persona.os.id === 'ubuntu'
  const usage =
    'usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]\n\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]\n\t  [destination] [port]\n'
  const [host, ...words] = rest
  if (host === undefined) return await call.err(openbsd ? usage : 'no destination\n').then(() => 1)
  if (words.length === 0) return await call.err(openbsd ? usage : 'no port[s] to connect to\n').then(() => 1)
  const ports = portsOf(words)
  if (ports === null)
    return await call.err(openbsd ? `nc: port number invalid: ${words[0] ?? ''}\n` : `invalid port ${words[0] ?? ''}\n`).then(() => 1)
  const verbose = flags.includes('v')
  const scan = flags.includes('z')
  const udp = flags.includes('u')
  const own = ownAddress(call.session, host)
  for (const port of ports.slice(0, 20))
    call.session.observer.connect(toBytes(`${udp ? 'udp' : 'tcp'}://${host}:${port}`), baseName(call.name))
  const say = async (text: string): Promise<void> => (verbose ? await call.err(text) : undefined)
  if (own === null && !isAddress(host)) {
    await call.sleep(5000)
    return await call
      .err(
        openbsd
          ? `nc: getaddrinfo for host "${host}" port ${words[0] ?? ''}: Temporary failure in name resolution\n`
          : `${host}: forward host lookup failed: Host name lookup failure : Resource temporarily unavailable\n`,
      )
      .then(() => 1)
  }
  const shown = own === null || own === call.machine.persona.ip ? '(UNKNOWN)' : 'localhost'
  if (own === null && !flags.includes('n') && !openbsd) await say(`${host}: inverse host lookup failed: Host name lookup failure\n`)
  let status = 1
  for (const port of ports) {
    const name = NAMES[port] ?? '?'
    const line = dial(call.machine, port)
    if (own === null) {
      const seconds = Number(optionValue('w'))
      await call.sleep(seconds > 0 ? Math.min(seconds, 3600) * 1000 : 130_000)
      const reason = seconds > 0 ? (openbsd ? 'Operation now in progress' : 'Connection timed out') : 'Connection timed out'
      if (openbsd) await say(`nc: connect to ${host} port ${port} (tcp) ${seconds > 0 ? 'timed out' : 'failed'}: ${reason}\n`)
      else if (verbose || ports.length === 1) await call.err(`(UNKNOWN) [${host}] ${port} (${name}) : ${reason}\n`)
    } else if (line === undefined || udp) {
      if (openbsd) await say(`nc: connect to ${host} port ${port} (tcp) failed: Connection refused\n`)
      else if (verbose || ports.length === 1)
        await call.err(`${verbose ? shown : '(UNKNOWN)'} [${own}] ${port} (${name}) : Connection refused\n`)
    } else {
      status = 0
      await say(
        openbsd
          ? `Connection to ${host} (${own}) ${port} port [tcp/${name === '?' ? '*' : name}] succeeded!\n`
          : `${shown} [${own}] ${port} (${name}) open\n`,
      )
      if (scan) continue
      const limit = Number(optionValue('q') ?? optionValue('w'))
      await talk(call, line.peer, limit >= 0 ? Math.min(limit, 3600) * 1000 : PATIENCE)
      return 0
    }
  }
  return status
}

async function telnet(call: Call): Promise<number> {
  if (call.args.includes('--version') || call.args.includes('-V'))
    return await call
      .out(
        'telnet (GNU inetutils) 2.4\nCopyright (C) 2022 Free Software Foundation, Inc.\nLicense GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.\nThis is free software: you are free to change and redistribute it.\nThere is NO WARRANTY, to the extent permitted by law.\n\nWritten by many authors.\n',
      )
      .then(() => 0)
  const [host, port = '23'] = call.args.filter(
    (arg, i) => !arg.startsWith('-') && !['-l', '-n', '-e', '-b'].includes(call.args[i - 1] ?? ''),
  )
  const busy = call.state.program.endsWith('busybox')
  if (host === undefined) {
    if (busy) return await call.err('BusyBox v1.35.0 multi-call binary.\n\nUsage: telnet [-a] [-l USER] HOST [PORT]\n').then(() => 1)
    return await prompt(call)
  }
  call.session.observer.connect(toBytes(`tcp://${host}:${port}`), baseName(call.name))
  return await open(call, host, port)
}

async function open(call: Call, host: string, port: string): Promise<number> {
  const own = ownAddress(call.session, host)
  if (own === null && !isAddress(host)) {
    await call.sleep(5000)
    return await call.err(`telnet: could not resolve ${host}/${port}: Temporary failure in name resolution\n`).then(() => 1)
  }
  await call.out(`Trying ${own ?? host}...\n`)
  const number = portsOf([port])?.[0] ?? 0
  const line = own === null ? undefined : dial(call.machine, number)
  if (line === undefined) {
    if (own === null) await call.sleep(130_000)
    return await call.err(`telnet: Unable to connect to remote host: Connection ${own === null ? 'timed out' : 'refused'}\n`).then(() => 1)
  }
  await call.out(`Connected to ${host}.\nEscape character is '^]'.\n`)
  // The client answers options itself and shows the rest.
  const shown: Peer = {
    greeting: Buffer.from(line.peer.greeting.toString('latin1').replace(/\xff[\xfb-\xfe][\s\S]/g, ''), 'latin1'),
    receive: (data) => line.peer.receive(data),
    get closed() {
      return line.peer.closed
    },
  }
  await talk(call, shown, 0)
  if (line.peer.closed) await call.err('Connection closed by foreign host.\n')
  return 1
}

/** The client's own prompt. */
async function prompt(call: Call): Promise<number> {
  for (;;) {
    await call.out('telnet> ')
    const line = await readLine(call.stdin)
    if (line === '') return 0
    const [verb = '', host = '', port = '23'] = line.trim().split(/\s+/)
    if (/^q(u(it?)?)?$/.test(verb)) return 0
    if (/^o(p(en?)?)?$/.test(verb) && host !== '') {
      call.session.observer.connect(toBytes(`tcp://${host}:${port}`), baseName(call.name))
      await open(call, host, port)
    } else if (/^(\?|help)$/.test(verb)) await call.out(HELP)
    else if (verb !== '') await call.out('?Invalid command\n')
  }
}
const HELP =
  "Commands may be abbreviated.  Commands are:\n\nclose\tclose current connection\nlogout\tforcibly logout remote user and close the connection\ndisplay\tdisplay operating parameters\nmode\ttry to enter line or character mode ('mode ?' for more)\nopen\tconnect to a site\nquit\texit telnet\n"

export const connecting: Programs = { nc, 'nc.traditional': nc, 'nc.openbsd': nc, netcat: nc, ncat: nc, telnet, 'inetutils-telnet': telnet }
