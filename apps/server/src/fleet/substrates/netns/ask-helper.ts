import { fileURLToPath } from 'node:url'
import { AppError } from '@decnet/kernel'
import type { Answer, AnswerTo, Order } from '@decnet/root-helper'
import { superviseChild } from '../../../supervisor/child.ts'
import type { RawHandle } from '../port.ts'

/** The root helper as its supervisor has it. */
export interface RootHelper {
  /** @throws {AppError} what the helper says; `helper_gone` when it dies meanwhile. */
  ask<O extends Order>(order: O): Promise<{ readonly value: AnswerTo<O>; readonly handle: RawHandle | undefined }>
  /** It removes every host that it made. */
  stop(): Promise<void>
}

export interface HelperOptions {
  readonly logs: string
  readonly env: NodeJS.ProcessEnv
  /** It ended and starts again; what it had made stands, and has to be taken on by the new one. */
  readonly died: (code: number | null, signal: NodeJS.Signals | null) => void
}

/** Hosts by the hundred are taken down in a small part of it, on a machine that has something else to do as well. */
const STOP_MS = 20_000

interface Waiting {
  resolve(answer: { value: unknown; handle: RawHandle | undefined }): void
  reject(error: AppError): void
}

/** @param begin what is said to it at each start, in this order; everything else waits for the answers. */
export function startHelper(begin: () => readonly Order[], { logs, env, died }: HelperOptions): RootHelper {
  const waiting = new Map<number, Waiting>()
  let last = 0
  let over = false
  const send = (order: Order) =>
    new Promise<{ value: unknown; handle: RawHandle | undefined }>((resolve, reject) => {
      if (over) return reject(new AppError('The root helper has ended.', { code: 'helper_gone' }))
      last += 1
      waiting.set(last, { resolve, reject })
      child.send({ id: last, order })
    })
  const away = () => {
    for (const { reject } of waiting.values()) reject(new AppError('The root helper ended.', { code: 'helper_gone' }))
    waiting.clear()
  }
  let begun: Promise<unknown> = Promise.resolve()
  let started: () => void = () => undefined
  const child = superviseChild({
    name: 'root-helper',
    module: fileURLToPath(import.meta.resolve('@decnet/root-helper/main')),
    logs,
    env,
    flags: ['--disable-warning=DEP0112', '--max-semi-space-size=1', '--v8-pool-size=1'],
    begin() {
      // `send` needs the child, which is not there before this has returned.
      const answered = Promise.resolve().then(async () => {
        const [first, ...rest] = begin()
        const begins = first && send(first)
        // A host that cannot be taken on is seen to be missing.
        const done = rest.map((order) => send(order).catch(() => undefined))
        await begins
        await Promise.all(done)
      })
      // Whoever asks meanwhile is told when it was refused.
      answered.catch(() => undefined)
      begun = answered
      started()
    },
    message(message, handle) {
      const said = message as Answer
      const asked = waiting.get(said.id)
      waiting.delete(said.id)
      // Who asked is gone; a socket that nobody closes would keep this process alive.
      if (!asked) (handle as RawHandle | undefined)?.close()
      if ('error' in said) {
        const { message: text, code, hint } = said.error
        asked?.reject(new AppError(text, { code, ...(hint === null ? {} : { hint }) }))
      } else asked?.resolve({ value: said.value, handle: handle as RawHandle | undefined })
    },
    died(code, signal) {
      // Until the next one has begun.
      begun = new Promise<void>((resolve) => {
        started = resolve
      }).then(() => begun)
      away()
      died(code, signal)
    },
  })
  return {
    async ask<O extends Order>(order: O) {
      await begun
      const { value, handle } = await send(order)
      return { value: value as AnswerTo<O>, handle }
    },
    async stop() {
      await child.stop(STOP_MS)
      over = true
      away()
    },
  }
}
