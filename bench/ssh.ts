import { type ChildProcess, execFile, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import net, { type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

interface ServerProcess extends AsyncDisposable {
  readonly port: number
  readonly user: string
  readonly password: string
  rss(): Promise<number>
}

async function startServer(kind: 'bare' | 'service'): Promise<ServerProcess> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./ssh-server.ts', import.meta.url)), [kind], {
    execArgv: ['--expose-gc', ...process.execArgv],
  })
  const [ready] = (await once(child, 'message')) as [{ port: number; user: string; password: string }]
  return {
    ...ready,
    async rss() {
      const answer = once(child, 'message') as Promise<[{ rss: number }]>
      child.send('rss')
      return (await answer)[0].rss
    },
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

const OPTIONS = ['-F', 'none', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'LogLevel=ERROR']
const METHODS = ['-o', 'PreferredAuthentications=password', '-o', 'IdentityAgent=none']

function login(server: ServerProcess, extra: readonly string[]): Promise<void> {
  const args = ['-e', 'ssh', ...OPTIONS, ...METHODS, ...extra, '-p', String(server.port), `${server.user}@127.0.0.1`, 'echo bench']
  return new Promise((resolve, reject) => {
    const child = execFile('sshpass', args, { env: { ...process.env, SSHPASS: server.password } }, (error, stdout) => {
      if (error || stdout !== 'bench\n') reject(error ?? new Error(`unexpected output: ${stdout}`))
      else resolve()
    })
    child.stdin?.end()
  })
}

async function loginsPerSecond(server: ServerProcess, count: number, parallel: number, extra: readonly string[]): Promise<number> {
  let left = count
  const worker = async () => {
    while (left-- > 0) await login(server, extra)
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: parallel }, worker))
  return count / ((performance.now() - start) / 1000)
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const round = (value: number): number => Math.round(value * 100) / 100

export interface SshBench {
  /** Logins with one command each, a second, by 8 parallel OpenSSH clients. */
  readonly bare: number
  readonly service: number
  /** Median over the rounds of service ÷ bare, each round one of both. */
  readonly ratio: number
  /** The same with the client's own key exchange. */
  readonly defaultKex: { readonly bare: number; readonly service: number; readonly ratio: number }
}

/** Password logins with one command: our service against a bare ssh2 server, in turns, clients included. Needs ssh and sshpass. */
export async function benchSsh(
  options: { readonly perRound?: number; readonly rounds?: number; readonly parallel?: number } = {},
): Promise<SshBench> {
  const { perRound = 120, rounds = 3, parallel = 8 } = options
  if (spawnSync('sshpass', ['-V']).error) throw new Error('sshpass is missing: apt-get install sshpass openssh-client')
  await using bare = await startServer('bare')
  await using service = await startServer('service')
  for (const server of [bare, service]) await loginsPerSecond(server, parallel * 2, parallel, [])
  const measure = async (extra: readonly string[]) => {
    const figures: { bare: number; service: number }[] = []
    for (let index = 0; index < rounds; index++) {
      const first = index % 2 === 0
      const a = await loginsPerSecond(first ? bare : service, perRound, parallel, extra)
      const b = await loginsPerSecond(first ? service : bare, perRound, parallel, extra)
      figures.push(first ? { bare: a, service: b } : { bare: b, service: a })
    }
    return {
      bare: round(median(figures.map((figure) => figure.bare))),
      service: round(median(figures.map((figure) => figure.service))),
      ratio: round(median(figures.map((figure) => figure.service / figure.bare))),
    }
  }
  const curve = await measure(['-o', 'KexAlgorithms=curve25519-sha256'])
  return { ...curve, defaultKex: await measure([]) }
}

export interface IdleSshBench {
  readonly connections: number
  readonly sources: number
  readonly beforeMb: number
  readonly addedMb: number
}

/** Resident memory that connections cost which say nothing, from many loopback addresses. */
export async function benchIdleSsh(connections = 2000, sources = 100): Promise<IdleSshBench> {
  await using service = await startServer('service')
  const open = async (index: number): Promise<Socket> => {
    const localAddress = `127.9.${1 + (index % sources)}.1`
    const socket = net.connect({ port: service.port, host: '127.0.0.1', localAddress })
    await once(socket, 'data')
    return socket
  }
  for (let warm = 0; warm < 20; warm++) (await open(warm)).destroy()
  const before = await service.rss()
  const sockets: Socket[] = []
  for (let at = 0; at < connections; at += 100) {
    const batch = Array.from({ length: Math.min(100, connections - at) }, (_, index) => open(at + index))
    sockets.push(...(await Promise.all(batch)))
  }
  const after = await service.rss()
  for (const socket of sockets) socket.destroy()
  const mb = (bytes: number): number => round(bytes / 1024 / 1024)
  return { connections, sources, beforeMb: mb(before), addedMb: mb(after - before) }
}
