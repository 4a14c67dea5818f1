import type { MessagePort, Worker } from 'node:worker_threads'
import { AppError, own } from '@decnet/kernel'
import { isTransient } from '../store/transient.ts'
import { unwritable } from '../store/unwritable.ts'

/** Named operations that a thread performs for others. Arguments and answers are structured-cloneable. */
export type Operations = Readonly<Record<string, (args: never) => Promise<unknown>>>
type Args<F> = F extends (args: infer A) => Promise<unknown> ? A : never
type Answer<F> = F extends (args: never) => Promise<infer R> ? R : never

/** Calls an operation of another thread. @throws what the operation threw; an AppError keeps its code and status. */
export type Call<Ops extends Operations> = <Name extends keyof Ops & string>(
  name: Name,
  args: Args<Ops[Name]>,
) => Promise<Answer<Ops[Name]>>

interface Request {
  readonly rpc: number
  readonly name: string
  readonly args: unknown
}
type Failure = {
  readonly message: string
  readonly app?: { readonly code: string; readonly status: number; readonly hint?: string; readonly fields?: AppError['fields'] & object }
  readonly cause?: string
}
type Response =
  | { readonly rpc: number; readonly ok: true; readonly answer: unknown }
  | { readonly rpc: number; readonly ok: false; readonly error: Failure }

const isRequest = (message: unknown): message is Request =>
  typeof message === 'object' && message !== null && 'rpc' in message && 'name' in message
const isResponse = (message: unknown): message is Response =>
  typeof message === 'object' && message !== null && 'rpc' in message && 'ok' in message

/** Serves `operations` on a port until it closes. */
export function serveOperations(port: MessagePort, operations: Operations): void {
  port.on('message', (message: unknown) => {
    if (!isRequest(message)) return
    const { rpc, name, args } = message
    const operation = own(operations, name) as ((args: unknown) => Promise<unknown>) | undefined
    const answer = operation ? operation(args) : Promise.reject(new Error(`no such operation: ${name}`))
    answer.then(
      (answer) => port.postMessage({ rpc, ok: true, answer } satisfies Response),
      (error: unknown) => port.postMessage({ rpc, ok: false, error: describe(error) } satisfies Response),
    )
  })
}

const described = ({ message, code, status, hint, fields }: AppError): Failure => ({
  message,
  app: { code, status, ...(hint === undefined ? {} : { hint }), ...(fields === undefined ? {} : { fields }) },
})

function describe(error: unknown): Failure {
  if (error instanceof AppError) return described(error)
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const full = unwritable(error)
  if (full) return { ...described(full), cause: message }
  return isTransient(error) ? { message: 'The database does not answer just now.', app: UNAVAILABLE, cause: message } : { message }
}

const UNAVAILABLE = { code: 'database_unavailable', status: 503, hint: 'Try again soon; the log of the server says why.' } as const

/** An error with the stack of the other thread: the log shows those alone. */
function causeOf({ cause }: Failure): Error | undefined {
  if (cause === undefined) return undefined
  const error = new Error(cause.split('\n', 1)[0])
  error.stack = cause
  return error
}

/** A caller for one thread; every call fails at once when the thread ends. */
export function callOperations<Ops extends Operations>(thread: Worker): Call<Ops> {
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>()
  let next = 1
  let gone: Error | undefined
  thread.on('message', (message: unknown) => {
    if (!isResponse(message)) return
    const call = waiting.get(message.rpc)
    waiting.delete(message.rpc)
    if (!call) return
    if (message.ok) call.resolve(message.answer)
    else
      call.reject(
        message.error.app
          ? new AppError(message.error.message, { ...message.error.app, cause: causeOf(message.error) })
          : new Error(message.error.message),
      )
  })
  thread.on('exit', () => {
    gone = new Error('the thread has ended')
    for (const call of waiting.values()) call.reject(gone)
    waiting.clear()
  })
  return (name, args) =>
    new Promise((resolve, reject) => {
      if (gone) return reject(gone)
      const rpc = next++
      waiting.set(rpc, { resolve: resolve as (answer: unknown) => void, reject })
      thread.postMessage({ rpc, name, args } satisfies Request)
    })
}
