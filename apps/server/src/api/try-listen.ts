import { once } from 'node:events'
import { createServer } from 'node:net'
import { AppError, isNodeError } from '@decnet/kernel'

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** What the system says about an address to listen on, and the way out: `port_taken`, `listen_failed`. */
export function listenError({ host, port }: ListenAddress, error: unknown): AppError {
  const code = isNodeError(error) ? error.code : undefined
  const shown = host.includes(':') ? `[${host}]` : host
  if (code === 'EADDRINUSE')
    return new AppError(`${shown}:${port} is taken.`, {
      code: 'port_taken',
      hint: `Choose another: decnet up --listen ${shown}:${port < 65_535 ? port + 1 : port - 1}`,
      cause: error,
    })
  return new AppError(`Cannot listen on ${shown}:${port} (${code}).`, {
    code: 'listen_failed',
    hint: 'Choose an address of this machine and a port that you may use, with --listen.',
    cause: error,
  })
}

/** Whether an address can be had, before work is done that would be in vain. @throws {AppError} `port_taken`, `listen_failed`. */
export async function tryListen(listen: ListenAddress): Promise<void> {
  const server = createServer()
  try {
    server.listen(listen)
    await once(server, 'listening')
  } catch (error) {
    throw listenError(listen, error)
  }
  server.close()
  await once(server, 'close')
}
