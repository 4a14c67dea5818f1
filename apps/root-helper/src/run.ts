import { AppError } from '@decnet/kernel'
import { createLogger } from '@decnet/kernel/logging'
import { bind, type RawHandle } from './bind.ts'
import { type Hosts, openHosts } from './hosts.ts'
import { within } from './namespace.ts'
import { type Answer, numbered, type Order } from './protocol.ts'
import { takenOn } from './taken.ts'
import { openWire, type Wire } from './wire/wire.ts'

/** The answer to one order, and the socket that goes with it. */
interface Done {
  readonly value: unknown
  readonly handle?: RawHandle
}

/**
 * Obeys its supervisor over IPC: orders of one host one after the other, those of several at once. It reads nothing from the network but
 * answers to ARP, neighbour discovery and DHCP, and what the rewriter must. It takes its hosts down when it is told to stop or its supervisor
 * is gone: without one nobody answers on them.
 */
export function runHelper(): void {
  const logger = createLogger({ name: 'root-helper' })
  let wire: Wire | undefined
  let hosts: Hosts | undefined
  const over = new AbortController()

  async function begin({ mark, wire: to, keep }: Extract<Order, { do: 'begin' }>): Promise<Done> {
    wire ??= openWire(logger)
    hosts = openHosts({ mark, to, wire, logger })
    await hosts.sweep(keep)
    return { value: { missing: wire.support.missing } }
  }

  async function obey(order: Order): Promise<Done> {
    if (order.do === 'begin') return begin(order)
    if (order.do === 'taken') return { value: await takenOn(order.wire, order.addresses, over.signal) }
    if (hosts === undefined) throw new AppError('An order came before its fleet.', { code: 'order' })
    switch (order.do) {
      case 'raise':
        return { value: await hosts.raise(order.host) }
      case 'lower':
        hosts.lower(order.name)
        return { value: null }
      case 'open': {
        const { name, transport, address, port } = order
        const bound = within(hosts.namespaceOf(name), () => bind(transport, address, port))
        if (transport === 'tcp') hosts.opened(name, port)
        return { value: { port: bound.port }, handle: bound.handle }
      }
      case 'shut':
        hosts.shut(order.name, order.port)
        return { value: null }
      case 'inspect':
        return { value: hosts.standing() }
      case 'sweep':
        return { value: { removed: await hosts.sweep() } }
    }
  }

  function answer(said: Answer, handle?: RawHandle): void {
    // Raw: a server object here would accept in the name of whoever gets it.
    if (!process.connected) {
      handle?.close()
      return
    }
    // Raw ones are not closed by Node; a socket that stays open here would keep its host's namespace alive.
    process.send?.(said, handle as never, { keepOpen: false }, () => handle?.close())
  }

  async function carryOut(id: number, order: Order): Promise<void> {
    try {
      const { value, handle } = await obey(order)
      answer({ id, value }, handle)
    } catch (error) {
      if (!(error instanceof AppError)) logger.error({ err: error, do: order.do }, 'an order failed')
      const { message, code, hint } = error instanceof AppError ? error : new AppError(String(error), { code: 'helper_failed' })
      answer({ id, error: { message, code, hint: hint ?? null } })
    }
  }

  /** What is under way for each host; everything waits for `begin`. */
  const busy = new Map<string, Promise<void>>()
  let begun: Promise<void> = Promise.resolve()
  const nameOf = (order: Order): string | null => ('name' in order ? order.name : order.do === 'raise' ? order.host.name : null)

  process.on('message', (message) => {
    // As every child of the supervisor is asked.
    if ((message as { type?: unknown } | null)?.type === 'stop') return void stop()
    const known = numbered.safeParse(message)
    if (!known.success) {
      logger.error({ issues: known.error.issues.map(({ path, code }) => ({ path, code })) }, 'an order was not understood')
      const id = (message as { id?: unknown } | null)?.id
      if (typeof id === 'number') answer({ id, error: { message: 'The order was not understood.', code: 'order', hint: null } })
      return
    }
    const { id, order } = known.data
    if (order.do === 'begin') {
      begun = carryOut(id, order)
      return
    }
    const name = nameOf(order)
    const now = (name === null ? undefined : busy.get(name)) ?? begun
    const done = now.then(() => carryOut(id, order))
    if (name === null) return
    busy.set(name, done)
    void done.then(() => (busy.get(name) === done ? busy.delete(name) : undefined))
  })

  let stopping = false
  async function stop(): Promise<void> {
    if (stopping) return
    stopping = true
    over.abort()
    try {
      await begun
      // Every host is let go of at once; and a thread that waits in the kernel would hold this process up.
      await wire?.close()
      // Those that are being made are given up; whatever one of them left meanwhile goes with the second.
      await hosts?.sweep()
      await Promise.all(busy.values())
      await hosts?.sweep()
    } catch (err) {
      logger.error({ err }, 'hosts could not be removed')
    }
    process.exit(0)
  }
  process.on('disconnect', () => void stop())
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())
}
