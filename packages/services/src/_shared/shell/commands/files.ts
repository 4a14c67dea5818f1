import type { Call, Programs } from '../interpreter/call.ts'
import { openInput } from '../interpreter/files.ts'
import { baseName, fromDisk, toDisk } from '../paths.ts'
import { FileError, type FileStat } from '../port.ts'
import { groupId, groupName, userId, userName } from './accounts.ts'
import { modeText, timeColumn } from './ls.ts'
import { applyMode } from './mode.ts'
import { optionsOf } from './options.ts'

const quote = (name: string): string => `'${name}'`
const missing = async (call: Call, what = 'missing operand'): Promise<number> => {
  await call.err(`${call.name}: ${what}\nTry '${call.name} --help' for more information.\n`)
  return 1
}
const kindOf = (call: Call, path: string): FileStat['kind'] | undefined => {
  try {
    return call.fs.stat(call.path(path), call.as).kind
  } catch (error) {
    if (error instanceof FileError) return undefined
    throw error
  }
}

async function rm(call: Call): Promise<number> {
  const options = await optionsOf(call, 'dfiIrRv', {
    force: 'f',
    recursive: 'r',
    dir: 'd',
    verbose: 'v',
    'no-preserve-root': 'np',
    'preserve-root': 'pr',
    'one-file-system': 'ofs',
    interactive: 'i',
  })
  if (options === null) return 1
  if (options.rest.length === 0) return options.has('f') ? 0 : await missing(call)
  const recursive = options.has('r', 'R')
  let status = 0
  const refuse = async (path: string, reason: string): Promise<void> => {
    status = 1
    await call.err(`rm: cannot remove ${quote(path)}: ${reason}\n`)
  }
  const remove = async (path: string, depth: number): Promise<void> => {
    const step = call.session.step(call.state.signal)
    if (step !== undefined) await step
    const full = call.path(path)
    await call.attempt(
      async () => {
        const stat = call.fs.lstat(full, call.as)
        if (stat.kind !== 'directory') {
          call.fs.remove(full, call.as)
          if (options.has('v')) await call.out(`removed ${quote(path)}\n`)
          return
        }
        if (!recursive && !options.has('d')) return await refuse(path, 'Is a directory')
        if (recursive && depth < 200)
          for (const name of call.fs.list(full, call.as)) await remove(`${path.replace(/\/$/, '')}/${fromDisk(name)}`, depth + 1)
        call.fs.rmdir(full, call.as)
        if (options.has('v')) await call.out(`removed directory ${quote(path)}\n`)
      },
      async (reason, error) => {
        if (error.code === 'ENOENT' && options.has('f')) return
        await refuse(path, reason)
      },
    )
  }
  for (const path of options.rest) {
    const base = baseName(path)
    if (recursive && (base === '.' || base === '..')) {
      await call.err(`rm: refusing to remove '.' or '..' directory: skipping ${quote(path)}\n`)
      status = 1
    } else if (recursive && /^\/+$/.test(path) && !options.has('np')) {
      await call.err(`rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n`)
      status = 1
    } else await remove(path, 0)
  }
  return status
}

async function mkdir(call: Call): Promise<number> {
  const options = await optionsOf(call, 'm:pvZ', { parents: 'p', 'mode=': 'm', verbose: 'v' })
  if (options === null) return 1
  if (options.rest.length === 0) return await missing(call)
  let status = 0
  const mode = options.value('m')
  const bits = mode === undefined ? 0o777 & ~call.state.umask : (applyMode(mode, 0o777, true, call.state.umask) ?? 0o755)
  for (const path of options.rest) {
    const steps = options.has('p')
      ? path
          .split('/')
          .map((_, i, all) => all.slice(0, i + 1).join('/'))
          .filter((one) => one !== '' && !one.endsWith('/'))
      : [path]
    for (const step of steps) {
      const failed = await call.attempt(
        async () => {
          call.fs.mkdir(call.path(step), call.as, bits)
          if (options.has('v')) await call.out(`mkdir: created directory ${quote(step)}\n`)
          return false
        },
        async (reason, error) => {
          if (options.has('p') && error.code === 'EEXIST' && kindOf(call, step) === 'directory') return false
          status = 1
          await call.err(`mkdir: cannot create directory ${Buffer.from(`‘${step}’`).toString('latin1')}: ${reason}\n`)
          return true
        },
      )
      if (failed) break
    }
  }
  return status
}

async function rmdir(call: Call): Promise<number> {
  const options = await optionsOf(call, 'pv', { parents: 'p', 'ignore-fail-on-non-empty': 'ignore' })
  if (options === null) return 1
  if (options.rest.length === 0) return await missing(call)
  let status = 0
  for (const path of options.rest) {
    await call.attempt(
      () => call.fs.rmdir(call.path(path), call.as),
      async (reason) => {
        status = 1
        await call.err(`rmdir: failed to remove ${quote(path)}: ${reason}\n`)
      },
    )
  }
  return status
}

async function touch(call: Call): Promise<number> {
  const options = await optionsOf(call, 'acd:hmr:t:f', { 'no-create': 'c', 'date=': 'd', 'reference=': 'r' })
  if (options === null) return 1
  if (options.rest.length === 0) return await missing(call, 'missing file operand')
  let status = 0
  let at = call.machine.now()
  const stamp = options.value('t')
  const reference = options.value('r')
  const given = stamp === undefined ? undefined : /^(\d{2})?(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{2}))?$/.exec(stamp)
  if (given != null)
    at =
      Date.UTC(
        Number(`${given[1] ?? '20'}${given[2]}`),
        Number(given[3]) - 1,
        Number(given[4]),
        Number(given[5]),
        Number(given[6]),
        Number(given[7] ?? 0),
      ) -
      call.machine.wall(at).offset * 60_000
  const day = options.value('d')
  if (day !== undefined && !Number.isNaN(Date.parse(day))) at = Date.parse(day)
  if (reference !== undefined)
    at = await call.attempt(
      () => call.fs.stat(call.path(reference), call.as).mtime,
      () => at,
    )
  for (const path of options.rest) {
    await call.attempt(
      () => {
        const full = call.path(path)
        if (kindOf(call, path) === undefined) {
          if (options.has('c')) return
          call.fs.open(full, call.as, { create: true, mode: 0o666 & ~call.state.umask })
        }
        call.fs.touch(full, at, call.as)
      },
      async (reason) => {
        status = 1
        await call.err(
          `touch: ${reason === 'Permission denied' || kindOf(call, path) === undefined ? 'cannot touch' : 'setting times of'} ${quote(path)}: ${reason}\n`,
        )
      },
    )
  }
  return status
}

/** Where `cp a b` and `mv a b` put `a`: into a directory under its own name. */
const destination = (call: Call, source: string, target: string): string =>
  kindOf(call, target) === 'directory' ? `${target.replace(/\/$/, '')}/${baseName(source)}` : target

async function copyOrMove(call: Call): Promise<number> {
  const moving = baseName(call.name) === 'mv'
  const options = await optionsOf(call, 'abdfHilLnpPrRsS:t:TuvxZ', {
    recursive: 'r',
    archive: 'a',
    force: 'f',
    'no-clobber': 'n',
    verbose: 'v',
    'target-directory=': 't',
    preserve: 'p',
    'preserve=': 'p',
    'no-target-directory': 'T',
  })
  if (options === null) return 1
  const into = options.value('t')
  const rest = [...options.rest]
  const target = into ?? (rest.length > 1 ? rest.pop() : undefined)
  if (rest.length === 0) return await missing(call, 'missing file operand')
  if (target === undefined) return await missing(call, `missing destination file operand after ${quote(rest[0] ?? '')}`)
  if (rest.length > 1 && kindOf(call, target) !== 'directory')
    return await call.fail(
      kindOf(call, target) === undefined
        ? `target ${quote(target)}: No such file or directory`
        : `target ${quote(target)}: Not a directory`,
    )
  let status = 0
  for (const source of rest) {
    const to = destination(call, source, target)
    if (options.has('n') && kindOf(call, to) !== undefined) continue
    const failed = await call.attempt(
      () => (moving ? move(call, source, to) : copy(call, source, to, options.has('r', 'R', 'a'), options.has('p', 'a'), 0)),
      (reason, error) => problem(call, moving, source, to, reason, error),
    )
    if (failed !== null) {
      status = 1
      await call.err(`${call.name}: ${failed}\n`)
    } else if (options.has('v'))
      await call.out(moving ? `renamed ${quote(source)} -> ${quote(to)}\n` : `${quote(source)} -> ${quote(to)}\n`)
  }
  return status
}
function problem(call: Call, moving: boolean, source: string, to: string, reason: string, error: FileError): string {
  const exists = call.fs.has(call.path(source), call.as)
  if (!exists) return `cannot stat ${quote(source)}: ${reason}`
  if (moving)
    return error.code === 'EINVAL'
      ? `cannot move ${quote(source)} to a subdirectory of itself, ${quote(to)}`
      : `cannot move ${quote(source)} to ${quote(to)}: ${reason}`
  return error.code === 'EACCES' && !call.fs.allows(call.path(source), 4, call.as)
    ? `cannot open ${quote(source)} for reading: ${reason}`
    : `cannot create regular file ${quote(to)}: ${reason}`
}
async function move(call: Call, source: string, to: string): Promise<string | null> {
  const from = call.path(source)
  const target = call.path(to)
  if (call.fs.has(target, call.as) && call.fs.realpath(from, call.as) === call.fs.realpath(target, call.as))
    return `${quote(source)} and ${quote(to)} are the same file`
  call.fs.rename(from, target, call.as)
  return await Promise.resolve(null)
}
async function copy(call: Call, source: string, to: string, recursive: boolean, preserve: boolean, depth: number): Promise<string | null> {
  const step = call.session.step(call.state.signal)
  if (step !== undefined) await step
  const from = call.path(source)
  const target = call.path(to)
  const stat = recursive ? call.fs.lstat(from, call.as) : call.fs.stat(from, call.as)
  if (stat.kind === 'directory') {
    if (!recursive) return `-r not specified; omitting directory ${quote(source)}`
    if (`${target}/`.startsWith(`${from}/`) || depth > 100) return `cannot copy a directory, ${quote(source)}, into itself, ${quote(to)}`
    if (!call.fs.has(target, call.as)) call.fs.mkdir(target, call.as, stat.mode)
    for (const name of call.fs.list(from, call.as))
      await copy(call, `${source}/${fromDisk(name)}`, `${to}/${fromDisk(name)}`, recursive, preserve, depth + 1)
    return null
  }
  if (stat.kind === 'symlink') {
    call.fs.symlink(call.fs.readlink(from, call.as), target, call.as)
    return null
  }
  if (call.fs.has(target, call.as) && call.fs.realpath(from, call.as) === call.fs.realpath(target, call.as))
    return `${quote(source)} and ${quote(to)} are the same file`
  const data = openInput(call.state, source).path === undefined ? Buffer.alloc(0) : call.fs.read(from, call.as)
  const fresh = !call.fs.has(target, call.as)
  call.fs.open(target, call.as, { create: true, truncate: true, mode: stat.mode & ~call.state.umask }).write(data)
  if (preserve) {
    call.fs.touch(target, stat.mtime, call.as)
    if (fresh) call.fs.chmod(target, stat.mode, call.as)
  }
  call.session.observer.file(target, data)
  return null
}

async function ln(call: Call): Promise<number> {
  const options = await optionsOf(call, 'bfinrsvTt:', { symbolic: 's', force: 'f', 'no-dereference': 'n', verbose: 'v', relative: 'r' })
  if (options === null) return 1
  const [source, target = '.'] = options.rest
  if (source === undefined) return await missing(call, 'missing file operand')
  const to = options.has('n') && options.has('f') ? target : destination(call, source, target)
  const symbolic = options.has('s')
  return await call.attempt(
    async () => {
      const full = call.path(to)
      if (options.has('f') && call.fs.has(full, call.as)) call.fs.remove(full, call.as)
      if (symbolic) call.fs.symlink(toDisk(source), full, call.as)
      else call.fs.link(call.path(source), full, call.as)
      if (options.has('v')) await call.out(`${quote(to)} -> ${quote(source)}\n`)
      return 0
    },
    async (reason) =>
      await call.fail(
        !symbolic && !call.fs.has(call.path(source), call.as)
          ? `failed to access ${quote(source)}: ${reason}`
          : `failed to create ${symbolic ? 'symbolic' : 'hard'} link ${quote(to)}: ${reason}`,
      ),
  )
}

/** Calls `change` on a path and, with -R, on all below. */
async function walk(
  call: Call,
  path: string,
  recursive: boolean,
  change: (full: string, path: string) => void | Promise<void>,
  refused: (path: string, reason: string, error: FileError) => Promise<void>,
  depth = 0,
): Promise<void> {
  const step = call.session.step(call.state.signal)
  if (step !== undefined) await step
  const full = call.path(path)
  const done = await call.attempt(
    async () => {
      await change(full, path)
      return true
    },
    async (reason, error) => {
      await refused(path, reason, error)
      return false
    },
  )
  if (!done || !recursive || depth > 100) return
  await call.attempt(
    async () => {
      if (call.fs.lstat(full, call.as).kind !== 'directory') return
      for (const name of call.fs.list(full, call.as))
        await walk(call, `${path.replace(/\/$/, '')}/${fromDisk(name)}`, true, change, refused, depth + 1)
    },
    (reason, error) => refused(path, reason, error),
  )
}

async function chmod(call: Call): Promise<number> {
  const args = [...call.args]
  const at = args.findIndex((arg) => /^-[rwxXst]+$/.test(arg))
  const removing = at < 0 ? undefined : args.splice(at, 1)[0]
  const options = await optionsOf(Object.assign(Object.create(call), { args }) as Call, 'cfRv', {
    recursive: 'R',
    silent: 'f',
    quiet: 'f',
    verbose: 'v',
    changes: 'c',
    'reference=': 'reference',
  })
  if (options === null) return 1
  const rest = [...options.rest]
  const mode = removing ?? rest.shift()
  if (mode === undefined) return await missing(call)
  if (rest.length === 0) return await missing(call, `missing operand after ${Buffer.from(`‘${mode}’`).toString('latin1')}`)
  if (applyMode(mode, 0, false, 0) === null) {
    await call.err(`chmod: invalid mode: ${Buffer.from(`‘${mode}’`).toString('latin1')}\nTry 'chmod --help' for more information.\n`)
    return 1
  }
  let status = 0
  for (const path of rest) {
    await walk(
      call,
      path,
      options.has('R'),
      (full) => {
        const stat = call.fs.stat(full, call.as)
        call.fs.chmod(full, applyMode(mode, stat.mode, stat.kind === 'directory', call.state.umask) ?? stat.mode, call.as)
      },
      async (one, reason, error) => {
        status = 1
        if (!options.has('f'))
          await call.err(`chmod: ${error.code === 'EPERM' ? 'changing permissions of' : 'cannot access'} ${quote(one)}: ${reason}\n`)
      },
    )
  }
  return status
}

async function chown(call: Call): Promise<number> {
  const options = await optionsOf(call, 'cfhRvHLP', { recursive: 'R', silent: 'f', quiet: 'f', 'no-dereference': 'h', verbose: 'v' })
  if (options === null) return 1
  const [owner, ...paths] = options.rest
  if (owner === undefined) return await missing(call)
  if (paths.length === 0) return await missing(call, `missing operand after ${Buffer.from(`‘${owner}’`).toString('latin1')}`)
  const onlyGroup = baseName(call.name) === 'chgrp'
  const [name = '', group] = onlyGroup ? ['', owner] : owner.split(/[:.]/)
  const uid = name === '' ? undefined : userId(call, name)
  const gid = group === undefined || group === '' ? undefined : groupId(call, group)
  if (name !== '' && uid === undefined) return await call.fail(`invalid user: ${Buffer.from(`‘${owner}’`).toString('latin1')}`)
  if (group !== undefined && group !== '' && gid === undefined)
    return await call.fail(`invalid group: ${Buffer.from(`‘${owner}’`).toString('latin1')}`)
  let status = 0
  for (const path of paths) {
    await walk(
      call,
      path,
      options.has('R'),
      (full) => {
        const stat = call.fs.stat(full, call.as)
        call.fs.chown(full, uid ?? stat.uid, gid ?? stat.gid, call.as)
      },
      async (one, reason, error) => {
        status = 1
        if (!options.has('f'))
          await call.err(
            `${call.name}: ${error.code === 'EPERM' ? `changing ${onlyGroup ? 'group' : 'ownership'} of` : 'cannot access'} ${quote(one)}: ${reason}\n`,
          )
      },
    )
  }
  return status
}

async function stat(call: Call): Promise<number> {
  const options = await optionsOf(call, 'c:fLt', { 'format=': 'c', dereference: 'L', 'printf=': 'printf' })
  if (options === null) return 1
  if (options.rest.length === 0) return await missing(call)
  let status = 0
  for (const path of options.rest) {
    await call.attempt(
      async () => {
        const full = call.path(path)
        const s = options.has('L') ? call.fs.stat(full, call.as) : call.fs.lstat(full, call.as)
        const kind = {
          file: s.size === 0 ? 'regular empty file' : 'regular file',
          directory: 'directory',
          symlink: 'symbolic link',
          device: 'character special file',
          fifo: 'fifo',
          socket: 'socket',
        }[s.kind]
        const time = timeColumn(call, s.mtime, true)
        const octal = s.mode.toString(8).padStart(4, '0')
        const blocks = s.kind === 'symlink' ? 0 : Math.ceil(s.size / 4096) * 8
        const format = options.value('c') ?? options.value('printf')
        if (format !== undefined) {
          const text = format.replace(
            /%([a-zA-Z%])/g,
            (whole, letter: string) =>
              ({
                n: path,
                N: quote(path),
                s: String(s.size),
                a: s.mode.toString(8),
                A: modeText(s),
                u: String(s.uid),
                U: userName(call, s.uid),
                g: String(s.gid),
                G: groupName(call, s.gid),
                i: String(s.inode),
                h: String(s.links),
                F: kind,
                y: time,
                x: time,
                z: time,
                w: time,
                Y: String(Math.floor(s.mtime / 1000)),
                X: String(Math.floor(s.mtime / 1000)),
                Z: String(Math.floor(s.mtime / 1000)),
                W: String(Math.floor(s.mtime / 1000)),
                b: String(blocks),
                B: '512',
                o: '4096',
                f: (s.mode | 0o100000).toString(16),
                t: '0',
                T: '0',
                '%': '%',
              })[letter] ?? whole,
          )
          await call.out(options.has('printf') ? text.replaceAll('\\n', '\n') : `${text}\n`)
          return
        }
        const shown = s.kind === 'symlink' ? `${path} -> ${fromDisk(call.fs.readlink(full, call.as))}` : path
        await call.out(
          `  File: ${shown}\n  Size: ${String(s.size).padEnd(10)}\tBlocks: ${String(blocks).padEnd(10)} IO Block: 4096   ${kind}\nDevice: 8,1\tInode: ${String(s.inode).padEnd(11)} Links: ${s.links}\nAccess: (${octal}/${modeText(s)})  Uid: (${String(s.uid).padStart(5)}/${userName(call, s.uid).padStart(8)})   Gid: (${String(s.gid).padStart(5)}/${groupName(call, s.gid).padStart(8)})\nAccess: ${time}\nModify: ${time}\nChange: ${time}\n Birth: ${time}\n`,
        )
      },
      async (reason) => {
        status = 1
        await call.err(`stat: cannot statx ${quote(path)}: ${reason}\n`)
      },
    )
  }
  return status
}

async function readlink(call: Call): Promise<number> {
  const real = baseName(call.name) === 'realpath'
  const options = await optionsOf(call, 'femnqsvz', { canonicalize: 'f' })
  if (options === null) return 1
  if (options.rest.length === 0) return await missing(call)
  let status = 0
  for (const path of options.rest) {
    await call.attempt(
      async () =>
        await call.out(
          `${fromDisk(real || options.has('f', 'e', 'm') ? call.fs.realpath(call.path(path), call.as) : call.fs.readlink(call.path(path), call.as))}\n`,
        ),
      async (reason) => {
        status = 1
        if (real) await call.err(`realpath: ${path}: ${reason}\n`)
      },
    )
  }
  return status
}

async function mktemp(call: Call): Promise<number> {
  const options = await optionsOf(call, 'dquVp:t', { directory: 'd', 'tmpdir=': 'p', suffix: 's' })
  if (options === null) return 1
  const template = options.rest[0] ?? 'tmp.XXXXXXXXXX'
  const folder = options.value('p') ?? (options.rest.length === 0 || options.has('t') ? (call.env('TMPDIR') ?? '/tmp') : '')
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
  const name = template.replace(/X{3,}(?=[^X]*$)/, (marks) =>
    [...marks].map(() => letters[Math.floor(call.session.options.random() * letters.length)]).join(''),
  )
  if (name === template) return await call.fail(`too few X's in template ${Buffer.from(`‘${template}’`).toString('latin1')}`)
  const path = folder === '' ? name : `${folder}/${name}`
  return await call.attempt(
    async () => {
      if (options.has('d')) call.fs.mkdir(call.path(path), call.as, 0o700)
      else if (!options.has('u')) call.fs.open(call.path(path), call.as, { create: true, exclusive: true, mode: 0o600 })
      await call.out(`${path}\n`)
      return 0
    },
    async (reason) =>
      await call.fail(
        `failed to create ${options.has('d') ? 'directory' : 'file'} via template ${Buffer.from(`‘${path}’`).toString('latin1')}: ${reason}`,
      ),
  )
}

const names: Programs = {
  basename: async (call) => {
    const [path, suffix = ''] = call.args.filter((arg) => arg !== '-a' && arg !== '--')
    if (path === undefined) return await missing(call)
    const base = baseName(path)
    await call.out(`${suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base}\n`)
    return 0
  },
  dirname: async (call) => {
    for (const path of call.args)
      await call.out(`${path.replace(/\/+$/, '').replace(/\/*[^/]*$/, '') || (path.startsWith('/') ? '/' : '.')}\n`)
    return call.args.length === 0 ? await missing(call) : 0
  },
}
export const files: Programs = {
  rm,
  unlink: rm,
  mkdir,
  rmdir,
  touch,
  cp: copyOrMove,
  mv: copyOrMove,
  ln,
  chmod,
  chown,
  chgrp: chown,
  stat,
  readlink,
  realpath: readlink,
  mktemp,
  sync: () => 0,
  ...names,
}
