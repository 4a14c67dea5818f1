import { gunzipSync, gzipSync } from 'node:zlib'
import type { Call, Programs } from '../interpreter/call.ts'
import { openOutput } from '../interpreter/files.ts'
import { readAll } from '../interpreter/streams.ts'
import { baseName, fromDisk } from '../paths.ts'
import { modeText } from './ls.ts'
import { operand } from './reading.ts'

const SIZE_MAX = 16_777_216
const ENTRIES_MAX = 5000

/** Unpacked bytes, or null when they are no gzip stream or too many. */
function unpack(data: Buffer): Buffer | null {
  try {
    return gunzipSync(data, { maxOutputLength: SIZE_MAX })
  } catch {
    return null
  }
}

async function gzip(call: Call): Promise<number> {
  const name = baseName(call.name)
  const flags = call.args.filter((arg) => /^-./.test(arg)).join('')
  const down = name !== 'gzip' || /-\w*d|--decompress/.test(flags)
  const toOut = name === 'zcat' || /-\w*c|--stdout/.test(flags)
  const paths = call.args.filter((arg) => !/^-./.test(arg))
  if (paths.length === 0 || paths[0] === '-') {
    const data = await readAll(call.stdin, SIZE_MAX)
    const made = down ? unpack(data) : gzipSync(data)
    if (made === null)
      return await call.err(`\ngzip: stdin: ${data.length === 0 ? 'unexpected end of file' : 'not in gzip format'}\n`).then(() => 1)
    await call.out(made)
    return 0
  }
  let status = 0
  for (const path of paths) {
    const problem = await call.attempt<string | null>(
      async () => {
        if (down && !toOut && !/\.(gz|tgz|Z)$/.test(path)) return `${path}: unknown suffix -- ignored`
        const made = down ? unpack(call.fs.read(call.path(path), call.as)) : gzipSync(call.fs.read(call.path(path), call.as))
        if (made === null) return `\ngzip: ${path}: not in gzip format`
        if (toOut) {
          await call.out(made)
          return null
        }
        const target = down ? path.replace(/\.tgz$/, '.tar').replace(/\.(gz|Z)$/, '') : `${path}.gz`
        const { output } = openOutput(call.state, target)
        await output?.write(made)
        output?.close()
        if (!/-\w*k|--keep/.test(flags)) call.fs.remove(call.path(path), call.as)
        return null
      },
      (reason) => `${path}: ${reason}`,
    )
    if (problem !== null) {
      status = 1
      await call.err(problem.startsWith('\n') ? `${problem}\n` : `gzip: ${problem}\n`)
    }
  }
  return status
}

interface Member {
  readonly name: string
  readonly mode: number
  readonly size: number
  readonly mtime: number
  readonly type: string
  readonly target: string
  readonly data: Buffer
}
function members(data: Buffer): Member[] | null {
  const list: Member[] = []
  let longName = ''
  for (let at = 0; at + 512 <= data.length && list.length < ENTRIES_MAX; ) {
    const head = data.subarray(at, at + 512)
    if (head.every((byte) => byte === 0)) break
    const text = (from: number, length: number): string =>
      head
        .subarray(from, from + length)
        .toString('latin1')
        .replace(/\0.*$/s, '')
    const octal = (from: number, length: number): number => Number.parseInt(text(from, length).trim() || '0', 8)
    const sum = [...head].reduce((all, byte, i) => all + (i >= 148 && i < 156 ? 32 : byte), 0)
    if (sum !== octal(148, 8)) return list.length === 0 ? null : list
    const size = octal(124, 12)
    if (!Number.isFinite(size) || size < 0 || at + 512 + size > data.length) return list.length === 0 ? null : list
    const body = data.subarray(at + 512, at + 512 + size)
    const type = text(156, 1) || '0'
    const prefix = text(257, 5) === 'ustar' ? text(345, 155) : ''
    if (type === 'L') longName = body.toString('latin1').replace(/\0+$/, '')
    else {
      list.push({
        name: longName || (prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`),
        mode: octal(100, 8) & 0o7777,
        size,
        mtime: octal(136, 12) * 1000,
        type,
        target: text(157, 100),
        data: body,
      })
      longName = ''
    }
    at += 512 + Math.ceil(size / 512) * 512
  }
  return list
}
function header(name: string, mode: number, size: number, mtime: number, type: string, target: string): Buffer {
  const head = Buffer.alloc(512)
  const put = (value: number, at: number, length: number): void =>
    void head.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
  head.write(name.slice(0, 100), 0, 'latin1')
  put(mode, 100, 8)
  put(0, 108, 8)
  put(0, 116, 8)
  put(size, 124, 12)
  put(Math.floor(mtime / 1000), 136, 12)
  head.write(type, 156)
  head.write(target.slice(0, 100), 157, 'latin1')
  head.write('ustar  \0', 257, 'latin1')
  head.fill(32, 148, 156)
  const sum = head.reduce((all, byte) => all + byte, 0)
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return head
}

async function tar(call: Call): Promise<number> {
  const args = [...call.args]
  let flags = ''
  let file = '-'
  let folder = ''
  const paths: string[] = []
  if (args[0] !== undefined && !args[0].startsWith('-')) args[0] = `-${args[0]}`
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    if (arg.startsWith('--')) {
      if (arg === '--extract') flags += 'x'
      else if (arg === '--create') flags += 'c'
      else if (arg === '--list') flags += 't'
      else if (arg.startsWith('--file=')) file = arg.slice(7)
      else if (arg === '--version') return await call.out('tar (GNU tar) 1.34\n').then(() => 0)
    } else if (arg.startsWith('-') && arg.length > 1) {
      for (let i = 1; i < arg.length; i++) {
        const letter = arg[i] ?? ''
        if (letter === 'f' || letter === 'C') {
          const value = arg.slice(i + 1) || (args.shift() ?? '')
          if (letter === 'f') file = value
          else folder = value
          break
        }
        flags += letter
      }
    } else paths.push(arg)
  }
  const at = (path: string): string => call.path(folder === '' || path.startsWith('/') ? path : `${folder}/${path}`)
  if (flags.includes('c')) return await create(call, file, paths, flags, at)
  if (!/[xt]/.test(flags))
    return await call
      .err(
        "tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\nTry 'tar --help' or 'tar --usage' for more information.\n",
      )
      .then(() => 2)
  const input =
    file === '-' ? call.stdin : await operand(Object.assign(Object.create(call), { fail: () => Promise.resolve(2) }) as Call, file)
  if (input === null)
    return await call
      .err(`tar: ${file}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n`)
      .then(() => 2)
  const raw = await readAll(input, SIZE_MAX)
  const data = raw[0] === 0x1f && raw[1] === 0x8b ? unpack(raw) : raw
  const list = data === null ? null : members(data)
  if (list === null)
    return await call
      .err(
        `${data === null || flags.includes('z') ? '\ngzip: stdin: not in gzip format\ntar: Child returned status 1\n' : 'tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors\n'}${data === null || flags.includes('z') ? 'tar: Error is not recoverable: exiting now\n' : ''}`,
      )
      .then(() => 2)
  let status = 0
  for (const one of list) {
    if (paths.length > 0 && !paths.some((path) => one.name === path || one.name.startsWith(`${path}/`))) continue
    if (flags.includes('t') || flags.includes('v'))
      await call.out(
        flags.includes('t') && flags.includes('v')
          ? `${modeText({ kind: one.type === '5' ? 'directory' : 'file', mode: one.mode, uid: 0, gid: 0, size: one.size, mtime: one.mtime, inode: 0, links: 1 })} root/root ${String(one.size).padStart(9)} ${new Date(one.mtime).toISOString().slice(0, 16).replace('T', ' ')} ${one.name}\n`
          : `${one.name}\n`,
      )
    if (flags.includes('x'))
      status = (await extract(
        call,
        one,
        at(
          one.name
            .replace(/^\/+/, '')
            .split('/')
            .filter((part) => part !== '..')
            .join('/'),
        ),
      ))
        ? status
        : 2
  }
  if (status !== 0) await call.err('tar: Exiting with failure status due to previous errors\n')
  return status
}
async function extract(call: Call, one: Member, path: string): Promise<boolean> {
  return await call.attempt(
    () => {
      const above = path.replace(/\/+$/, '').split('/').slice(1, -1)
      above.forEach((_, i) => {
        const folder = `/${above.slice(0, i + 1).join('/')}`
        if (!call.fs.has(folder, call.as)) call.fs.mkdir(folder, call.as)
      })
      const clean = path.replace(/\/+$/, '')
      if (one.type === '5') {
        if (!call.fs.has(clean, call.as)) call.fs.mkdir(clean, call.as, one.mode)
      } else if (one.type === '2') call.fs.symlink(one.target, clean, call.as)
      else {
        call.fs.write(clean, one.data, call.as, { mode: one.mode })
        call.fs.chmod(clean, one.mode, call.as)
        call.session.observer.file(clean, one.data)
      }
      return true
    },
    async (reason) => {
      await call.err(`tar: ${one.name}: Cannot open: ${reason}\n`)
      return false
    },
  )
}
async function create(call: Call, file: string, paths: readonly string[], flags: string, at: (path: string) => string): Promise<number> {
  if (paths.length === 0)
    return await call
      .err("tar: Cowardly refusing to create an empty archive\nTry 'tar --help' or 'tar --usage' for more information.\n")
      .then(() => 2)
  const parts: Buffer[] = []
  let size = 0
  let status = 0
  const add = async (path: string, depth: number): Promise<void> => {
    await call.attempt(
      async () => {
        const stat = call.fs.lstat(at(path), call.as)
        const name = path.replace(/^\/+/, '')
        const data = stat.kind === 'file' ? call.fs.read(at(path), call.as) : Buffer.alloc(0)
        size += data.length + 512
        if (size > SIZE_MAX || parts.length > ENTRIES_MAX * 3) return
        parts.push(
          header(
            stat.kind === 'directory' ? `${name}/` : name,
            stat.mode,
            data.length,
            stat.mtime,
            stat.kind === 'directory' ? '5' : stat.kind === 'symlink' ? '2' : '0',
            stat.kind === 'symlink' ? fromDisk(call.fs.readlink(at(path), call.as)) : '',
          ),
          data,
          Buffer.alloc((512 - (data.length % 512)) % 512),
        )
        if (flags.includes('v')) await (file === '-' ? call.err : call.out).call(call, `${name}\n`)
        if (stat.kind === 'directory' && depth < 60)
          for (const child of call.fs.list(at(path), call.as)) await add(`${path.replace(/\/$/, '')}/${fromDisk(child)}`, depth + 1)
      },
      async (reason) => {
        status = 2
        await call.err(`tar: ${path}: Cannot stat: ${reason}\n`)
      },
    )
  }
  if (paths.some((path) => path.startsWith('/'))) await call.err("tar: Removing leading `/' from member names\n")
  for (const path of paths) await add(path, 0)
  const whole = Buffer.concat([...parts, Buffer.alloc(1024)])
  const made = flags.includes('z') ? gzipSync(whole) : Buffer.concat([whole, Buffer.alloc((10_240 - (whole.length % 10_240)) % 10_240)])
  if (file === '-') await call.out(made)
  else {
    const problem = await call.attempt(
      async () => {
        const { output } = openOutput(call.state, file)
        await output?.write(made)
        output?.close()
        return null
      },
      (reason) => reason,
    )
    if (problem !== null)
      return await call.err(`tar: ${file}: Cannot open: ${problem}\ntar: Error is not recoverable: exiting now\n`).then(() => 2)
  }
  if (status !== 0) await call.err('tar: Exiting with failure status due to previous errors\n')
  return status
}
async function unzip(call: Call): Promise<number> {
  const path = call.args.find((arg) => !arg.startsWith('-')) ?? ''
  if (path === '')
    return await call
      .out(
        'UnZip 6.00 of 20 April 2009, by Debian. Original by Info-ZIP.\n\nUsage: unzip [-Z] [-opts[modifiers]] file[.zip] [list] [-x xlist] [-d exdir]\n',
      )
      .then(() => 10)
  if (!call.fs.has(call.path(path), call.as))
    return await call.err(`unzip:  cannot find or open ${path}, ${path}.zip or ${path}.ZIP.\n`).then(() => 9)
  await call.out(`Archive:  ${path}\n`)
  return await call
    .err(
      '  End-of-central-directory signature not found.  Either this file is not\n  a zipfile, or it constitutes one disk of a multi-part archive.  In the\n  latter case the central directory and zipfile comment will be found on\n  the last disk(s) of this archive.\nunzip:  cannot find zipfile directory in one of ' +
        `${path} or\n        ${path}.zip, and cannot find ${path}.ZIP, period.\n`,
    )
    .then(() => 9)
}
export const archives: Programs = { gzip, gunzip: gzip, zcat: gzip, tar, unzip }
