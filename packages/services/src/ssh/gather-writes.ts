import type { Writable } from 'node:stream'

/**
 * A `write` whose bytes of one turn leave together: ssh2 writes the parts of a packet one by one, which would be a segment each,
 * where sshd writes whole packets.
 */
export function gatherWrites(socket: Pick<Writable, 'cork' | 'uncork'>, write: (data: Buffer) => void): (data: Buffer) => void {
  let gathering = false
  const release = () => {
    gathering = false
    socket.uncork()
  }
  return (data) => {
    if (!gathering) {
      gathering = true
      socket.cork()
      process.nextTick(release)
    }
    write(data)
  }
}
