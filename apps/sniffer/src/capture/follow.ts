import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { BLOCKS, type Frame, RETIRE_MS } from './packet-ring.ts'
import type { PacketSocket } from './packet-socket.ts'

/** Longest wait, so that a wish to stop is heard. */
const WAIT_MS = 500

/**
 * Hands over frames until it is stopped; gives way after each block, and waits without holding up the event loop.
 * Resolves with why it ended: null when it was stopped.
 */
export async function follow(socket: PacketSocket, take: (frame: Frame) => void, signal: AbortSignal): Promise<string | null> {
  while (!signal.aborted) {
    if (socket.ring.read(take) !== null) {
      await turn()
      continue
    }
    const trouble = socket.trouble()
    if (trouble !== null) return trouble
    await socket.wait(WAIT_MS)
  }
  // What had come by then is still looked at: once the kernel hands over the block that it fills.
  await pause(2 * RETIRE_MS)
  for (let n = 0; n < BLOCKS && socket.ring.read(take) !== null; n += 1) await turn()
  return null
}
