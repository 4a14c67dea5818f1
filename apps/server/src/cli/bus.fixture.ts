import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const DECNET = fileURLToPath(new URL('../../../../bin/decnet', import.meta.url))

/** A folder of its own, which is also the user's home there. */
export function ownFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'bus-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export interface BusProcess extends AsyncDisposable {
  /** What it said when it was ready. */
  readonly ready: { readonly socket: string; readonly pid: number; readonly group: string | null; readonly bridge: string | null }
  /** Everything on standard error so far. */
  complaints(): string
  /** Its log so far, without what is not JSON. */
  log(): Record<string, unknown>[]
  /** Resolves with the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

const start = (args: readonly string[], home: string, env: NodeJS.ProcessEnv) => {
  const child = spawn(DECNET, ['bus', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: home, NO_COLOR: '1', ...env },
  })
  let said = ''
  let complaints = ''
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString('utf8')
  })
  child.stderr.on('data', (data: Buffer) => {
    complaints += data.toString('utf8')
  })
  const closed = once(child, 'close').then(([code]) => code as number | null)
  return { child, closed, said: () => said, complaints: () => complaints }
}

/** `decnet bus` as an operator starts it, waited for until it is ready. */
export async function busProcess(args: readonly string[], home: string, env: NodeJS.ProcessEnv = {}): Promise<BusProcess> {
  const { child, closed, said, complaints } = start([...args, '--json'], home, env)
  while (!said().includes('\n')) {
    const over = await Promise.race([once(child.stdout, 'data').then(() => false), closed.then(() => true)])
    if (over) throw new Error(`decnet bus ended: ${complaints()}`)
  }
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    return closed
  }
  return {
    ready: JSON.parse(said()) as BusProcess['ready'],
    complaints,
    log: () =>
      complaints()
        .split('\n')
        .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : [])),
    end,
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  }
}

/** `decnet bus` that cannot start: its exit code and what it said. */
export async function refusedBus(args: readonly string[], home: string, env: NodeJS.ProcessEnv = {}) {
  const { closed, said, complaints } = start([...args, '--json'], home, env)
  const code = await closed
  const last = complaints().trim().split('\n').at(-1) ?? ''
  const { error } = JSON.parse(last) as { error: { code: string; message: string; hint: string | null } }
  return { code, said: said(), error }
}
