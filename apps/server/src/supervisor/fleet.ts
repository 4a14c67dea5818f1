import { isDeepStrictEqual } from 'node:util'
import { type FleetNetwork, isLeased } from '@decnet/contracts'
import { AppError } from '@decnet/kernel'
import type { DeckyPlan } from '@decnet/persona'
import { diffFleet, type StandingDecky, type Step } from '../fleet/diff.ts'
import type { Listener, PlannedService, SeenHost, Substrate } from '../fleet/substrates/port.ts'
import type { TarpitWish } from '../store/fleet.ts'
import type { BoundService, FleetReport } from './protocol.ts'
import type { SensorLink } from './sensor-link.ts'

export interface FleetWish {
  readonly generation: number
  /** Another one than before: every host is made anew. */
  readonly round?: number
  readonly network: FleetNetwork
  readonly plan: readonly DeckyPlan[]
  readonly tarpits?: readonly TarpitWish[]
}

export interface FleetOptions {
  readonly sensor: SensorLink
  /** @throws {AppError} when this machine, or whoever runs us, cannot have that. */
  readonly substrate: (network: FleetNetwork) => Substrate
  readonly report: (report: FleetReport) => void
}

/** The fleet that this process holds up: whatever is asked of it, it goes from what stands to what is wanted. */
export interface Fleet {
  /** Makes the fleet as wished and reports. One at a time; of wishes that wait only the latest is heard. */
  converge(wish: FleetWish): Promise<void>
  /** Looks whether everything still stands, repairs what does not, and reports when something is another way than was said last. */
  check(): Promise<void>
  /** Says again what stands. */
  tell(): void
  readonly listeners: readonly Listener[]
  /** Every service that is wanted as it is, also where its host does not stand. */
  readonly services: readonly BoundService[]
  readonly plan: readonly DeckyPlan[]
  readonly tarpits: readonly TarpitWish[]
  remove(): Promise<void>
}

interface Standing {
  plan: DeckyPlan
  host: SeenHost
  readonly listeners: Map<string, { service: PlannedService; listener: Listener }>
}
type Problem = FleetReport['problems'][number]

/** What carries the fleet died in the middle: it starts again, and that is no fault of what was asked. */
const GONE = 'helper_gone'
const AGAIN = 5
const LOST = 'It was gone or cut off from its network, and is made again.'

const problemOf = (decky: string | null, error: unknown): Problem => {
  if (error instanceof AppError) return { decky, message: error.message, code: error.code, hint: error.hint ?? null }
  return { decky, message: error instanceof Error ? error.message : String(error), code: 'fleet_failed', hint: null }
}

export const wordsOf = ({ message, hint }: Problem): string => `${message}${hint === null ? '' : ` ${hint}`}`

const nameOf = ({ decky }: Step): string => (typeof decky === 'string' ? decky : decky.name)

export function createFleet({ sensor, substrate: open, report }: FleetOptions): Fleet {
  const standing = new Map<string, Standing>()
  /** Hosts that were lost and are not there again. */
  const lost = new Set<string>()
  let substrate: { readonly of: FleetNetwork; readonly round: number | undefined; readonly it: Substrate } | undefined
  let wanted: FleetWish | undefined
  let waiting: FleetWish | undefined
  let busy: Promise<void> | undefined
  let told: Omit<FleetReport, 'serving'> = { generation: 0, hosts: [], services: [], problems: [], repaired: [] }
  /** What was reported last, but for repairs. */
  let said: typeof told | undefined
  let over = false

  const listeners = () => [...standing.values()].flatMap((decky) => [...decky.listeners.values()].map(({ listener }) => listener))
  const asStanding = (): ReadonlyMap<string, StandingDecky> =>
    new Map(
      [...standing].map(([name, { plan, host, listeners }]) => [
        name,
        {
          plan,
          host,
          services: new Map([...listeners].map(([each, { service, listener }]) => [each, { service, open: listener.bound.port !== null }])),
        },
      ]),
    )
  /** As the sensor knows it: with the address that it came to have. */
  const played = ({ plan, host }: Standing): DeckyPlan => ({ ...plan, ip: host.ip, ...(host.ip6 === null ? {} : { ip6: host.ip6 }) })

  /** Every service of the wish: as it came to listen, or why it does not. */
  const outcome = ({ plan }: FleetWish, problems: readonly Problem[]): BoundService[] =>
    plan.flatMap(({ name: decky, ip: address, services }) => {
      const problem = problems.find((each) => each.decky === decky || each.decky === null)
      const detail = problem ? wordsOf(problem) : 'it does not stand.'
      const own = standing.get(decky)?.listeners
      return services.map(
        ({ name: service, port: wantedPort }) =>
          own?.get(service)?.listener.bound ?? { decky, service, address, wantedPort, port: null, detail },
      )
    })

  async function forget(it: Substrate, name: string): Promise<void> {
    const decky = standing.get(name)
    if (!decky) return
    standing.delete(name)
    sensor.drop(name)
    for (const { listener } of decky.listeners.values()) await it.shut(listener)
  }

  async function take(it: Substrate, step: Step, kept: Map<string, Listener>): Promise<void> {
    switch (step.do) {
      case 'lower':
        return it.lower(step.decky)
      case 'shut': {
        const decky = standing.get(step.decky)
        const { listener } = decky?.listeners.get(step.service) ?? {}
        decky?.listeners.delete(step.service)
        sensor.unlisten(step.decky, step.service)
        if (!listener) return
        // Whoever comes while a service is made anew waits at the door: the port stays open.
        if (step.why === 'changed' && listener.handle) kept.set(`${step.decky}/${step.service}`, listener)
        else await it.shut(listener)
        return
      }
      case 'raise': {
        const host = await it.raise(step.decky)
        const decky = { plan: { ...step.decky, services: [] }, host, listeners: new Map() }
        standing.set(step.decky.name, decky)
        return
      }
      case 'open': {
        const decky = standing.get(step.decky.name)
        if (!decky) return
        const old = kept.get(`${step.decky.name}/${step.service.name}`)
        kept.delete(`${step.decky.name}/${step.service.name}`)
        const same = old?.bound.wantedPort === step.service.port
        if (old && !same) await it.shut(old)
        const listener = old && same ? old : await it.open(step.decky, step.service)
        // Stopped meanwhile: nobody would close it any more.
        if (over) return it.shut(listener)
        decky.listeners.set(step.service.name, { service: step.service, listener })
      }
    }
  }

  const present = (wish: FleetWish, problems: Problem[]) => ({
    hosts: [...standing.values()].map(({ host: { name, ip, ip6, mac } }) => ({ name, ip, ip6, mac })),
    services: outcome(wish, problems),
    problems,
  })

  /** It takes seconds until they are there again, or it is clear that they are not to be had. */
  function tellLost(wish: FleetWish): void {
    const problems = [...lost].map((decky) => ({ decky, message: LOST, code: 'host_lost', hint: null }))
    told = { generation: 0, ...present(wish, problems), repaired: [] }
    tell()
  }

  /** Whether nothing stood in the way but that somebody died meanwhile. */
  async function settle(wish: FleetWish): Promise<boolean> {
    const problems: Problem[] = []
    if (substrate && (substrate.round !== wish.round || !isDeepStrictEqual(substrate.of, wish.network))) {
      for (const name of [...standing.keys()]) await forget(substrate.it, name)
      await sensor.settled()
      await substrate.it.remove()
      substrate = undefined
    }
    substrate ??= { of: wish.network, round: wish.round, it: open(wish.network) }
    const { it } = substrate
    const seen = await it.inspect()
    if (seen === null) throw new AppError('What carries the fleet cannot be asked now.', { code: 'substrate_away' })
    // Another lease: who is bound there, and what the sensor knows, is out of date.
    if (isLeased(wish.network)) for (const { name, ip } of seen) if (ip !== standing.get(name)?.host.ip) await forget(it, name)
    const steps = diffFleet(wish.plan, asStanding(), seen)
    for (const name of lost) if (!wish.plan.some((decky) => decky.name === name)) lost.delete(name)
    for (const step of steps) if (step.do === 'raise' && step.why === 'lost') lost.add(step.decky.name)
    const failed = new Set<string>()
    const kept = new Map<string, Listener>()
    const run = async (some: readonly Step[]) => {
      for (const step of some) {
        const name = nameOf(step)
        if (failed.has(name) || over) continue
        try {
          await take(it, step, kept)
        } catch (error) {
          failed.add(name)
          problems.push(problemOf(name, error))
        }
      }
    }
    const only = (kind: Step['do']) => steps.filter((step) => step.do === kind)
    // Hosts come and go all at once: each waits for the network more than it works.
    const runEach = (some: readonly Step[]) => Promise.all(some.map((step) => run([step])))
    // What goes is gone everywhere before its place is taken.
    await run(only('shut'))
    for (const step of [...only('raise'), ...only('lower')]) await forget(it, nameOf(step))
    await sensor.settled()
    if (steps.some((step) => step.do === 'raise' && step.why === 'lost')) tellLost(wish)
    await runEach(only('lower'))
    await runEach(only('raise'))
    await run(only('open'))
    for (const listener of kept.values()) await it.shut(listener)

    const touched = new Set(steps.map(nameOf))
    for (const plan of wish.plan) {
      const decky = standing.get(plan.name)
      if (!decky || !touched.has(plan.name)) continue
      decky.plan = plan
      sensor.put(played(decky))
    }
    for (const step of steps) {
      if (step.do !== 'open') continue
      const listener = standing.get(step.decky.name)?.listeners.get(step.service.name)?.listener
      if (listener?.handle) sensor.listen(listener)
    }
    sensor.tarpits(wish.tarpits ?? [])
    const refused = await sensor.settled()
    for (const { decky, service, reason } of refused) {
      const entry = standing.get(decky)?.listeners.get(service)
      if (!entry) continue
      await it.shut(entry.listener)
      entry.listener = { bound: { ...entry.listener.bound, port: null, detail: `does not listen: ${reason}` }, handle: undefined }
    }
    const repaired = new Map<string, FleetReport['repaired'][number]>()
    for (const step of steps) {
      const name = nameOf(step)
      if (step.do === 'raise' && standing.has(name) && lost.delete(name))
        repaired.set(name, { decky: name, host: true, services: step.decky.services.map((service) => service.name) })
      const up = step.do === 'open' && step.why === 'down' && standing.get(name)?.listeners.get(step.service.name)?.listener.bound.port
      if (step.do === 'open' && up)
        repaired.set(name, { decky: name, host: false, services: [...(repaired.get(name)?.services ?? []), step.service.name] })
    }
    told = { generation: wish.generation, ...present(wish, problems), repaired: [...repaired.values()] }
    return problems.some(({ code }) => code === GONE)
  }

  /** What breaks in the middle is told like what was refused at the door; the next look at the fleet goes on from what stands then. */
  async function tried(wish: FleetWish): Promise<boolean> {
    try {
      return await settle(wish)
    } catch (error) {
      const problem = problemOf(null, error)
      told = { ...told, generation: wish.generation, services: outcome(wish, [problem]), problems: [problem], repaired: [] }
      return problem.code === GONE
    }
  }

  function tell(): void {
    report({ ...told, serving: sensor.serving })
    // Said once.
    told = { ...told, repaired: [] }
    said = told
  }

  function converge(wish: FleetWish): Promise<void> {
    waiting = wish
    busy ??= (async () => {
      try {
        while (waiting && !over) {
          const next = waiting
          waiting = undefined
          const asked = next !== wanted
          wanted = next
          for (let again = 0; (await tried(next)) && again < AGAIN && !over; ) again += 1
          // Of a fleet that is being removed nobody wants to hear.
          if (!over && (asked || !isDeepStrictEqual(told, said))) tell()
        }
      } finally {
        busy = undefined
      }
    })()
    return busy
  }

  return {
    converge,
    tell,
    check: async () => (wanted && !over ? converge(waiting ?? wanted) : undefined),
    get listeners() {
      return listeners()
    },
    get services() {
      return told.services
    },
    get plan() {
      return [...standing.values()].map(played)
    },
    get tarpits() {
      return wanted?.tarpits ?? []
    },
    async remove() {
      over = true
      waiting = undefined
      const close = () => {
        for (const { handle } of listeners()) handle?.close()
        standing.clear()
      }
      // A host goes when the last socket in it is closed; whoever is about to make one is told that it is not wanted any more.
      close()
      await substrate?.it.remove()
      await busy
      close()
      await substrate?.it.remove()
    },
  }
}
