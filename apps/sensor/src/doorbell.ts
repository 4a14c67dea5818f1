import { fstatSync } from 'node:fs'
import { Socket } from 'node:net'
import { isNodeError } from '@decnet/kernel'

/** Tells the server that something was written. Rings that nobody has heard yet are one ring; a bell that is gone is silence. */
export interface Doorbell {
  ring(): void
  close(): void
}

const SILENT: Doorbell = { ring: () => undefined, close: () => undefined }

/** A doorbell on an inherited descriptor (pipe or socket pair); silent when there is none. Never throws, never waits. */
export function openDoorbell(fd: number): Doorbell {
  let socket: Socket
  try {
    const kind = fstatSync(fd)
    if (!kind.isFIFO() && !kind.isSocket()) return SILENT
    socket = new Socket({ fd, readable: false, writable: true })
  } catch (error) {
    if (isNodeError(error)) return SILENT
    throw error
  }
  // the server went away: it looks by itself when it is back
  socket.on('error', () => socket.destroy())
  socket.unref()
  const byte = Buffer.from([1])
  return {
    ring() {
      if (socket.writable && socket.writableLength === 0) socket.write(byte)
    },
    close: () => void socket.destroy(),
  }
}
