import { AppError } from '@decnet/kernel'
import { type FromServer, type ToServer, toServer } from './protocol.ts'

type Message<Type extends ToServer['type']> = Extract<ToServer, { type: Type }>
export type Say = (message: FromServer) => void

/** What a child in the server's place does for its supervisor. */
export interface Serving {
  fleet(message: Message<'fleet'>): Promise<unknown>
  ring(): Promise<unknown>
  alive(message: Message<'alive'>): void
  close(): Promise<void>
}

/**
 * Makes this process a child of the supervisor: `serve` starts it and says the plan and when it is ready; a start that fails is told and ends
 * the process. It ends with its supervisor too.
 */
export function obeySupervisor(serve: (start: Message<'start'>, say: Say) => Promise<Serving>): void {
  let serving: Serving | undefined
  let pendingFleet: Message<'fleet'> | undefined
  const say = (message: FromServer, said: () => void = () => undefined) => void process.send?.(message, undefined, undefined, said)
  async function stop() {
    await serving?.close()
    process.exit(0)
  }
  async function obey(message: ToServer): Promise<void> {
    if (message.type === 'start') {
      serving = await serve(message, say)
      if (pendingFleet) await serving.fleet(pendingFleet)
    } else if (message.type === 'fleet') {
      pendingFleet = message
      await serving?.fleet(message)
    } else if (message.type === 'alive') serving?.alive(message)
    else if (message.type === 'ring') await serving?.ring()
    else await stop()
  }

  // Standard error is a file of the home: a full disk is no reason to end.
  process.stderr.on('error', () => undefined)
  process.on('message', (message) => {
    obey(toServer.parse(message)).catch((error: unknown) => {
      const app = error instanceof AppError ? error : undefined
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      if (serving) return
      const message = error instanceof Error ? error.message : String(error)
      say({ type: 'failed', error: { message, code: app?.code ?? 'server_failed', hint: app?.hint ?? null } }, () => process.exit(1))
    })
  })
  process.on('disconnect', () => void stop())
  process.on('SIGTERM', () => void stop())
}
