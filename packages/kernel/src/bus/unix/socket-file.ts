import { randomBytes } from 'node:crypto'
import { chmod, chown, link, lstat, readFile, rename, stat, unlink } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError, isNodeError } from '../../errors.ts'

/** `sun_path` holds 108 bytes, the last of them NUL. */
export const MAX_SOCKET_PATH = 107
const PROBE_MS = 1_000
const SETTLE_MS = 25

/** `no such group` and `not permitted` (this process is not in it): the socket keeps the group of its maker. */
export type GroupOutcome = 'given' | 'no such group' | 'not permitted'

/** A listening socket that stands at its path. */
export interface BoundSocket {
  readonly server: Server
  readonly group: GroupOutcome
  /** Whether the file at the path is this socket's. */
  inPlace(): Promise<boolean>
  /** Stops listening and removes the file, if it is this socket's. Connections stay. */
  release(): Promise<void>
}
export interface BindOptions {
  readonly path: string
  readonly mode: number
  readonly group: string
  readonly onConnection: (socket: Socket) => void
  readonly maxConnections: number
  /** Also takes the place of a file that is no socket. */
  readonly evictAnything?: boolean
}

/** @throws {AppError} `bus_socket_path_too_long` */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path)
  if (bytes > MAX_SOCKET_PATH) {
    throw new AppError(`the socket's path has ${bytes} bytes, the system allows ${MAX_SOCKET_PATH}`, {
      code: 'bus_socket_path_too_long',
      hint: 'Choose a home with a shorter path.',
    })
  }
}

const tolerate =
  (...codes: string[]) =>
  (error: unknown) => {
    if (isNodeError(error) && error.code !== undefined && codes.includes(error.code)) return 'tolerated' as const
    throw error
  }

/** Whether somebody answers at a socket file. `stale`: its owner is gone. */
export function probeSocket(path: string): Promise<'live' | 'stale' | 'absent'> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    const done = (answer: 'live' | 'stale' | 'absent') => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => done('live'), PROBE_MS)
    socket.once('connect', () => done('live'))
    // any other trouble (no permission, a full backlog) says nothing about its owner: leave it alone
    socket.once('error', (error) => {
      const code = isNodeError(error) ? error.code : ''
      done(code === 'ECONNREFUSED' ? 'stale' : code === 'ENOENT' ? 'absent' : 'live')
    })
  })
}

const besides = (path: string): string => join(dirname(path), `.${randomBytes(3).toString('hex')}`)

/** Moves away exactly the file that was looked at: a fresh socket that took its place meanwhile is put back. */
async function evict(path: string, seen: { readonly ino: bigint; readonly dev: bigint }): Promise<void> {
  const aside = besides(path)
  const now = await lstat(path, { bigint: true }).catch(tolerate('ENOENT'))
  if (now === 'tolerated' || now.ino !== seen.ino) return
  if ((await rename(path, aside).catch(tolerate('ENOENT'))) === 'tolerated') return
  const moved = await lstat(aside, { bigint: true })
  if (moved.ino !== seen.ino || moved.dev !== seen.dev) await link(aside, path).catch(tolerate('EEXIST'))
  await unlink(aside)
}

async function claim(own: string, { path, evictAnything }: BindOptions): Promise<void> {
  for (let attempt = 0; attempt < 8; attempt++) {
    // a hard link fails where a file is: two brokers cannot both succeed
    if ((await link(own, path).catch(tolerate('EEXIST'))) !== 'tolerated') return
    const seen = await lstat(path, { bigint: true }).catch(tolerate('ENOENT'))
    if (seen === 'tolerated') continue
    if (!seen.isSocket() && (!evictAnything || seen.isDirectory())) {
      throw new AppError(`${path} is no socket, so the bus does not take its place`, {
        code: 'bus_socket_path_taken',
        hint: 'Move it away, or choose another path.',
      })
    }
    const state = seen.isSocket() ? await probeSocket(path) : 'stale'
    if (state === 'live') break
    if (state === 'stale') await evict(path, seen)
  }
  throw inUse(path)
}

const inUse = (path: string): AppError =>
  new AppError(`another process already serves the bus at ${path}`, {
    code: 'bus_socket_in_use',
    status: 409,
    hint: 'Stop it, or use another home.',
  })

/** Best effort: without such a group, or without the right, the owner's own group stays. */
async function giveToGroup(path: string, group: string): Promise<GroupOutcome> {
  try {
    const line = (await readFile('/etc/group', 'utf8')).split('\n').find((entry) => entry.startsWith(`${group}:`))
    const gid = line?.split(':')[2] ?? ''
    if (!/^\d+$/u.test(gid)) return 'no such group'
    await chown(path, -1, Number(gid))
    return 'given'
  } catch {
    return 'not permitted'
  }
}

/**
 * Listens under a name of its own beside the path, with mode and group set, then links it into place: nobody meets a socket with wider
 * rights, a stale file or half of two brokers.
 * @throws {AppError} `bus_socket_in_use`, `bus_socket_folder_missing`, `bus_socket_path_too_long`, `bus_socket_path_taken`, `bus_socket_denied`
 */
export async function bindSocket(options: BindOptions): Promise<BoundSocket> {
  const { path } = options
  const own = besides(path)
  checkSocketPath(path)
  checkSocketPath(own)
  const server = createServer(options.onConnection)
  server.maxConnections = options.maxConnections
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(own, resolve))
  } catch (cause) {
    // the system call's own ENOENT arrives here as EACCES
    if ((await stat(dirname(path)).catch(tolerate('ENOENT', 'ENOTDIR'))) === 'tolerated') {
      throw new AppError(`the folder of the bus socket ${path} does not exist`, {
        code: 'bus_socket_folder_missing',
        hint: 'Make it, or choose another path.',
        cause,
      })
    }
    throw new AppError(`the bus socket ${path} cannot be made`, {
      code: 'bus_socket_denied',
      hint: 'Its folder must be one that this user may write.',
      cause,
    })
  }
  try {
    await chmod(own, options.mode)
    const group = await giveToGroup(own, options.group)
    const identity = await lstat(own, { bigint: true })
    const inPlace = async () => {
      const now = await lstat(path, { bigint: true }).catch(tolerate('ENOENT', 'ENOTDIR', 'EACCES'))
      return now !== 'tolerated' && now.ino === identity.ino && now.dev === identity.dev
    }
    // a rival that saw a stale file before us may still displace us: it stands when it still stands a moment later
    for (let attempt = 0; ; attempt++) {
      await claim(own, options)
      await pause(SETTLE_MS)
      if (await inPlace()) break
      if (attempt === 4) throw inUse(path)
    }
    await unlink(own)
    const release = async () => {
      if (await inPlace()) await unlink(path).catch(tolerate('ENOENT'))
      server.close()
    }
    return { server, group, inPlace, release }
  } catch (error) {
    // closing also removes the name that it listens under
    server.close()
    throw error
  }
}
