import { type Archetype, archetypeNamed, archetypes } from './archetypes/index.ts'
import { makePersona } from './make-persona.ts'
import type { DeckyPlan, DistroId, OsFamily } from './port.ts'
import { seeded } from './seeded.ts'

/** What is wanted of one decky; what is absent is chosen by the seed. */
export interface DeckyDraft {
  readonly name?: string
  readonly ip: string
  readonly ip6?: string
  readonly mac?: string
  readonly archetype?: string
  readonly distro?: DistroId
  readonly osFamily?: OsFamily
  readonly services?: readonly string[]
  readonly config?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export interface PlanDeckiesOptions {
  /** The same seed, drafts and neighbours give the same deckies. */
  readonly seed: string
  /** Epoch milliseconds. */
  readonly now: number
  /** Services that exist, with their usual port. */
  readonly ports: ReadonlyMap<string, number>
  /** Deckies beside which they come to stand: no two hosts share a name, domain, card or password while there are others to choose. */
  readonly beside: readonly DeckyPlan[]
}

const ATTEMPTS = 60
const MOST_SERVICES = 5

const openPasswords = (plan: DeckyPlan): string[] => makePersona(plan).users.flatMap(({ password }) => password ?? [])

/** What no two hosts of a fleet may share. */
function marks(plan: DeckyPlan, passwords = true): string[] {
  const { hostname, domain, mac } = makePersona(plan)
  const open = passwords ? new Set(openPasswords(plan).map((password) => `password ${password}`)) : []
  return [`host ${hostname}`, `domain ${domain}`, `mac ${mac}`, ...open]
}

/** Deckies from drafts, each with a seed of its own. Without an archetype it gets one that has the services asked for, or any. */
export function planDeckies(drafts: readonly DeckyDraft[], { seed: word, now, ports, beside }: PlanDeckiesOptions): DeckyPlan[] {
  const seed = seeded(`${word}/plan`)
  const taken = new Set(beside.flatMap((plan) => marks(plan)))
  // Beyond some dozens of deckies the weak ones run out: then they may repeat.
  let passwords = true
  const names = new Set([...beside.map(({ name }) => name), ...drafts.flatMap(({ name }) => name ?? [])])
  const able = archetypes.filter(({ core }) => core.some((name) => ports.has(name)))
  const order: Archetype[] = []
  const chosen = (draft: DeckyDraft, index: number): Archetype => {
    if (draft.archetype !== undefined) return archetypeNamed(draft.archetype)
    while (order.length <= index) order.push(...seed.shuffle(`archetypes/${order.length}`, able))
    const fits = able.filter(({ core, likely }) => draft.services?.every((name) => core.includes(name) || likely.includes(name)))
    const first = order[index] ?? archetypeNamed('linux-server')
    return draft.services === undefined || fits.includes(first) || fits.length === 0 ? first : seed.pick(`fits/${index}`, fits)
  }
  const nameFor = (archetype: Archetype): string => {
    for (let number = 1; ; number += 1) {
      const name = `${archetype.short}-${String(number).padStart(2, '0')}`
      if (names.has(name)) continue
      names.add(name)
      return name
    }
  }
  return drafts.map((draft, index) => {
    const archetype = chosen(draft, index)
    const core = archetype.core.filter((name) => ports.has(name))
    const likely = archetype.likely.filter((name) => ports.has(name)).slice(0, Math.max(0, MOST_SERVICES - core.length))
    const services = draft.services ?? [
      ...core,
      ...likely.filter((name, rank) => rank === 0 || seed.pick(`likely/${index}/${name}`, [true, false])),
    ]
    const name = draft.name ?? nameFor(archetype)
    for (let attempt = 0; ; attempt += 1) {
      const plan: DeckyPlan = {
        name,
        seed: seed.hex(`decky/${name}/${attempt}`, 32),
        archetype: archetype.name,
        ip: draft.ip,
        ...(draft.ip6 === undefined ? {} : { ip6: draft.ip6 }),
        ...(draft.mac === undefined ? {} : { mac: draft.mac }),
        ...(draft.distro === undefined ? {} : { distro: draft.distro }),
        ...(draft.osFamily === undefined ? {} : { osFamily: draft.osFamily }),
        createdAt: now,
        services: services.map((service) => ({ name: service, port: ports.get(service) ?? 0, config: draft.config?.[service] ?? {} })),
      }
      const mine = marks(plan, passwords)
      if (attempt < 2 * ATTEMPTS && mine.some((mark) => taken.has(mark))) {
        if (attempt === ATTEMPTS) passwords = false
        continue
      }
      for (const mark of mine) taken.add(mark)
      return plan
    }
  })
}
