import type { ChildProcess } from 'node:child_process'
import type { DeckyPlan } from '@decnet/persona'
import type { Listener } from '../fleet/substrates/port.ts'
import type { TarpitWish } from '../store/fleet.ts'

interface Refused {
  readonly decky: string
  readonly service: string
  readonly reason: string
}

/** The sensor as the fleet has it: told what comes and goes, and asked when it has done so. */
export interface SensorLink {
  put(plan: DeckyPlan): void
  drop(decky: string): void
  unlisten(decky: string, service: string): void
  listen(listener: Listener): void
  /** Services that hold up whoever comes; all others hold up nobody. */
  tarpits(all: readonly TarpitWish[]): void
  /** Everything said so far is done; which services do not listen in spite of it. At once while there is no sensor: it is told all at its start. */
  settled(): Promise<readonly Refused[]>
  readonly serving: boolean
}

export interface SensorWire extends SensorLink {
  /** A sensor begins: it is told all that stands. */
  begin(
    child: ChildProcess,
    first: object,
    fleet: { readonly plan: readonly DeckyPlan[]; readonly listeners: readonly Listener[]; readonly tarpits: readonly TarpitWish[] },
  ): void
  /** What it says. */
  heard(message: unknown): 'ready' | null
  /** It ended: nobody waits for it, and whoever starts again is told all anew. */
  away(): void
}

/** Order by order to a child that may not be there. */
export function sensorWire(): SensorWire {
  let child: ChildProcess | undefined
  let serving = false
  let refused: Refused[] = []
  const waiting: ((refused: readonly Refused[]) => void)[] = []
  const send = (message: object, handle?: unknown) => {
    if (child?.connected) child.send(message, handle as never, { keepOpen: true }, () => undefined)
  }
  const listen = ({ bound, handle }: Listener) =>
    send({ type: 'listener', decky: bound.decky, service: bound.service, port: bound.port }, handle)
  const pits = (tarpits: readonly TarpitWish[]) => send({ type: 'tarpits', tarpits })
  const settled = (): Promise<readonly Refused[]> => {
    if (!child?.connected) return Promise.resolve([])
    send({ type: 'listening' })
    return new Promise((resolve) => waiting.push(resolve))
  }
  return {
    put: (plan) => send({ type: 'decky', plan }),
    drop: (decky) => send({ type: 'drop', decky }),
    unlisten: (decky, service) => send({ type: 'unlisten', decky, service }),
    listen,
    tarpits: pits,
    settled,
    get serving() {
      return serving
    },
    begin(now, first, { plan, listeners, tarpits }) {
      child = now
      send({ ...first, plan })
      for (const listener of listeners) if (listener.handle) listen(listener)
      pits(tarpits)
      void settled()
    },
    heard(message) {
      const said = message as { type?: unknown } & Refused
      if (said.type === 'failed') refused.push({ decky: said.decky, service: said.service, reason: said.reason })
      if (said.type !== 'ready') return null
      const late = refused
      refused = []
      serving = true
      waiting.shift()?.(late)
      return 'ready'
    },
    away() {
      child = undefined
      serving = false
      refused = []
      for (const resolve of waiting.splice(0)) resolve([])
    },
  }
}
