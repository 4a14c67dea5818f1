import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { MessageChannel, Worker } from 'node:worker_threads'
import { AppError, isNodeError } from '@decnet/kernel'
import type { Logger } from '@decnet/kernel/logging'
import type { Stack } from '@decnet/persona'
import { ip, within } from '../namespace.ts'
import { closeDescriptor } from '../system.ts'
import { moveClock } from './clock.ts'
import { detectWire, type WireSupport } from './detect.ts'
import { QUEUE, rules } from './rules.ts'
import { largestWindow, needsWindow, sysctls, windowedRoutes } from './settings.ts'
import { openBell, openQueue, openSender, ring } from './sockets.ts'
import type { ThreadData, ThreadOrder } from './thread-orders.ts'

/** Milliseconds in which the thread obeys an order: it is never busy for long. */
const PATIENCE = 2000

export interface WireHost {
  readonly name: string
  /** Name under /run/netns. It has its addresses and routes, and no socket yet: sockets keep what was set at their birth. */
  readonly namespace: string
  readonly device: string
  readonly stack: Stack
  readonly ip: string
  readonly openTcp: readonly number[]
}

/** Gives hosts the hand of their system: settings of the kernel, and one thread that rewrites what the settings cannot say. */
export interface Wire {
  readonly support: WireSupport
  /** Also for a host that has been raised. @throws {AppError} `wire_refused`, `namespace_closed`, `network_refused`. */
  raise(host: WireHost): void
  setOpenPorts(name: string, openTcp: readonly number[]): void
  /** Packets of the host pass as they are from now on; a namespace goes only when this was said. */
  lower(name: string): void
  close(): Promise<void>
}

export function openWire(logger: Logger): Wire {
  const support = detectWire()
  if (!support.nfqueue) logger.warn({ missing: support.missing }, 'packets cannot be rewritten; hosts show their system by sysctls only')
  const watched = new Map<string, Opened>()
  const thread = startThread((err) => {
    // Without an owner the queues let everything pass.
    for (const { queue, sender } of watched.values()) {
      closeDescriptor(queue)
      closeDescriptor(sender)
    }
    watched.clear()
    logger.error({ err }, 'the rewriter has ended; packets pass as the kernel writes them')
  })

  function lower(name: string): void {
    if (watched.delete(name)) thread.tell({ do: 'leave', name })
  }

  return {
    support,
    raise(host) {
      lower(host.name)
      const { routes, opened } = within(host.namespace, () => settle(host, support))
      if (routes.length > 0) ip(routes, host.namespace)
      if (opened === null) return
      thread.tell({
        do: 'watch',
        host: { name: host.name, stack: host.stack, seed: digestOf(host).readUInt32BE(0), ...opened },
        openTcp: host.openTcp,
      })
      watched.set(host.name, opened)
    },
    setOpenPorts(name, openTcp) {
      if (watched.has(name)) thread.tell({ do: 'open', name, openTcp })
    },
    lower,
    async close() {
      watched.clear()
      await thread.stop()
    },
  }
}

/** Counters and clocks begin anywhere, and elsewhere on each host; the namespace's name is nothing that an attacker knows. */
const digestOf = ({ name, namespace }: WireHost): Buffer => createHash('sha256').update(`${namespace} ${name}`).digest()

/** What is done inside the namespace, on this thread. */
function settle(host: WireHost, support: WireSupport): { routes: readonly string[]; opened: Opened | null } {
  const { stack, device, ip: address } = host
  const movesClock = stack.kernel.timestamps === 'host' && moveClock(device, digestOf(host).readUInt32BE(4))
  for (const [path, value] of sysctls(stack, device, movesClock)) set(path, value)
  const rmemMax = Number(readFileSync('/proc/sys/net/core/rmem_max', 'latin1'))
  const routes = needsWindow(stack, rmemMax)
    ? windowedRoutes(readFileSync('/proc/thread-self/net/route', 'latin1'), device, address, largestWindow(stack))
    : []
  const tables = rules(stack, device)
  if (tables === null || !support.nfqueue) return { routes, opened: null }
  restore('iptables-restore', tables.ip4)
  restore('ip6tables-restore', tables.ip6)
  const queue = openQueue(QUEUE)
  try {
    return { routes, opened: { queue, sender: openSender() } }
  } catch (error) {
    closeDescriptor(queue)
    throw error
  }
}

interface Opened {
  readonly queue: number
  readonly sender: number
}

function set(path: string, value: string): void {
  try {
    writeFileSync(`/proc/sys/net/${path}`, value)
  } catch (cause) {
    // A kernel without IPv6 has nothing to set there.
    if (isNodeError(cause) && cause.code === 'ENOENT') return
    throw new AppError(`The kernel refused net/${path} = ${value}.`, { code: 'wire_refused', cause })
  }
}

function restore(program: string, table: string): void {
  const { error, status, stderr } = spawnSync(program, { input: table, encoding: 'utf8' })
  if (error || status !== 0)
    throw new AppError(`${program} refused its rules: ${error?.message ?? stderr.trim()}.`, {
      code: 'wire_refused',
      hint: 'Install iptables; the kernel needs the target NFQUEUE.',
      cause: error,
    })
}

function startThread(lost: (error: unknown) => void): { tell(order: ThreadOrder): void; stop(): Promise<void> } {
  const bell = openBell()
  const { port1, port2 } = new MessageChannel()
  const done = new Int32Array(new SharedArrayBuffer(4))
  const data: ThreadData = { port: port2, bell, done }
  const worker = new Worker(new URL('./queue-thread.ts', import.meta.url), { workerData: data, transferList: [port2] })
  let running = true
  let told = 0
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  worker.on('error', lost)
  void ended.then(() => {
    running = false
    port1.close()
    closeDescriptor(bell.descriptor)
  })
  port1.unref()
  worker.unref()

  function tell(order: ThreadOrder): void {
    if (!running) throw new AppError('The rewriter is not running.', { code: 'wire_refused' })
    port1.postMessage(order)
    told += 1
    ring(bell)
    while (Atomics.load(done, 0) !== told)
      if (Atomics.wait(done, 0, Atomics.load(done, 0), PATIENCE) === 'timed-out')
        throw new AppError('The rewriter does not answer.', { code: 'wire_refused' })
  }

  return {
    tell,
    async stop() {
      worker.ref()
      if (running) tell({ do: 'stop' })
      await ended
    },
  }
}
