import { fromDisk, joined, toDisk } from '../paths.ts'
import { FileError } from '../port.ts'
import type { Descriptor, State } from './state.ts'
import { Bytes, Endless, NOTHING, NOWHERE, type Output } from './streams.ts'

/** The absolute disk path that a process means; `/proc/self` is its own. */
export function diskPath(state: State, path: string): string {
  const full = toDisk(joined(path, state.cwd))
  if (!full.startsWith('/proc/self') || (full.length > 10 && full[10] !== '/')) return full
  // Subshells are not listed: the login's shell stands for them.
  const pid = state.session.machine.runs(state.pid) ? state.pid : state.session.shellPid
  return `/proc/${pid}${full.slice(10)}`
}

function device(state: State, path: string): Descriptor | undefined {
  const { options } = state.session
  switch (path) {
    case '/dev/null':
      return { input: NOTHING, output: NOWHERE, path }
    case '/dev/zero':
      return { input: new Endless((count) => Buffer.alloc(count)), output: NOWHERE, path }
    case '/dev/full':
      return { input: new Endless((count) => Buffer.alloc(count)), output: FULL, path }
    case '/dev/urandom':
    case '/dev/random':
      return {
        input: new Endless((count) => Buffer.from(Array.from({ length: Math.min(count, 4096) }, () => Math.floor(options.random() * 256)))),
        output: NOWHERE,
        path,
      }
    case '/dev/tty':
      return options.tty === null ? undefined : (state.descriptors.get(255) ?? state.descriptors.get(0))
    case '/dev/stdin':
    case '/proc/self/fd/0':
      return state.descriptors.get(0)
    case '/dev/stdout':
    case '/proc/self/fd/1':
      return state.descriptors.get(1)
    case '/dev/stderr':
    case '/proc/self/fd/2':
      return state.descriptors.get(2)
    default: {
      const fd = /^\/dev\/fd\/(\d{1,5})$/.exec(path)?.[1]
      return fd === undefined ? undefined : state.descriptors.get(Number(fd))
    }
  }
}
const FULL: Output = { tty: false, write: () => Promise.reject(new FileError('ENOSPC', '/dev/full')), close: () => undefined }

/** Opens a file or device for reading. @throws {FileError} */
export function openInput(state: State, path: string): Descriptor {
  const known = device(state, joined(path, state.cwd))
  if (known !== undefined) return known
  const full = diskPath(state, path)
  return { input: new Bytes(state.session.machine.fs.read(full, state.as)), path: fromDisk(full) }
}

/** Opens a file or device for writing; the observer hears of it when it is closed. @throws {FileError} */
export function openOutput(
  state: State,
  path: string,
  options: { readonly append?: boolean; readonly exclusive?: boolean } = {},
): Descriptor {
  const known = device(state, joined(path, state.cwd))
  if (known !== undefined) return known
  const full = diskPath(state, path)
  const { fs } = state.session.machine
  if (kindOf(state, full) === 'device') {
    fs.open(full, state.as, {})
    return { output: NOWHERE, path: full }
  }
  const file = fs.open(full, state.as, {
    create: true,
    truncate: options.append !== true,
    append: options.append === true,
    exclusive: options.exclusive === true,
    mode: 0o666 & ~state.umask,
  })
  let wrote = false
  let closed = false
  const output: Output = {
    tty: false,
    write: (data) => {
      wrote = true
      file.write(data)
      return Promise.resolve()
    },
    close: () => {
      if (closed || !wrote) return
      closed = true
      state.session.observer.file(full, file.content())
    },
  }
  return { output, path: full }
}

function kindOf(state: State, full: string): string | undefined {
  try {
    return state.session.machine.fs.stat(full, state.as).kind
  } catch (error) {
    if (error instanceof FileError) return undefined
    throw error
  }
}
