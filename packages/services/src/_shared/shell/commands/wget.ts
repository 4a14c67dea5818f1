import type { Call, Programs } from '../interpreter/call.ts'
import { toBytes } from '../interpreter/streams.ts'
import { dial, ownAddress } from '../loopback/reach.ts'
import { baseName } from '../paths.ts'
import { isAddress, parts } from './address.ts'
import { strftime } from './strftime.ts'

const TAKES = new Set([
  '-O',
  '-o',
  '-P',
  '-T',
  '-t',
  '-U',
  '-e',
  '-w',
  '-Q',
  '-a',
  '-i',
  '-D',
  '--header',
  '--user',
  '--password',
  '--timeout',
  '--tries',
])
const VERSIONS = { debian12: '1.21.3', ubuntu22: '1.21.2', ubuntu24: '1.21.4' }
const quoted = (text: string): string => `${Buffer.from('‘').toString('latin1')}${text}${Buffer.from('’').toString('latin1')}`

const optionValue = (call: Call, letter: string, long: string): string | undefined => {
  const at = call.args.findIndex((arg) => new RegExp(`^-[a-zA-Z]*${letter}$`).test(arg) || arg === long)
  if (at >= 0) return call.args[at + 1]
  const whole = call.args.find((arg) => arg.startsWith(`${long}=`))
  if (whole !== undefined) return whole.slice(long.length + 1)
  const short = new RegExp(`^-[bcdFhkLmNnpqrSvVx]*${letter}(.+)$`)
  return call.args.map((arg) => short.exec(arg)?.[1]).find((value) => value !== undefined)
}

/** One request to this host's own web server; the answer's head and body, '' and all of it when it is no HTTP. */
export function request(call: Call, port: number, text: string): { readonly head: string; readonly body: Buffer } | undefined {
  const line = dial(call.machine, port)
  if (line === undefined) return undefined
  const whole = Buffer.concat([line.peer.greeting, line.peer.receive(Buffer.from(text, 'latin1'))])
  const end = whole.indexOf('\r\n\r\n')
  const http = whole.subarray(0, 5).toString('latin1') === 'HTTP/' && end >= 0
  return http ? { head: whole.subarray(0, end).toString('latin1'), body: whole.subarray(end + 4) } : { head: '', body: whole }
}

async function wget(call: Call): Promise<number> {
  if (call.state.program.endsWith('busybox')) return await small(call)
  const { args } = call
  const version = VERSIONS[call.machine.persona.os.distro]
  const urls = args.filter(
    (arg, i) =>
      !(arg.startsWith('-') && arg.length > 1) && !(TAKES.has(args[i - 1] ?? '') || /^-[a-zA-Z]+[OPoTtU]$/.test(args[i - 1] ?? '')),
  )
  const quiet = args.some((arg) => /^-[bcdFhkLmNnprSvVx]*q/.test(arg)) || args.includes('--quiet')
  const brief = args.includes('-nv') || args.includes('--no-verbose')
  const say = async (text: string): Promise<void> => (quiet || brief ? undefined : await call.err(text))
  if (args.includes('--version') || args.includes('-V'))
    return await call
      .out(
        `GNU Wget ${version} built on linux-gnu.\n\n-cares +digest -gpgme +https +ipv6 +iri +large-file -metalink +nls\n+ntlm +opie +psl +ssl/gnutls\n`,
      )
      .then(() => 0)
  if (urls.length === 0)
    return await call.err("wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n").then(() => 1)
  let status = 0
  for (const url of urls) {
    call.session.observer.download(toBytes(url), 'wget')
    const now = (): string => strftime('%Y-%m-%d %H:%M:%S', call.machine.wall(call.machine.now()), call.machine.now())
    const { scheme, host, port, path } = parts(url)
    const full = `${scheme}://${host}${/:\d+/.test(url.replace(/^\w+:\/\//, '').split('/')[0] ?? '') ? `:${port}` : ''}${path}`
    await say(`--${now()}--  ${full}\n`)
    const own = ownAddress(call.session, host)
    if (own !== null) {
      const ended = await fetchHere(call, { host, own, port: Number(port), path, secure: scheme === 'https' }, { say, now, quiet, full })
      if (ended !== 0) status = ended
      continue
    }
    status = 4
    if (isAddress(host)) {
      const tries = Math.min(20, Math.max(1, Number(optionValue(call, 't', '--tries') ?? 20) || 20))
      const limit = Number(optionValue(call, 'T', '--timeout') ?? 0)
      for (let attempt = 1; attempt <= tries; attempt++) {
        if (attempt > 1) await say(`--${now()}--  (try:${String(attempt).padStart(2)})  ${full}\n`)
        await say(`Connecting to ${host}:${port}... `)
        await call.sleep(limit > 0 ? Math.min(limit, 900) * 1000 : 20_000 + call.session.options.random() * 5000)
        if (limit <= 0 && attempt === 2) {
          await say('failed: No route to host.\n')
          break
        }
        await say(`failed: Connection timed out.\n${attempt < tries ? 'Retrying.\n\n' : 'Giving up.\n\n'}`)
        if (attempt < tries) await call.sleep(Math.min(attempt, 10) * 1000)
      }
    } else {
      await say(`Resolving ${host} (${host})... `)
      await call.sleep(5000 + call.session.options.random() * 3000)
      await say('failed: Temporary failure in name resolution.\n')
      if (!quiet) await call.err(`wget: unable to resolve host address ${quoted(host)}\n`)
    }
  }
  return status
}

interface Here {
  readonly host: string
  readonly own: string
  readonly port: number
  readonly path: string
  readonly secure: boolean
}
interface Manner {
  readonly say: (text: string) => Promise<void>
  readonly now: () => string
  readonly quiet: boolean
  readonly full: string
}

async function fetchHere(call: Call, to: Here, { say, now, quiet, full }: Manner): Promise<number> {
  if (to.host !== to.own) await say(`Resolving ${to.host} (${to.host})... ${to.own}\n`)
  const found = to.host === to.own ? `${to.host}:${to.port}` : `${to.host} (${to.host})|${to.own}|:${to.port}`
  await say(`Connecting to ${found}... `)
  const answer = request(
    call,
    to.port,
    `GET ${to.path} HTTP/1.1\r\nHost: ${to.host}${to.port === 80 ? '' : `:${to.port}`}\r\nUser-Agent: Wget/${VERSIONS[call.machine.persona.os.distro]}\r\nAccept: */*\r\nAccept-Encoding: identity\r\nConnection: Keep-Alive\r\n\r\n`,
  )
  if (answer === undefined) return await say('failed: Connection refused.\n').then(() => 4)
  await say('connected.\n')
  if (to.secure) return await say('GnuTLS: An unexpected TLS packet was received.\nUnable to establish SSL connection.\n').then(() => 4)
  const code = answer.head === '' ? '200 No headers, assuming HTTP/0.9' : (/^HTTP\/1\.\d (.*)/.exec(answer.head)?.[1] ?? '200 OK').trim()
  await say(`HTTP request sent, awaiting response... ${code}\n`)
  if (!code.startsWith('2')) {
    if (!quiet) await call.err(`${now()} ERROR ${code.slice(0, 3)}: ${code.slice(4)}.\n`)
    await say('\n')
    return 8
  }
  const type = /^content-type:\s*([^;\r]*)/im.exec(answer.head)?.[1] ?? 'text/html'
  const size = answer.body.length
  const given = optionValue(call, 'O', '--output-document')
  const plain = baseName(to.path.replace(/[?#].*$/s, ''))
  const name = given ?? (to.path.endsWith('/') || plain === '' || plain === '/' ? 'index.html' : plain)
  await say(
    `Length: ${answer.head === '' ? 'unspecified' : `${size} [${type}]`}\nSaving to: ${name === '-' ? quoted('STDOUT') : quoted(name)}\n\n`,
  )
  const failed = await call.attempt<string | null>(
    async () => {
      if (name === '-') await call.out(answer.body)
      else {
        call.fs.write(call.path(name), answer.body, call.as)
        call.session.observer.file(call.path(name), answer.body)
      }
      return null
    },
    (reason) => reason,
  )
  if (failed !== null) return await call.err(`${name}: ${failed}\n\nCannot write to ${quoted(name)} (${failed}).\n`).then(() => 3)
  const short = name.length > 19 ? `${name.slice(0, 19)}` : name
  if (call.stderr.tty)
    await say(
      `\r${short.padEnd(20)}  0%[                    ]       0  --.-KB/s               \r${short.padEnd(20)}100%[===================>]${String(size).padStart(8)}  --.-KB/s    in 0s      \n\n`,
    )
  else await say(`     0K${size === 0 ? '                                                       ' : ' '.padEnd(55)}100% ${'96.8M'}=0s\n\n`)
  await say(
    `${now()} (${(20 + (size % 70)).toFixed(1)} MB/s) - ${name === '-' ? 'written to stdout' : quoted(name)}${name === '-' ? '' : ' saved'} [${size}/${size}]\n\n`,
  )
  if (call.args.includes('-nv')) await call.err(`${now()} URL:${full} [${size}/${size}] -> "${name}" [1]\n`)
  return 0
}

/** BusyBox's. */
async function small(call: Call): Promise<number> {
  const urls = call.args.filter(
    (arg, i) => !arg.startsWith('-') && !['-O', '-o', '-P', '-T', '-U', '-Y', '--header'].includes(call.args[i - 1] ?? ''),
  )
  const url = urls[0]
  if (url === undefined)
    return await call
      .err(
        'BusyBox v1.35.0 multi-call binary.\n\nUsage: wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]\n\t[--post-data STR | --post-file FILE] [-Y on/off]\n\t[-P DIR] [-U AGENT] [-T SEC] URL...\n',
      )
      .then(() => 1)
  const quiet = call.args.some((arg) => /^-[a-zA-Z]*q/.test(arg))
  call.session.observer.download(toBytes(url), 'wget')
  const { host, port, path } = parts(url)
  const own = ownAddress(call.session, host)
  if (own === null && !isAddress(host)) {
    await call.sleep(5000)
    return await call.err(`wget: bad address '${host}'\n`).then(() => 1)
  }
  const say = async (text: string): Promise<void> => (quiet ? undefined : await call.err(text))
  await say(`Connecting to ${host}${own === null || host === own ? `:${port}` : ''} (${own ?? host}:${port})\n`)
  const answer =
    own === null
      ? undefined
      : request(call, Number(port), `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: Wget\r\nConnection: close\r\n\r\n`)
  if (answer === undefined) {
    if (own === null) await call.sleep(130_000)
    return await call
      .err(`wget: can't connect to remote host (${own ?? host}): Connection ${own === null ? 'timed out' : 'refused'}\n`)
      .then(() => 1)
  }
  const code = /^HTTP\/1\.\d (.*)/.exec(answer.head)?.[1]?.trim()
  if (code === undefined) return await call.err('wget: error getting response\n').then(() => 1)
  if (!code.startsWith('2')) return await call.err(`wget: server returned error: HTTP/1.1 ${code}\n`).then(() => 1)
  const name = optionValue(call, 'O', '--output') ?? (path.endsWith('/') ? 'index.html' : baseName(path))
  return await call.attempt(
    async () => {
      if (name === '-') return await call.out(answer.body).then(() => 0)
      call.fs.write(call.path(name), answer.body, call.as)
      call.session.observer.file(call.path(name), answer.body)
      await say(
        `saving to '${name}'\n${baseName(name).slice(0, 20).padEnd(20)} 100% |********************************|${String(answer.body.length).padStart(6)}  0:00:00 ETA\n'${name}' saved\n`,
      )
      return 0
    },
    async (reason) => await call.err(`wget: can't open '${name}': ${reason}\n`).then(() => 1),
  )
}
export const wgetting: Programs = { wget }
