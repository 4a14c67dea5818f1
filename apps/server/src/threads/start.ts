import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { AppError } from '@decnet/kernel'
import { type Call, callOperations, type Operations } from './rpc.ts'
import type { StartFailure } from './start-failure.ts'

export interface Thread<Ops extends Operations> {
  readonly call: Call<Ops>
  /** Messages that are no answers. */
  onMessage(listener: (message: unknown) => void): void
  /** Resolves with the exit code when it has ended. */
  readonly ended: Promise<number>
  terminate(): Promise<void>
}

const isFailure = (message: unknown): message is StartFailure => typeof message === 'object' && message !== null && 'failed' in message

/**
 * Starts a thread from a module and waits until it says that it is ready. `stdin`: what it reads as its standard input.
 * @throws {AppError} that it reported instead.
 */
export async function startThread<Ops extends Operations>(module: URL, data: unknown, stdin?: Readable): Promise<Thread<Ops>> {
  const worker = new Worker(module, { workerData: data, stdin: stdin !== undefined })
  if (worker.stdin) stdin?.pipe(worker.stdin)
  const ended = new Promise<number>((resolve) => worker.once('exit', resolve))
  const call = callOperations<Ops>(worker)
  const [first] = (await Promise.race([
    once(worker, 'message'),
    ended.then((code) => [{ failed: { message: `a thread ended at its start (${code})` } }]),
  ])) as [unknown]
  if (isFailure(first)) {
    const { message, code, hint } = first.failed
    throw new AppError(message, { code: code ?? 'thread_failed', ...(hint === undefined ? {} : { hint }) })
  }
  return {
    call,
    onMessage: (listener) => worker.on('message', listener),
    ended,
    async terminate() {
      await worker.terminate()
    },
  }
}
