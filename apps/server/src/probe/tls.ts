import { once } from 'node:events'
import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { open, within } from './connection.ts'
import type { Means, Target } from './probe.ts'

/** A TLS connection whose certificate nobody checks: we want to know it, not to trust it. Null where none comes about. */
export async function openTls(target: Target, means: Means): Promise<TLSSocket | null> {
  const socket = await open(target, means)
  if (typeof socket === 'string') return null
  const tls = connect({
    socket,
    rejectUnauthorized: false,
    // Old machines are of interest too.
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT:@SECLEVEL=0',
    ...(isIP(target.host) === 0 && { servername: target.host }),
  })
  tls.on('error', () => undefined)
  try {
    await once(tls, 'secureConnect', { signal: within(means) })
    return tls
  } catch {
    // Another protocol, an alert, a hang-up, or too late: there is no TLS here.
    tls.destroy()
    socket.destroy()
    return null
  }
}
