import type { Call, Programs } from '../interpreter/call.ts'
import { toBytes } from '../interpreter/streams.ts'
import { ownAddress } from '../loopback/reach.ts'
import { baseName } from '../paths.ts'
import { isAddress, parts } from './address.ts'
import { request } from './wget.ts'

const TAKES =
  /^-[a-zA-Z]*[oXHdAFubeTmxcCQrKEtwY]$|^--(output|request|header|data|data-raw|data-binary|user-agent|form|user|cookie|referer|upload-file|max-time|connect-timeout|proxy|retry|write-out|resolve|interface|cacert|output-dir)$/
const METER =
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n'
const NOTHING = '  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0'

interface Wanted {
  readonly version: string
  readonly silent: boolean
  readonly meter: boolean
  readonly given: (letter: string, long: string) => string | undefined
  readonly has: (letter: string, long: string) => boolean
}

async function curl(call: Call): Promise<number> {
  const { args } = call
  const { persona } = call.machine
  const version = { debian12: '7.88.1', ubuntu22: '7.81.0', ubuntu24: '8.5.0' }[persona.os.distro]
  const urls = args.filter((arg, i) => !(arg.startsWith('-') && arg.length > 1) && !TAKES.test(args[i - 1] ?? ''))
  if (args.includes('--version') || args.includes('-V'))
    return await call
      .out(
        `curl ${version} (x86_64-pc-linux-gnu) libcurl/${version} OpenSSL/3.0.15 zlib/1.2.13 brotli/1.0.9 zstd/1.5.4 libidn2/2.3.3 libpsl/0.21.2 (+libidn2/2.3.3) libssh2/1.10.0 nghttp2/1.52.0 librtmp/2.3 OpenLDAP/2.5.13\nProtocols: dict file ftp ftps gopher gophers http https imap imaps ldap ldaps mqtt pop3 pop3s rtmp rtsp scp sftp smb smbs smtp smtps telnet tftp\n`,
      )
      .then(() => 0)
  if (urls.length === 0) return await call.err("curl: try 'curl --help' or 'curl --manual' for more information\n").then(() => 2)
  const letters = new Set(
    args.flatMap((arg) => (/^-[a-zA-Z]/.test(arg) ? [...arg.slice(1).replace(/([oXHdAFubeTmxcCQrKEtwY]).*$/s, '$1')] : [])),
  )
  const has = (letter: string, long: string): boolean => letters.has(letter) || args.includes(long)
  const given = (letter: string, long: string): string | undefined => {
    const at = args.findIndex((arg) => new RegExp(`^-[a-zA-Z]*${letter}$`).test(arg) || arg === long)
    return at >= 0 ? args[at + 1] : undefined
  }
  const muted = has('s', '--silent')
  const silent = muted && !has('S', '--show-error')
  const meter = !muted && (!call.toTty || has('o', '--output') || has('O', '--remote-name'))
  let status = 0
  for (const url of urls) {
    call.session.observer.download(toBytes(url), 'curl')
    const { host, port } = parts(url)
    const own = ownAddress(call.session, host)
    if (own !== null) {
      status = await here(call, url, own, { version, silent, meter, given, has })
      continue
    }
    if (meter) await call.err(METER + NOTHING)
    const limit = Number(given('m', '--max-time') ?? given('~', '--connect-timeout') ?? 0)
    const wait = isAddress(host)
      ? limit > 0
        ? Math.min(limit, 900) * 1000
        : 20_000 + call.session.options.random() * 10_000
      : 5000 + call.session.options.random() * 3000
    await call.sleep(wait)
    status = isAddress(host) ? 28 : 6
    if (meter) await call.err(`\r${NOTHING}\n`)
    if (silent) continue
    const spent = 130_000 + Math.floor(call.session.options.random() * 4000)
    if (!isAddress(host)) await call.err(`curl: (6) Could not resolve host: ${host}\n`)
    else if (limit > 0)
      await call.err(
        `curl: (28) ${given('m', '--max-time') === undefined ? 'Failed to connect to' : 'Connection timed out'}${given('m', '--max-time') === undefined ? ` ${host} port ${port} after ${limit * 1000 + 1} ms: Timeout was reached` : ` after ${limit * 1000 + 1} milliseconds`}\n`,
      )
    else await call.err(`curl: (28) Failed to connect to ${host} port ${port} after ${spent} ms: Couldn't connect to server\n`)
  }
  return status
}

async function here(call: Call, url: string, own: string, { version, silent, meter, given, has }: Wanted): Promise<number> {
  const { scheme, host, port, path } = parts(url)
  const verbose = async (text: string): Promise<void> => (has('v', '--verbose') ? await call.err(text) : undefined)
  const head = has('I', '--head')
  const data = given('d', '--data') ?? given('d', '--data-raw')
  const method = given('X', '--request') ?? (head ? 'HEAD' : data === undefined ? 'GET' : 'POST')
  const extra = call.args.flatMap((arg, i) => (arg === '-H' || arg === '--header' ? [call.args[i + 1] ?? ''] : []))
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}${port === '80' ? '' : `:${port}`}`,
    `User-Agent: ${given('A', '--user-agent') ?? `curl/${version}`}`,
    'Accept: */*',
    ...extra,
  ]
  if (meter) await call.err(METER + NOTHING)
  await verbose(`*   Trying ${own}:${port}...\n`)
  const answer = request(call, Number(port), `${lines.join('\r\n')}\r\n\r\n`)
  const fail = async (code: number, text: string): Promise<number> => {
    if (meter) await call.err(`\r${NOTHING}\n`)
    if (!silent) await call.err(`curl: (${code}) ${text}\n`)
    return code
  }
  if (answer === undefined) {
    await verbose(
      `* connect to ${own} port ${port} failed: Connection refused\n* Failed to connect to ${host} port ${port} after 0 ms: Couldn't connect to server\n* Closing connection 0\n`,
    )
    return await fail(
      7,
      `Failed to connect to ${host} port ${port} after 0 ms: ${version === '7.81.0' ? 'Connection refused' : "Couldn't connect to server"}`,
    )
  }
  await verbose(`* Connected to ${host} (${own}) port ${port} (#0)\n`)
  if (scheme === 'https')
    return await fail(35, 'OpenSSL/3.0.15: error:0A00010B:SSL routines::wrong version number'.replace('OpenSSL/3.0.15: ', ''))
  if (scheme === 'telnet' || scheme === 'dict') return await call.out(answer.body).then(() => 0)
  await verbose(`${lines.map((line) => `> ${line}\n`).join('')}> \n`)
  if (answer.head === '')
    return answer.body.length === 0 ? await fail(52, 'Empty reply from server') : await fail(1, 'Received HTTP/0.9 when not allowed')
  await verbose(
    `${answer.head
      .split('\r\n')
      .map((line) => `< ${line}\n`)
      .join('')}< \n`,
  )
  if (has('f', '--fail') && / [45]\d\d /.test(`${answer.head.split('\r\n')[0] ?? ''} `))
    return await fail(22, `The requested URL returned error: ${/ (\d{3})/.exec(answer.head)?.[1] ?? '404'}`)
  const size = answer.body.length
  if (meter)
    await call.err(
      `\r100 ${String(size).padStart(5)}  100 ${String(size).padStart(5)}    0     0   ${String(size * 900)
        .padStart(4)
        .slice(0, 4)}k      0 --:--:-- --:--:-- --:--:-- ${String(size * 1000)
        .padStart(4)
        .slice(0, 4)}k\n`,
    )
  const shown = Buffer.concat([
    Buffer.from(head || has('i', '--include') ? `${answer.head}\r\n\r\n` : '', 'latin1'),
    head ? Buffer.alloc(0) : answer.body,
  ])
  const name = given('o', '--output') ?? (has('O', '--remote-name') ? baseName(path.replace(/[?#].*$/s, '')) : undefined)
  const done = name === undefined || name === '-' ? await call.out(shown).then(() => 0) : await save(call, name, shown, silent)
  await verbose(`* Connection #0 to host ${host} left intact\n`)
  const format = given('w', '--write-out')
  if (format !== undefined)
    await call.out(
      format
        .replaceAll('%{http_code}', / (\d{3})/.exec(answer.head)?.[1] ?? '000')
        .replaceAll('%{size_download}', String(size))
        .replaceAll('%{time_total}', '0.000812')
        .replaceAll('\\n', '\n'),
    )
  return done
}
async function save(call: Call, name: string, data: Buffer, silent: boolean): Promise<number> {
  return await call.attempt(
    () => {
      call.fs.write(call.path(name), data, call.as)
      call.session.observer.file(call.path(name), data)
      return 0
    },
    async (reason) => {
      if (!silent) await call.err(`Warning: Failed to open the file ${name}: ${reason}\ncurl: (23) Failure writing output to destination\n`)
      return 23
    },
  )
}
export const curling: Programs = { curl }
