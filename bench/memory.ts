import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import net, { type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Fleet, startFleet } from '../test/rig/fleet.ts'
import type { BenchContext, Benchmark, Figure } from './figure.ts'
import { liftSshLimits, makeHome } from './home.ts'
import { fleetTarget, login } from './ssh.ts'

const SOURCES = 100
const AT_ONCE = 100
const SETTLE_MS = 3_000
const TOUCH_MS = 1_500

/** What a client says first; to a protocol that is not here nothing is said, its server speaks first. */
const FIRST_WORDS: Readonly<Record<string, string>> = {
  http: 'GET / HTTP/1.1\r\nHost: www\r\nConnection: close\r\n\r\n',
  ftp: 'USER anonymous\r\nPASS guest@\r\nSYST\r\nQUIT\r\n',
  smtp: 'EHLO there\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nQUIT\r\n',
  redis: 'PING\r\nINFO\r\nQUIT\r\n',
  telnet: 'root\r\nroot\r\n',
}

const rssMb = (pid: number): number => Number(/^VmRSS:\s+(\d+) kB/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024

async function touch(service: { name: string; address: string; port: number }): Promise<void> {
  const socket = net.connect({ host: service.address, port: service.port })
  socket.on('error', () => socket.destroy())
  socket.resume()
  socket.write(FIRST_WORDS[service.name] ?? '')
  await Promise.race([once(socket, 'close'), pause(TOUCH_MS)])
  socket.destroy()
}

/** Connections that stay open: silent behind the server's greeting, or having greeted back, so that the key exchange is under way. */
async function openIdle(fleet: Fleet, connections: number, greeting: string): Promise<Socket[]> {
  const { host, port } = fleetTarget(fleet)
  const open = async (index: number): Promise<Socket> => {
    const socket = net.connect({ port, host, localAddress: `127.9.${1 + (index % SOURCES)}.1` })
    await once(socket, 'data')
    if (greeting !== '') {
      socket.write(greeting)
      await once(socket, 'data')
    }
    return socket
  }
  const sockets: Socket[] = []
  for (let at = 0; at < connections; at += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, connections - at) }, (_, index) => open(at + index))
    sockets.push(...(await Promise.all(batch)))
  }
  return sockets
}

async function addedBy(fleet: Fleet, connections: number, greeting: string): Promise<number> {
  const pid = fleet.child('sensor')
  const before = rssMb(pid)
  const sockets = await openIdle(fleet, connections, greeting)
  await pause(SETTLE_MS)
  const after = rssMb(pid)
  const lost = sockets.filter((socket) => socket.readableEnded || socket.destroyed).length
  if (lost > 0) throw new Error(`${lost} of ${connections} connections did not stay open`)
  for (const socket of sockets) socket.destroy()
  return after - before
}

async function run({ quick, progress }: BenchContext): Promise<Figure[]> {
  const connections = quick ? 200 : 2_000
  const rounds = quick ? 1 : 3
  const resting: number[] = []
  const silent: number[] = []
  const greeted: number[] = []
  let services = 0
  for (let round = 1; round <= rounds; round += 1) {
    using home = makeHome()
    await liftSshLimits(home)
    for (const [added, greeting] of [
      [silent, ''],
      [greeted, 'SSH-2.0-OpenSSH_9.2p1\r\n'],
    ] as const) {
      // A sensor of its own for each: what the first connections left would hide what the second ones cost.
      await using fleet = await startFleet({ home: home.path })
      const all = fleet.ready.deckies.flatMap((decky) => decky.services)
      services = all.length
      await Promise.all(all.map(touch))
      for (let n = 0; n < 3; n += 1) await login(fleetTarget(fleet))
      await pause(SETTLE_MS)
      resting.push(rssMb(fleet.child('sensor')))
      added.push(await addedBy(fleet, connections, greeting))
    }
    progress(
      `round ${round} of ${rounds}: ${resting.at(-1)?.toFixed(0)} MB, ${silent.at(-1)?.toFixed(0)} and ${greeted.at(-1)?.toFixed(0)} MB more`,
    )
  }
  const goal = { kind: 'at most', value: 60 } as const
  const idle = `${connections.toLocaleString('en')} idle SSH connections from ${SOURCES} sources`
  return [
    {
      name: `sensor with 5 deckies and ${services} services, each touched, RSS`,
      unit: 'MB',
      runs: resting,
      goal: { kind: 'at most', value: 120 },
    },
    { name: `${idle}, silent, RSS added`, unit: 'MB', runs: silent, goal },
    { name: `${idle}, key exchange begun, RSS added`, unit: 'MB', runs: greeted, goal },
  ]
}

export const memory: Benchmark = {
  name: 'memory',
  summary: "The sensor's resident memory under `decnet up`, after each service was used, and with idle SSH connections.",
  needs: { sshpass: 'sshpass', ssh: 'openssh-client' },
  run,
}
