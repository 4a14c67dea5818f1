import { type Archetype, archetypes } from './archetypes/index.ts'
import { makePersona } from './make-persona.ts'
import type { DeckyPlan } from './port.ts'
import { type Seeded, seeded } from './seeded.ts'

/** A service that exists, as its definition says. */
export interface KnownService {
  readonly name: string
  readonly ports: readonly { readonly port: number }[]
}

export interface FleetOptions {
  /** Any string; the same one gives the same fleet. */
  readonly seed: string
  /** First three numbers of a /24: `127.77.3`. */
  readonly subnet: string
  /** Deckies, 1 to 120; 5 by default. */
  readonly count?: number
  /** Epoch milliseconds. */
  readonly now: number
  readonly knownServices: readonly KnownService[]
}

const PER_DECKY = 5
const ATTEMPTS = 500

interface Draft {
  readonly archetype: Archetype
  readonly services: string[]
}

/** Archetypes in seeded order, each once before one comes again; then services, core first, until there are five for each decky. */
function draft(seed: Seeded, count: number, known: ReadonlySet<string>): Draft[] {
  const order: Archetype[] = []
  for (let round = 0; order.length < count; round += 1) order.push(...seed.shuffle(`archetypes/${round}`, archetypes))
  const drafts = order.slice(0, count).map((archetype) => ({ archetype, services: archetype.core.filter((name) => known.has(name)) }))
  let left = count * PER_DECKY - drafts.reduce((sum, { services }) => sum + services.length, 0)
  for (let rank = 0; left > 0; rank += 1) {
    const open = drafts.filter(({ archetype }) => archetype.likely.length > rank)
    if (open.length === 0) break
    for (const { archetype, services } of seed.shuffle(`likely/${rank}`, open)) {
      const name = archetype.likely[rank]
      if (left > 0 && name !== undefined && known.has(name)) {
        services.push(name)
        left -= 1
      }
    }
  }
  return drafts
}

const having = (drafts: readonly Draft[], name: string): number => drafts.filter(({ services }) => services.includes(name)).length

/** From three deckies on: every service occurs, two deckies have ssh, one has ftp, none stands empty. */
function complete(drafts: readonly Draft[], known: ReadonlySet<string>): boolean {
  if (drafts.some(({ services }) => services.length === 0)) return false
  if (drafts.length < 5) return true
  const everywhere = [...known].filter((name) => archetypes.some(({ core, likely }) => core.includes(name) || likely.includes(name)))
  return everywhere.every((name) => having(drafts, name) > 0) && (!known.has('ssh') || having(drafts, 'ssh') > 1)
}

const openPasswords = (plan: DeckyPlan): string[] => makePersona(plan).users.flatMap(({ password }) => password ?? [])

/** What no two hosts of a fleet may share. */
function marks(plan: DeckyPlan): string[] {
  const { hostname, domain, mac } = makePersona(plan)
  return [`host ${hostname}`, `domain ${domain}`, `mac ${mac}`, ...new Set(openPasswords(plan).map((password) => `password ${password}`))]
}

/**
 * A reproducible fleet: archetypes that differ, about five services each of those that exist, no shared host name, domain or password.
 * @throws {RangeError} when the count does not fit a /24 or no service is known.
 */
export function planFleet(options: FleetOptions): DeckyPlan[] {
  const count = options.count ?? 5
  if (!Number.isInteger(count) || count < 1 || count > 120) throw new RangeError(`a fleet has 1 to 120 deckies, not ${count}`)
  const ports = new Map(options.knownServices.map(({ name, ports: [first] }) => [name, first?.port ?? 0]))
  const known = new Set(ports.keys())
  if (known.size === 0) throw new RangeError('no service is known')

  let drafts: Draft[] = []
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    drafts = draft(seeded(`${options.seed}/fleet/${attempt}`), count, known)
    if (complete(drafts, known)) break
  }

  const seed = seeded(`${options.seed}/plan`)
  const taken = new Set<string>()
  const numbers = new Map<string, number>()
  let host = 11
  return drafts.map(({ archetype, services }, index) => {
    const number = (numbers.get(archetype.short) ?? 0) + 1
    numbers.set(archetype.short, number)
    const ip = `${options.subnet}.${host}`
    host += count > 40 ? 1 : seed.integer(`gap/${index}`, 1, 5)
    for (let attempt = 0; ; attempt += 1) {
      const plan: DeckyPlan = {
        name: `${archetype.short}-${String(number).padStart(2, '0')}`,
        seed: seed.hex(`decky/${index}/${attempt}`, 32),
        archetype: archetype.name,
        ip,
        createdAt: options.now,
        services: services.map((name) => ({ name, port: ports.get(name) ?? 0, config: {} })),
      }
      const mine = marks(plan)
      // Beyond some dozens of deckies the weak passwords run out: then they may repeat.
      if (attempt < 60 && mine.some((mark) => taken.has(mark))) continue
      for (const mark of mine) taken.add(mark)
      return plan
    }
  })
}
