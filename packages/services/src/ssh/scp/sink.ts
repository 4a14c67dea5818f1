import { escapedBytes } from '@decnet/kernel'
import { FileError } from '../../_shared/shell/port.ts'
import { captureFile } from '../../_shared/visit/visit.ts'
import type { Program, ProgramContext } from '../program.ts'
import { Upload } from '../upload.ts'
import type { SshVisit } from '../visit.ts'
import type { ScpCommand } from './command-line.ts'
import { errorText, readControlLine } from './messages.ts'

const LONGEST_LINE = 16_384
const DEEPEST = 64
const OK = Buffer.of(0)

interface Incoming {
  readonly path: string
  readonly mode: number
  readonly upload: Upload | null
  left: number
  at: number
  problem: string | null
}

/** `scp -t`: takes files from the client, writes them to the disk, keeps a copy of each. */
export function scpSink(visit: SshVisit, command: ScpCommand, context: ProgramContext): Program {
  const { fs } = visit.host
  const target = command.paths[0] ?? visit.user.home
  let held: Buffer = Buffer.alloc(0)
  let file: Incoming | null = null
  let mtime: number | null = null
  let errors = 0
  let over = false
  /** Directories entered by `D`; mtimes to set when they are left. */
  const inside: { path: string; mtime: number | null }[] = []

  const complain = (text: string) => {
    errors++
    context.stdout(escapedBytes(`\x01scp: ${text}\n`))
  }
  const leave = (status: number) => {
    if (over) return
    over = true
    if (file) keep(file)
    context.exit(status)
  }
  const isDirectory = (path: string) => {
    try {
      return fs.stat(path, visit.as).kind === 'directory'
    } catch (error) {
      errorText(error)
      return false
    }
  }
  const destination = (name: string) => {
    const base = inside.at(-1)?.path ?? target
    return inside.length > 0 || isDirectory(base) ? `${base.replace(/\/+$/u, '')}/${name}` : base
  }

  function keep(done: Incoming): void {
    if (!done.upload) return
    const content = Buffer.from(done.upload.content)
    done.upload.release()
    captureFile(visit, 'scp', done.path, content)
    try {
      fs.write(done.path, content, visit.as, { mode: done.mode & 0o777 })
      if (command.times) fs.chmod(done.path, done.mode & 0o7777, visit.as)
      if (mtime !== null) fs.touch(done.path, mtime, visit.as)
    } catch (error) {
      done.problem = `${done.path}: ${errorText(error)}`
    }
    mtime = null
  }

  function begin(path: string, mode: number, size: number): void {
    let upload: Upload | null = null
    let problem: string | null = null
    try {
      const parent = path.slice(0, path.lastIndexOf('/')) || '/'
      if (!isDirectory(parent)) throw new FileError('ENOENT', path)
      if (isDirectory(path)) throw new FileError('EISDIR', path)
      upload = new Upload(visit.budget)
    } catch (error) {
      problem = `${path}: ${errorText(error)}`
    }
    if (problem) {
      complain(problem)
      return
    }
    file = { path, mode, upload, left: size, at: 0, problem }
    context.stdout(OK)
  }

  function enter(name: string, mode: number): void {
    if (!command.recursive || inside.length >= DEEPEST) {
      complain('received directory without -r')
      return
    }
    const path = destination(name)
    try {
      if (!isDirectory(path)) fs.mkdir(path, visit.as, mode & 0o777)
      inside.push({ path, mtime })
      mtime = null
      context.stdout(OK)
    } catch (error) {
      complain(`${path}: ${errorText(error)}`)
    }
  }

  function end(): void {
    const left = inside.pop()
    if (!left) {
      fatal('unexpected end of directory')
      return
    }
    if (left.mtime !== null) fs.touch(left.path, left.mtime, visit.as)
    context.stdout(OK)
  }
  function fatal(text: string): void {
    context.stdout(Buffer.from(`\x02scp: protocol error: ${text.slice(0, 200)}\n`, 'latin1'))
    leave(1)
  }

  function control(line: Buffer): void {
    const read = readControlLine(line)
    switch (read.kind) {
      case 'file':
        begin(destination(read.name), read.mode, read.size)
        return
      case 'directory':
        enter(read.name, read.mode)
        return
      case 'times':
        mtime = read.mtime
        context.stdout(OK)
        return
      case 'end':
        end()
        return
      case 'message':
        if (read.fatal) leave(1)
        return
      case 'bad':
        fatal(read.why)
        return
    }
  }

  function body(data: Buffer, current: Incoming): number {
    const taken = Math.min(current.left, data.length)
    if (current.problem === null) {
      try {
        current.upload?.write(current.at, data.subarray(0, taken))
      } catch (error) {
        current.problem = `${current.path}: ${errorText(error)}`
      }
    }
    current.at += taken
    current.left -= taken
    return taken
  }

  /** The client's status byte follows the content; a bad one says that it could not read all of it. */
  function finish(current: Incoming): void {
    file = null
    keep(current)
    if (current.problem) complain(current.problem)
    else context.stdout(OK)
  }

  function work(): void {
    while (!over && held.length > 0) {
      if (file && file.left > 0) {
        held = held.subarray(body(held, file))
      } else if (file) {
        held = held.subarray(1)
        finish(file)
      } else {
        const newline = held.indexOf(10)
        if (newline < 0) {
          if (held.length > LONGEST_LINE) fatal('line too long')
          return
        }
        const line = held.subarray(0, newline)
        held = held.subarray(newline + 1)
        control(line)
      }
    }
  }

  if (command.directory && !isDirectory(target)) {
    context.stdout(escapedBytes(`\x02scp: ${target}: ${exists(visit, target) ? 'Not a directory' : 'No such file or directory'}\n`))
    leave(1)
  } else context.stdout(OK)

  return {
    input(data) {
      if (over) return
      held = held.length === 0 ? Buffer.from(data) : Buffer.concat([held, data])
      work()
    },
    inputEnd: () => leave(errors > 0 || file ? 1 : 0),
    resize: () => undefined,
    hangup: () => leave(1),
  }
}

function exists(visit: SshVisit, path: string): boolean {
  try {
    visit.host.fs.stat(path, visit.as)
    return true
  } catch (error) {
    errorText(error)
    return false
  }
}
