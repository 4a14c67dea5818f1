import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { closeDescriptor, receive } from '../system.ts'
import { answer } from './answer.ts'
import { INPUT_HOOK, parseQueued, type Queued, verdict } from './nfqueue.ts'
import { rewrite } from './rewrite.ts'
import { QUEUE } from './rules.ts'
import { hush, ready, sendMessage, sendPacket } from './sockets.ts'
import { type WireState, wireState } from './state.ts'
import type { ThreadData, ThreadOrder, Watched } from './thread-orders.ts'

/** Reads of one queue before the others have their turn. */
const TURN = 64

interface Host extends Watched {
  readonly state: WireState
  open: ReadonlySet<number>
}

const { bell, port, done } = workerData as ThreadData
const hosts = new Map<string, Host>()
const byQueue = new Map<number, Host>()
/** Larger than any message: a copied packet has 64 KiB at most. */
const buffer = Buffer.alloc(80 * 1024)

function obey(order: ThreadOrder): boolean {
  switch (order.do) {
    case 'watch': {
      const host: Host = { ...order.host, state: wireState(order.host.seed), open: new Set(order.openTcp) }
      hosts.set(host.name, host)
      byQueue.set(host.queue, host)
      return true
    }
    case 'open': {
      const host = hosts.get(order.name)
      if (host) host.open = new Set(order.openTcp)
      return true
    }
    case 'leave': {
      const host = hosts.get(order.name)
      hosts.delete(order.name)
      if (host) {
        byQueue.delete(host.queue)
        closeDescriptor(host.queue)
        closeDescriptor(host.sender)
      }
      return true
    }
    case 'stop':
      for (const { queue, sender } of hosts.values()) {
        closeDescriptor(queue)
        closeDescriptor(sender)
      }
      return false
  }
}

function judge(host: Host, { id, hook, card, neighbour, packet }: Queued): void {
  if (hook !== INPUT_HOOK) {
    sendMessage(host.queue, verdict(QUEUE, id, true, rewrite(host.stack, host.state, packet) ?? undefined))
    return
  }
  const what = answer(host.stack, host.state, packet, (number) => host.open.has(number))
  sendMessage(host.queue, verdict(QUEUE, id, what.do === 'pass', what.do === 'pass' ? what.packet : undefined))
  if (what.do === 'drop') sendPacket(host.sender, card, neighbour, what.reply)
}

/** Orders of the main thread; false when this thread is to end. */
function obeyAll(): boolean {
  hush(bell)
  for (;;) {
    const received = receiveMessageOnPort(port) as { message: ThreadOrder } | undefined
    if (received === undefined) return true
    const goesOn = obey(received.message)
    Atomics.add(done, 0, 1)
    Atomics.notify(done, 0)
    if (!goesOn) return false
  }
}

for (let goesOn = true; goesOn; ) {
  for (const descriptor of ready([bell.descriptor, ...byQueue.keys()])) {
    if (descriptor === bell.descriptor) {
      goesOn = obeyAll()
      break
    }
    const host = byQueue.get(descriptor)
    for (let turn = 0; host !== undefined && turn < TURN; turn += 1) {
      const bytes = receive(descriptor, buffer)
      if (bytes === null) break
      for (const queued of parseQueued(bytes)) judge(host, queued)
    }
  }
}
