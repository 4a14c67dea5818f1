import { createSocket } from 'node:dgram'
import { readFile } from 'node:fs/promises'
import { isIPv4 } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { hostsOf, within } from '../addresses.ts'
import type { Machine } from './detect-lan.ts'
import { answeredIn } from './proc-net.ts'

/** Discard (RFC 863): nobody answers it, and nobody is hurt. */
const PORT = 9
/** So many at once: the kernel's table of neighbours holds a thousand. */
const AT_ONCE = 256
/** A neighbour answers within milliseconds; what has not after this is not there, or hides. */
const WAIT_MS = 800

/**
 * Which of these IPv4 addresses somebody on a network of this machine has: a datagram makes the system ask for the owner of each. Needs no
 * right. What lies behind a router is not asked, and nobody answers for it.
 */
export async function answering(addresses: readonly string[], machine: Pick<Machine, 'interfaces'>): Promise<string[]> {
  const near = machine.interfaces.flatMap(({ subnet }) => (subnet === null ? [] : [hostsOf(subnet)]))
  const asked = addresses.filter((ip) => isIPv4(ip) && near.some((range) => within(range, ip)))
  const found: string[] = []
  for (let at = 0; at < asked.length; at += AT_ONCE) {
    const some = asked.slice(at, at + AT_ONCE)
    const socket = createSocket('udp4')
    // What cannot be sent (no route, no memory) is an address that does not answer.
    socket.on('error', () => undefined)
    await Promise.all(some.map((ip) => new Promise<void>((resolve) => socket.send('', PORT, ip, () => resolve()))))
    await pause(WAIT_MS)
    const there = new Set(answeredIn(await readFile('/proc/thread-self/net/arp', 'latin1').catch(() => '')))
    found.push(...some.filter((ip) => there.has(ip)))
    await new Promise<void>((resolve) => socket.close(resolve))
  }
  return found
}
