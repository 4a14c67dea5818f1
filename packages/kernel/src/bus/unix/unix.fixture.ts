import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { connectUnixBus } from './client.ts'
import { encodeFrame, FrameReader, type Verb } from './framing.ts'

export const QUICK = { min: 10, max: 50 }

/** A folder of its own for one test's sockets; removed at its end. */
export async function socketFolder(): Promise<AsyncDisposable & { readonly path: string; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'bus-'))
  return { folder, path: join(folder, 'bus.sock'), [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

export const client = (path: string, name = 'test') => connectUnixBus({ path, name, retry: QUICK })

/** Waits until something holds, at most `ms`. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 5_000): Promise<void> {
  for (const end = Date.now() + ms; !(await holds()); await pause(5)) {
    if (Date.now() > end) throw new Error(`did not hold within ${ms} ms: ${holds}`)
  }
}

/** A peer that speaks bytes, not buses. */
export class RawPeer {
  readonly socket: Socket
  readonly frames: (readonly [verb: Verb, args: string, body: string])[] = []
  closed = false

  constructor(path: string) {
    this.socket = connect({ path })
    const reader = new FrameReader(({ verb, args }, bytes, _start, bodyStart, end) => {
      this.frames.push([verb, args, bytes.toString('utf8', bodyStart, end)])
      return true
    })
    this.socket.on('data', (chunk: Buffer) => reader.push(chunk))
    this.socket.on('error', () => this.socket.destroy())
    this.socket.on('close', () => {
      this.closed = true
    })
  }

  send(...frame: Parameters<typeof encodeFrame>): void {
    this.socket.write(encodeFrame(...frame))
  }

  /** Resolves when its SUB is acknowledged. */
  async subscribe(pattern: string): Promise<void> {
    this.send('SUB', pattern)
    await until(() => this.frames.some(([verb, args]) => verb === 'ACK' && args === pattern))
  }

  events(): (readonly [topic: string, body: string])[] {
    return this.frames.filter(([verb]) => verb === 'EVT').map(([, topic, body]) => [topic, body])
  }
}

/** A broker in a process of its own, to be killed. */
export async function brokerProcess(path: string): Promise<{ kill(): Promise<void> }> {
  const source = `
    import { openUnixBroker } from ${JSON.stringify(new URL('./broker.ts', import.meta.url).href)}
    await openUnixBroker({ path: ${JSON.stringify(path)} })
    process.stdout.write('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), exited.then(() => Promise.reject(new Error('the broker did not start')))])
  return {
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
