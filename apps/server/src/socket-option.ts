import type { Socket } from 'node:net'

/** One option of a connected socket, as the system writes it, at most so many bytes; null where it says nothing. */
export type SocketOption = (socket: Socket) => Buffer | null

/** Node keeps the descriptor to itself. */
const descriptorOf = (socket: Socket): number => {
  const { fd } = (socket as unknown as { readonly _handle?: { readonly fd?: unknown } })._handle ?? {}
  return typeof fd === 'number' ? fd : -1
}

/**
 * What asks the system for an option (getsockopt(2)); numbers as Linux has them. `load` brings the foreign-function library.
 * @throws what `load` throws.
 */
export async function socketOption(
  { level, name, bytes }: { readonly level: number; readonly name: number; readonly bytes: number },
  load: () => Promise<typeof import('koffi')> = () => import('koffi'),
): Promise<SocketOption> {
  const { default: koffi } = await load()
  const ask = koffi.load(null).func('int getsockopt(int, int, int, _Out_ uint8_t *, _Inout_ uint32_t *)')
  return (socket) => {
    const said = Buffer.alloc(bytes)
    const length = [bytes]
    return ask(descriptorOf(socket), level, name, said, length) === 0 ? said.subarray(0, length[0]) : null
  }
}
