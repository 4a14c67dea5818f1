import type { Call, Programs } from '../interpreter/call.ts'
import { openInput } from '../interpreter/files.ts'
import { baseName, fromDisk } from '../paths.ts'
import type { FileError } from '../port.ts'
import { destination, kindOf, missing, quote } from './operands.ts'
import { optionsOf } from './options.ts'

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

export const copying: Programs = { cp: copyOrMove, mv: copyOrMove }
