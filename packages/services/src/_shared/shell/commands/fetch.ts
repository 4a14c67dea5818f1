import { own } from '@decnet/kernel'
import type { Call, Programs } from '../interpreter/call.ts'
import { baseName } from '../paths.ts'
import { told } from '../terminal/script-input.ts'
import { strftime } from './strftime.ts'

const isAddress = (host: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':')
const parts = (url: string): { readonly scheme: string; readonly host: string; readonly port: string; readonly path: string } => {
  const found = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)(?::(\d+))?([^#]*)/i.exec(url)
  const scheme = (found?.[1] ?? 'http').toLowerCase()
  return {
    scheme,
    host: found?.[2] ?? '',
    port: found?.[3] ?? own({ https: '443', ftp: '21' }, scheme) ?? '80',
    path: found?.[4] === '' || found?.[4] === undefined ? '/' : found[4],
  }
}
/** The wish is kept; the wait is what a filtered network costs. */
const wish = (call: Call, url: string): void => call.session.observer.download(told(url), baseName(call.name))

async function wget(call: Call): Promise<number> {
  const takes = new Set([
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
  const urls = call.args.filter((arg, i) => !(arg.startsWith('-') && arg.length > 1) && !takes.has(call.args[i - 1] ?? ''))
  const quiet = call.args.some((arg) => /^-[a-zA-Z]*q/.test(arg) && !arg.startsWith('-O'))
  const say = async (text: string): Promise<void> => (quiet ? undefined : await call.err(text))
  if (call.args.includes('--version') || call.args.includes('-V'))
    return await call
      .out(
        'GNU Wget 1.21.3 built on linux-gnu.\n\n-cares +digest -gpgme +https +ipv6 +iri +large-file -metalink +nls\n+ntlm +opie +psl +ssl/gnutls\n',
      )
      .then(() => 0)
  if (urls.length === 0)
    return await call.err("wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n").then(() => 1)
  const busy = call.name.includes('busybox')
  for (const url of urls) {
    wish(call, url)
    const { scheme, host, port, path } = parts(url)
    const full = `${scheme}://${host}${/:\d+/.test(url.replace(/^\w+:\/\//, '').split('/')[0] ?? '') ? `:${port}` : ''}${path}`
    const stamp = strftime('%Y-%m-%d %H:%M:%S', call.machine.wall(call.machine.now()), call.machine.now())
    if (!busy) await say(`--${stamp}--  ${full}\n`)
    if (isAddress(host)) {
      await say(`Connecting to ${host}:${port}... `)
      await call.sleep(20_000 + call.session.options.random() * 5000)
      await say('failed: Connection timed out.\nRetrying.\n\n')
      await call.sleep(20_000 + call.session.options.random() * 5000)
      await say(
        `--${strftime('%Y-%m-%d %H:%M:%S', call.machine.wall(call.machine.now()), call.machine.now())}--  (try: 2)  ${full}\nConnecting to ${host}:${port}... failed: No route to host.\n`,
      )
    } else {
      await say(`Resolving ${host} (${host})... `)
      await call.sleep(5000 + call.session.options.random() * 3000)
      await say(
        `failed: Temporary failure in name resolution.\nwget: unable to resolve host address ${Buffer.from(`‘${host}’`).toString('latin1')}\n`,
      )
    }
  }
  return 4
}

async function curl(call: Call): Promise<number> {
  const takes =
    /^-[a-zA-Z]*[oXHdAFubeTmxcCQrKEtwY]$|^--(output|request|header|data|data-raw|data-binary|user-agent|form|user|cookie|referer|upload-file|max-time|connect-timeout|proxy|retry|write-out|resolve|interface|cacert|output-dir)$/
  const urls = call.args.filter((arg, i) => !(arg.startsWith('-') && arg.length > 1) && !takes.test(call.args[i - 1] ?? ''))
  const { persona } = call.machine
  const version = { debian12: '7.88.1', ubuntu22: '7.81.0', ubuntu24: '8.5.0' }[persona.os.distro]
  if (call.args.includes('--version') || call.args.includes('-V'))
    return await call
      .out(
        `curl ${version} (x86_64-pc-linux-gnu) libcurl/${version} OpenSSL/3.0.15 zlib/1.2.13 brotli/1.0.9 zstd/1.5.4 libidn2/2.3.3 libpsl/0.21.2 (+libidn2/2.3.3) libssh2/1.10.0 nghttp2/1.52.0 librtmp/2.3 OpenLDAP/2.5.13\nProtocols: dict file ftp ftps gopher gophers http https imap imaps ldap ldaps mqtt pop3 pop3s rtmp rtsp scp sftp smb smbs smtp smtps telnet tftp\n`,
      )
      .then(() => 0)
  if (urls.length === 0) return await call.err("curl: try 'curl --help' or 'curl --manual' for more information\n").then(() => 2)
  const silent =
    call.args.some((arg) => /^-[a-zA-Z]*s/.test(arg) || arg === '--silent') &&
    !call.args.some((arg) => /^-[a-zA-Z]*S/.test(arg) || arg === '--show-error')
  let status = 6
  for (const url of urls) {
    wish(call, url)
    const { host, port } = parts(url)
    const local = host === 'localhost' || host.startsWith('127.')
    await call.sleep(
      local ? 5 : isAddress(host) ? 20_000 + call.session.options.random() * 10_000 : 5000 + call.session.options.random() * 3000,
    )
    if (local || isAddress(host)) {
      status = local ? 7 : 28
      if (!silent)
        await call.err(
          local
            ? `curl: (7) Failed to connect to ${host} port ${port}: Connection refused\n`
            : `curl: (28) Failed to connect to ${host} port ${port} after ${130_000 + Math.floor(call.session.options.random() * 4000)} ms: Couldn't connect to server\n`,
        )
    } else if (!silent) await call.err(`curl: (6) Could not resolve host: ${host}\n`)
  }
  return status
}

async function tftp(call: Call): Promise<number> {
  const at = call.args.indexOf('-r')
  const remote = at >= 0 ? call.args[at + 1] : (call.args[call.args.indexOf('get') + 1] ?? '')
  const host =
    call.args
      .filter((arg, i) => !arg.startsWith('-') && !['-r', '-l', '-c', '-b', 'get'].includes(call.args[i - 1] ?? '') && arg !== 'get')
      .at(-1) ??
    call.args.at(-1) ??
    ''
  if (host === '') return await call.err('tftp> ').then(() => 0)
  wish(call, `tftp://${host}/${remote ?? ''}`)
  await call.sleep(25_000)
  return await call.err(isAddress(host) ? 'tftp: timeout\n' : `tftp: bad address '${host}'\n`).then(() => 1)
}
async function ftpget(call: Call): Promise<number> {
  const rest = call.args.filter((arg, i) => !arg.startsWith('-') && !['-u', '-p', '-P'].includes(call.args[i - 1] ?? ''))
  wish(call, `ftp://${rest[0] ?? ''}/${rest[2] ?? rest[1] ?? ''}`)
  await call.sleep(20_000)
  return await call
    .err(
      isAddress(rest[0] ?? '')
        ? `${baseName(call.name)}: can't connect to remote host (${rest[0]}): Connection timed out\n`
        : `${baseName(call.name)}: bad address '${rest[0] ?? ''}'\n`,
    )
    .then(() => 1)
}

async function ssh(call: Call): Promise<number> {
  const takes = new Set([...'bcDEeFIiJLlmOopQRSWw'].map((letter) => `-${letter}`))
  const host = call.args.find((arg, i) => !arg.startsWith('-') && !takes.has(call.args[i - 1] ?? ''))
  const { openssh } = call.machine.persona.packages
  if (call.args.includes('-V'))
    return await call.err(`OpenSSH_${openssh.version} ${openssh.revision}, OpenSSL 3.0.15 3 Sep 2024\n`).then(() => 0)
  if (host === undefined)
    return await call
      .err(
        'usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface]\n           [-b bind_address] [-c cipher_spec] [-D [bind_address:]port]\n           [-E log_file] [-e escape_char] [-F configfile] [-I pkcs11]\n           [-i identity_file] [-J [user@]host[:port]] [-L address]\n           [-l login_name] [-m mac_spec] [-O ctl_cmd] [-o option] [-p port]\n           [-Q query_option] [-R address] [-S ctl_path] [-W host:port]\n           [-w local_tun[:remote_tun]] destination [command [argument ...]]\n',
      )
      .then(() => 255)
  const port = call.args[call.args.indexOf('-p') + 1]
  const name = host.replace(/^.*@/, '')
  wish(call, `ssh://${host}${call.args.includes('-p') ? `:${port}` : ''}`)
  await call.sleep(isAddress(name) ? 25_000 : 5000)
  return await call
    .err(
      isAddress(name)
        ? `ssh: connect to host ${name} port ${call.args.includes('-p') ? port : 22}: Connection timed out\n`
        : `ssh: Could not resolve hostname ${name}: Temporary failure in name resolution\n`,
    )
    .then(() => 255)
}
async function scp(call: Call): Promise<number> {
  const rest = call.args.filter(
    (arg, i) => !arg.startsWith('-') && !['-P', '-i', '-o', '-l', '-F', '-S', '-c'].includes(call.args[i - 1] ?? ''),
  )
  const remote = rest.find((arg) => /^[^/]*:/.test(arg))
  if (remote === undefined)
    return await call
      .err(
        'usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]\n           [-i identity_file] [-J destination] [-l limit] [-o ssh_option]\n           [-P port] [-S program] [-X sftp_option] source ... target\n',
      )
      .then(() => 1)
  wish(call, `${baseName(call.name)}://${remote}`)
  const host = remote.replace(/^.*@/, '').replace(/:.*$/, '')
  await call.sleep(isAddress(host) ? 25_000 : 5000)
  await call.err(
    `${isAddress(host) ? `ssh: connect to host ${host} port 22: Connection timed out` : `ssh: Could not resolve hostname ${host}: Temporary failure in name resolution`}\r\n${baseName(call.name)}: Connection closed\n`,
  )
  return 255
}

async function nc(call: Call): Promise<number> {
  const rest = call.args.filter(
    (arg, i) =>
      !arg.startsWith('-') && !['-p', '-w', '-e', '-c', '-s', '-i', '-X', '-x', '-q', '-g', '-G', '-o'].includes(call.args[i - 1] ?? ''),
  )
  if (call.args.some((arg) => /^-[a-zA-Z]*l/.test(arg))) {
    // A listener that nobody reaches.
    for (;;) await call.sleep(3_600_000)
  }
  const [host, port] = rest
  if (host === undefined) return await call.err(baseName(call.name) === 'telnet' ? 'telnet> ' : 'no destination\n').then(() => 1)
  const shown = port ?? (baseName(call.name) === 'telnet' ? '23' : '')
  if (shown === '') return await call.err('no port[s] to connect to\n').then(() => 1)
  wish(call, `tcp://${host}:${shown}`)
  const telnet = baseName(call.name) === 'telnet'
  if (telnet) await call.out(`Trying ${host}...\n`)
  await call.sleep(isAddress(host) ? 25_000 : 5000)
  if (telnet)
    await call.err(
      isAddress(host)
        ? 'telnet: Unable to connect to remote host: Connection timed out\n'
        : `telnet: could not resolve ${host}/${shown}: Temporary failure in name resolution\n`,
    )
  else
    await call.err(
      isAddress(host)
        ? `(UNKNOWN) [${host}] ${shown} (?) : Connection timed out\n`
        : `${host}: forward host lookup failed: Host name lookup failure : Resource temporarily unavailable\n`,
    )
  return 1
}
async function git(call: Call): Promise<number> {
  const url = call.args[1]
  if (call.args[0] !== 'clone' || url === undefined)
    return await call.fail(`'${call.args[0] ?? ''}' is not a git command. See 'git --help'.`)
  wish(call, url)
  await call.err(`Cloning into '${baseName(url).replace(/\.git$/, '')}'...\n`)
  await call.sleep(6000)
  return await call.err(`fatal: unable to access '${url}/': Could not resolve host: ${parts(url).host}\n`).then(() => 128)
}
const keygen = async (call: Call): Promise<number> => {
  const at = call.args.indexOf('-f')
  const path = at >= 0 ? (call.args[at + 1] ?? '') : `${call.env('HOME') ?? ''}/.ssh/id_rsa`
  await call.out(`Generating public/private rsa key pair.\n`)
  return await call.attempt(
    async () => {
      const key = call.machine.persona.bytes(`keygen ${path}`, 279).toString('base64')
      call.fs.write(
        call.path(path),
        Buffer.from(
          `-----BEGIN OPENSSH PRIVATE KEY-----\n${call.machine.persona.bytes(`keygen private ${path}`, 1400).toString('base64').replace(/.{70}/g, '$&\n')}\n-----END OPENSSH PRIVATE KEY-----\n`,
        ),
        call.as,
        { mode: 0o600 },
      )
      call.fs.write(
        call.path(`${path}.pub`),
        Buffer.from(`ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ${key} ${call.state.user.name}@${call.machine.persona.hostname}\n`),
        call.as,
      )
      await call.out(
        `Your identification has been saved in ${path}\nYour public key has been saved in ${path}.pub\nThe key fingerprint is:\nSHA256:${call.machine.persona.bytes(`fingerprint ${path}`, 32).toString('base64').replace(/=$/, '')} ${call.state.user.name}@${call.machine.persona.hostname}\n`,
      )
      return 0
    },
    async (reason) => await call.err(`Saving key "${path}" failed: ${reason}\n`).then(() => 1),
  )
}
export const fetching: Programs = {
  wget,
  curl,
  tftp,
  ftpget,
  ftpput: ftpget,
  ftp: ftpget,
  lftp: ftpget,
  ssh,
  scp,
  sftp: scp,
  rsync: scp,
  nc,
  netcat: nc,
  ncat: nc,
  telnet: nc,
  git,
  'ssh-keygen': keygen,
}
