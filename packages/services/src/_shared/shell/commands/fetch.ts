import type { Call, Programs } from '../interpreter/call.ts'
import { toBytes } from '../interpreter/streams.ts'
import { ownAddress, serviceAt } from '../loopback/reach.ts'
import { baseName } from '../paths.ts'
import { isAddress, parts } from './address.ts'
import { opensslOf } from './packages.ts'
import { sshHere } from './ssh-here.ts'

/** The wish is kept; the wait is what a filtered network costs. */
const wish = (call: Call, url: string): void => call.session.observer.download(toBytes(url), baseName(call.name))

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
  await call.sleep(ownAddress(call.session, host) === null ? 25_000 : 12_000)
  return await call
    .err(isAddress(host) || ownAddress(call.session, host) !== null ? 'tftp: timeout\n' : `tftp: bad address '${host}'\n`)
    .then(() => 1)
}
async function ftpget(call: Call): Promise<number> {
  const rest = call.args.filter((arg, i) => !arg.startsWith('-') && !['-u', '-p', '-P'].includes(call.args[i - 1] ?? ''))
  wish(call, `ftp://${rest[0] ?? ''}/${rest[2] ?? rest[1] ?? ''}`)
  const own = ownAddress(call.session, rest[0] ?? '')
  await call.sleep(own === null ? 20_000 : 0)
  return await call
    .err(
      own !== null
        ? `${baseName(call.name)}: ${serviceAt(call.machine, 21) === undefined ? `can't connect to remote host (${own}): Connection refused` : 'unexpected server response to USER: 530 Login incorrect.'}\n`
        : isAddress(rest[0] ?? '')
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
    return await call.err(`OpenSSH_${openssh.version} ${openssh.revision}, ${opensslOf(call.machine.persona)}\n`).then(() => 0)
  if (host === undefined)
    return await call
      .err(
        'usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface]\n           [-b bind_address] [-c cipher_spec] [-D [bind_address:]port]\n           [-E log_file] [-e escape_char] [-F configfile] [-I pkcs11]\n           [-i identity_file] [-J [user@]host[:port]] [-L address]\n           [-l login_name] [-m mac_spec] [-O ctl_cmd] [-o option] [-p port]\n           [-Q query_option] [-R address] [-S ctl_path] [-W host:port]\n           [-w local_tun[:remote_tun]] destination [command [argument ...]]\n',
      )
      .then(() => 255)
  const port = call.args[call.args.indexOf('-p') + 1]
  const name = host.replace(/^.*@/, '')
  call.session.observer.connect(toBytes(`ssh://${host}${call.args.includes('-p') ? `:${port}` : ''}`), baseName(call.name))
  const own = ownAddress(call.session, name)
  if (own !== null) return await sshHere(call, { given: host, address: own, port: Number(call.args.includes('-p') ? port : 22) })
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
  const own = ownAddress(call.session, host)
  if (own !== null) {
    const status = await sshHere(call, { given: remote.replace(/:.*$/s, ''), address: own, port: 22 }, false)
    await call.err(`${baseName(call.name)}: Connection closed\n`)
    return status
  }
  await call.sleep(isAddress(host) ? 25_000 : 5000)
  await call.err(
    `${isAddress(host) ? `ssh: connect to host ${host} port 22: Connection timed out` : `ssh: Could not resolve hostname ${host}: Temporary failure in name resolution`}\r\n${baseName(call.name)}: Connection closed\n`,
  )
  return 255
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
  tftp,
  ftpget,
  ftpput: ftpget,
  lftp: ftpget,
  ssh,
  scp,
  sftp: scp,
  rsync: scp,
  git,
  'ssh-keygen': keygen,
}
