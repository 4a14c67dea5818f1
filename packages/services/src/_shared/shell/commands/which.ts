import { elfMachine, isElf } from '../elf.ts'
import type { Call, Programs } from '../interpreter/call.ts'
import { findProgram } from '../interpreter/launch.ts'
import { fromDisk } from '../paths.ts'
import { optionsOf } from './options.ts'

async function which(call: Call): Promise<number> {
  let status = 0
  for (const name of call.args.filter((arg) => arg !== '-a')) {
    const path = name.includes('/') ? (call.fs.has(call.path(name), call.as) ? name : undefined) : findProgram(call.state, name)
    if (path === undefined) status = 1
    else await call.out(`${path}\n`)
  }
  return status
}
async function whereis(call: Call): Promise<number> {
  for (const name of call.args.filter((arg) => !arg.startsWith('-'))) {
    const folders = ['/usr/bin', '/usr/sbin', '/usr/lib', '/bin', '/sbin', '/etc', '/usr/local/bin']
    const found = folders.map((folder) => `${folder}/${name}`).filter((path) => call.fs.has(path, call.as) && !/^\/s?bin\//.test(path))
    await call.out(`${name}:${found.map((path) => ` ${path}`).join('')}\n`)
  }
  return 0
}

const BUILD = 'dynamically linked, interpreter /lib64/ld-linux-x86-64.so.2'
async function describe(call: Call, path: string): Promise<string> {
  return await call.attempt(
    () => {
      const full = call.path(path)
      const stat = call.fs.lstat(full, call.as)
      if (stat.kind === 'directory') return (stat.mode & 0o1000) !== 0 ? 'sticky, directory' : 'directory'
      if (stat.kind === 'symlink')
        return call.fs.has(full, call.as)
          ? `symbolic link to ${fromDisk(call.fs.readlink(full, call.as))}`
          : `broken symbolic link to ${fromDisk(call.fs.readlink(full, call.as))}`
      if (stat.kind === 'device') return `character special (${call.fs.deviceOf(full, call.as)?.join('/') ?? '1/3'})`
      const data = call.fs.read(full, call.as)
      if (data.length === 0) return 'empty'
      return contents(call, data, stat.mode, call.fs.isPristine(full, call.as) ? path : null)
    },
    (reason) => `cannot open \`${path}' (${reason})`,
  )
}
function contents(call: Call, data: Buffer, mode: number, installed: string | null): string {
  if (isElf(data)) {
    const bits = data[4] === 2 ? '64' : '32'
    const order = data[5] === 2 ? 'MSB' : 'LSB'
    const kind = data[16] === 3 || data[17] === 3 ? 'pie executable' : 'executable'
    const special = (mode & 0o4000) !== 0 ? 'setuid ' : ''
    const tail =
      installed === null
        ? 'statically linked, stripped'
        : `${BUILD}, BuildID[sha1]=${call.machine.persona.hex(`build ${installed}`, 40)}, for GNU/Linux 3.2.0, stripped`
    return `${special}ELF ${bits}-bit ${order} ${kind}, ${elfMachine(data)}, version 1 (SYSV), ${tail}`
  }
  const head = data.subarray(0, 512).toString('latin1')
  const script = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(head)
  const encoding = /[\x80-\xff]/.test(data.subarray(0, 65_536).toString('latin1')) ? 'Unicode text, UTF-8 text' : 'ASCII text'
  if (script !== null) {
    const name = script[1]?.endsWith('/env') === true ? (script[2] ?? '') : (script[1] ?? '')
    const kind = /bash$/.test(name)
      ? 'Bourne-Again shell script'
      : /(sh|dash)$/.test(name)
        ? 'POSIX shell script'
        : /python/.test(name)
          ? 'Python script'
          : /perl/.test(name)
            ? 'Perl script'
            : `a ${name} script`
    return `${kind}, ${encoding} executable`
  }
  if (data[0] === 0x1f && data[1] === 0x8b)
    return `gzip compressed data, from Unix, original size modulo 2^32 ${data.length > 8 ? data.readUInt32LE(data.length - 4) : 0}`
  if (head.startsWith('PK\x03\x04')) return 'Zip archive data, at least v2.0 to extract, compression method=deflate'
  if (head.startsWith('-----BEGIN OPENSSH PRIVATE KEY')) return 'OpenSSH private key'
  if (/^ssh-(rsa|ed25519)/.test(head)) return `OpenSSH ${head.startsWith('ssh-rsa') ? 'RSA' : 'ED25519'} public key`
  if (data.subarray(257, 262).toString() === 'ustar') return 'POSIX tar archive (GNU)'
  if (/[\x00-\x08\x0e-\x1a]/.test(head)) return 'data'
  return head.includes('\r\n') ? `${encoding}, with CRLF line terminators` : encoding
}
async function file(call: Call): Promise<number> {
  const options = await optionsOf(call, 'bLhikznprs', { brief: 'b', 'mime-type': 'mime', mime: 'i', dereference: 'L' })
  if (options === null) return 1
  if (options.rest.length === 0)
    return await call
      .err(
        'Usage: file [-bcCdEhikLlNnprsSvzZ0] [--apple] [--extension] [--mime-encoding]\n            [--mime-type] [-e <testname>] [-F <separator>]  [-f <namefile>]\n            [-m <magicfiles>] [-P <parameter=value>] [--exclude-quiet]\n            <file> ...\n       file -C [-m <magicfiles>]\n       file [--help]\n',
      )
      .then(() => 1)
  const width = Math.max(...options.rest.map((path) => path.length)) + 2
  for (const path of options.rest)
    await call.out(options.has('b') ? `${await describe(call, path)}\n` : `${`${path}:`.padEnd(width)}${await describe(call, path)}\n`)
  return 0
}
async function ldd(call: Call): Promise<number> {
  for (const path of call.args) {
    const bad = !call.fs.has(call.path(path), call.as)
    if (bad) return await call.err(`ldd: ${path}: No such file or directory\n`).then(() => 1)
    const base = `0x00007f${call.machine.persona.hex(`ldd ${path}`, 6)}`
    await call.out(
      `\tlinux-vdso.so.1 (0x00007ffc${call.machine.persona.hex(`vdso ${path}`, 5)}000)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (${base}000)\n\t/lib64/ld-linux-x86-64.so.2 (${base}8000)\n`,
    )
  }
  return 0
}
export const lookups: Programs = { which, 'which.debianutils': which, whereis, file, ldd }
