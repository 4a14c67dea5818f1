import { own } from '@decnet/kernel'
import { memoryOf, rootDisk } from '../facts.ts'
import type { Call, Programs } from '../interpreter/call.ts'
import { baseName, fromDisk } from '../paths.ts'
import type { FileError } from '../port.ts'
import { groupId, groupName, userId, userName } from './accounts.ts'
import { modeText, timeColumn } from './ls.ts'
import { applyMode } from './mode.ts'
import { missing, quote } from './operands.ts'
import { optionsOf } from './options.ts'

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

const KERNEL_MOUNTS: Readonly<Record<string, readonly [type: string, device: number]>> = {
  proc: ['proc', 22],
  sys: ['sysfs', 21],
  dev: ['tmpfs', 5],
  run: ['tmpfs', 24],
}
const mountOf = (path: string): readonly [string, number] | undefined => own(KERNEL_MOUNTS, path.split('/')[1] ?? '')

/** As coreutils 9 writes it; 8.32 in hexadecimal and decimal. */
function deviceOf(call: Call, path: string): string {
  const [major, minor] = mountOf(path) === undefined ? [rootDisk(call.machine).major, 1] : [0, mountOf(path)?.[1] ?? 0]
  const number = major * 256 + minor
  return call.machine.persona.os.distro === 'ubuntu22' ? `${number.toString(16)}h/${number}d` : `${major},${minor}`
}

/** `stat -f`: the same figures as df's. */
async function fileSystem(call: Call, path: string, full: string, format: string | undefined): Promise<void> {
  call.fs.stat(full, call.as)
  const disk = rootDisk(call.machine)
  const mount = mountOf(full)
  const pages = Math.floor(memoryOf(call.machine).total / (mount?.[1] === 24 ? 40 : 8))
  const [type, id, total, free, available, inodes, left] =
    mount === undefined
      ? [
          'ext2/ext3',
          call.machine.persona.hex('file system id', 16).replace(/^0+/, ''),
          Math.floor(disk.blocks / 4),
          Math.floor((disk.blocks - disk.used) / 4),
          Math.floor(disk.available / 4),
          disk.inodes,
          disk.inodes - disk.inodesUsed,
        ]
      : mount[0] === 'tmpfs'
        ? ['tmpfs', '0', pages, pages - 178, pages - 178, pages * 2, pages * 2 - 620]
        : [mount[0], '0', 0, 0, 0, 0, 0]
  if (format !== undefined) {
    const fields = { n: path, T: type, i: id, b: total, f: free, a: available, c: inodes, d: left, s: 4096, S: 4096, l: 255 }
    await call.out(`${format.replace(/%([a-zA-Z])/g, (whole, letter: string) => String(own(fields, letter) ?? whole))}\n`)
    return
  }
  await call.out(
    `  File: "${path}"\n    ID: ${String(id).padEnd(8)} Namelen: 255     Type: ${type}\nBlock size: 4096       Fundamental block size: 4096\nBlocks: Total: ${String(total).padEnd(10)} Free: ${String(free).padEnd(10)} Available: ${available}\nInodes: Total: ${String(inodes).padEnd(10)} Free: ${left}\n`,
  )
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
        if (options.has('f')) return await fileSystem(call, path, full, options.value('c'))
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
          `  File: ${shown}\n  Size: ${String(s.size).padEnd(10)}\tBlocks: ${String(blocks).padEnd(10)} IO Block: 4096   ${kind}\nDevice: ${deviceOf(call, full)}\tInode: ${String(s.inode).padEnd(11)} Links: ${s.links}\nAccess: (${octal}/${modeText(s)})  Uid: (${String(s.uid).padStart(5)}/${userName(call, s.uid).padStart(8)})   Gid: (${String(s.gid).padStart(5)}/${groupName(call, s.gid).padStart(8)})\nAccess: ${time}\nModify: ${time}\nChange: ${time}\n Birth: ${time}\n`,
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

export const attributes: Programs = { chmod, chown, chgrp: chown, stat }
