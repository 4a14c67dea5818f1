import net from 'node:net'
import { getSystemErrorName } from 'node:util'
import type { DeckyPlan } from '@decnet/persona'
import type { Listener, RawHandle } from '../port.ts'

type CreateHandle = (address: string, port: number, addressType: 4 | 6, fd: number, flags: number) => RawHandle | number

/** What `cluster` itself binds with; a `net.Server` would begin to accept here. */
const createHandle = (net as unknown as { readonly _createServerHandle: CreateHandle })._createServerHandle

/** Where to go when the real port cannot be had: the same number plus ten thousand, then any. */
export const FALLBACK_OFFSET = 10_000

const reasonOf = (errno: number): string => {
  const name = getSystemErrorName(errno)
  return name === 'EACCES' ? 'ports below 1024 need a right that this user lacks' : name === 'EADDRINUSE' ? 'the port is taken' : name
}

/**
 * Binds one service on its decky's address. The real port if it may be had, else port + 10000, else any free one; `detail` says why.
 * A service that cannot be bound at all has no port.
 */
export function bindService(decky: Pick<DeckyPlan, 'name' | 'ip'>, service: { readonly name: string; readonly port: number }): Listener {
  const base = { decky: decky.name, service: service.name, address: decky.ip, wantedPort: service.port }
  let why: string | null = null
  for (const port of [service.port, service.port + FALLBACK_OFFSET, 0]) {
    if (port > 65_535) continue
    const handle = createHandle(decky.ip, port, decky.ip.includes(':') ? 6 : 4, -1, 0)
    if (typeof handle === 'number') {
      why ??= reasonOf(handle)
      continue
    }
    const name: { port?: number } = {}
    // libuv keeps a bind's EADDRINUSE for later; asking for the name brings it out.
    const late = handle.getsockname(name)
    if (late !== 0) {
      handle.close()
      why ??= reasonOf(late)
      continue
    }
    const actual = name.port ?? port
    return {
      bound: { ...base, port: actual, detail: actual === service.port ? null : `port ${service.port} not to be had: ${why}` },
      handle,
    }
  }
  return { bound: { ...base, port: null, detail: `cannot listen: ${why}` }, handle: undefined }
}
