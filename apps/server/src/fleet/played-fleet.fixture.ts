import { AppError } from '@decnet/kernel'
import type { EventLog } from '@decnet/kernel/log'
import { beginOperations, wantedFleet } from '../store/fleet.ts'
import type { Tx } from '../store/log-table.ts'
import { createFleet } from '../supervisor/fleet.ts'
import type { FleetReport } from '../supervisor/protocol.ts'
import { planOf } from './follow.ts'
import { recordFleetState } from './record-state.ts'
import type { PlannedService, SeenHost, Substrate } from './substrates/port.ts'

/** What goes wrong from now on; each answers whether it does. */
export interface Trouble {
  raise(decky: string): boolean
  open(decky: string, service: string): boolean
  listen(decky: string, service: string): boolean
}
const NONE: Trouble = { raise: () => false, open: () => false, listen: () => false }

/**
 * Plays the fleet of a database in memory: the supervisor's own convergence and the server's own records, over a substrate and a sensor that
 * have neither sockets nor processes.
 */
export function playedFleet(log: EventLog<Tx>, clock: () => number) {
  let trouble = NONE
  const hosts = new Map<string, SeenHost>()
  const serving = new Map<string, Map<string, PlannedService['config']>>()
  const plans = new Map<string, readonly PlannedService[]>()
  let refused: { decky: string; service: string; reason: string }[] = []
  /** How often each service was started. */
  const starts = new Map<string, number>()

  const substrate: Substrate = {
    name: 'loopback',
    inspect: async () => [...hosts.values()],
    async raise({ name, ip }) {
      if (trouble.raise(name)) throw new AppError('The address is taken.', { code: 'address_taken' })
      const host = { name, ip, ip6: null, mac: null, services: null }
      hosts.set(name, host)
      return host
    },
    lower: async (name) => void hosts.delete(name),
    async open({ name: decky, ip: address }, { name: service, port: wantedPort }) {
      const base = { decky, service, address, wantedPort }
      if (trouble.open(decky, service)) return { bound: { ...base, port: null, detail: 'the port is taken' }, handle: undefined }
      return { bound: { ...base, port: wantedPort, detail: null }, handle: { close: () => undefined, getsockname: () => 0 } }
    },
    shut: async () => undefined,
    remove: async () => hosts.clear(),
  }
  const reports: FleetReport[] = []
  const fleet = createFleet({
    sensor: {
      put: ({ name, services }) => void plans.set(name, services),
      drop: (decky) => void serving.delete(decky),
      unlisten: (decky, service) => void serving.get(decky)?.delete(service),
      listen({ bound: { decky, service } }) {
        if (trouble.listen(decky, service)) {
          refused.push({ decky, service, reason: 'failed' })
          return
        }
        const own = serving.get(decky) ?? new Map<string, PlannedService['config']>()
        serving.set(decky, own)
        own.set(service, plans.get(decky)?.find(({ name }) => name === service)?.config ?? {})
        starts.set(`${decky}/${service}`, (starts.get(`${decky}/${service}`) ?? 0) + 1)
      },
      async settled() {
        const late = refused
        refused = []
        return late
      },
      tarpits: () => undefined,
      serving: true,
    },
    substrate: () => substrate,
    report: (report) => void reports.push(report),
  })

  /** Goes to what is wanted. */
  async function converge(): Promise<void> {
    const wanted = await log.transaction(async (tx) => {
      const wanted = await wantedFleet(tx)
      await beginOperations(tx, wanted.generation, clock())
      return wanted
    })
    await fleet.converge({ ...wanted, plan: wanted.deckies.map(planOf) })
  }
  /** Goes once to what is wanted, and writes down what became of it; answers whether something was undone. */
  async function step(): Promise<boolean> {
    await converge()
    let undone = false
    for (const report of reports.splice(0)) undone = (await recordFleetState(log, report, clock())).undone || undone
    return undone
  }
  return {
    starts,
    /** Goes there, and ends before anybody has written down that it is so. */
    async crash() {
      await converge()
      reports.splice(0)
    },
    /** Goes there until nothing is left to do; with this trouble on the first way. */
    async settle(first: Trouble = NONE) {
      trouble = first
      let undone = await step()
      trouble = NONE
      while (undone) undone = await step()
    },
    /** A host is gone, and nobody here did it. */
    lose(name: string) {
      hosts.delete(name)
      serving.delete(name)
    },
    /** Looks whether all stands, and repairs it. */
    async check() {
      await fleet.check()
      for (const report of reports.splice(0)) await recordFleetState(log, report, clock())
    },
    /** What attackers would see: of each decky each service with its configuration. */
    seen: () =>
      new Map(
        [...hosts.keys()]
          .sort()
          .map((name) => [name, Object.fromEntries([...(serving.get(name) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)))]),
      ),
  }
}
