import type { Call, Programs } from '../interpreter/call.ts'
import { baseName, fromDisk, toDisk } from '../paths.ts'
import { applyMode } from './mode.ts'
import { destination, kindOf, missing, quote } from './operands.ts'
import { optionsOf } from './options.ts'

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
export const files: Programs = { rm, unlink: rm, mkdir, rmdir, touch, ln, readlink, realpath: readlink, mktemp, sync: () => 0, ...names }
