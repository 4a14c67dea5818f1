import { archetypes, makePersona } from '@decnet/persona'
import { MOST_SERVICES, type Strategy } from './strategy.ts'

const TRIES = 20
const LEAST_SERVICES = 2

/**
 * Another set of the services that such a host may have. What makes it that kind of host stays (the first of its core, and ssh), and so does what
 * an operator brought or configured.
 */
export const shuffle: Strategy = (decky, { ports, now }) => {
  const archetype = archetypes.find(({ name }) => name === decky.archetype)
  if (!archetype) return null
  const { core, likely } = archetype
  const pool = [...core, ...likely].filter((name) => ports.has(name))
  const stays = decky.services.filter(
    ({ name, config }) =>
      name === core[0] || (name === 'ssh' && core.includes(name)) || !pool.includes(name) || Object.keys(config).length > 0,
  )
  const free = pool.filter((name) => !stays.some((service) => service.name === name))
  const had = decky.services.map(({ name }) => name)
  const { integer } = makePersona(decky)
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const seed = `mutation/${now}/${attempt}`
    const room = Math.min(free.length, MOST_SERVICES - stays.length)
    const count = integer(`${seed}/count`, Math.min(Math.max(0, LEAST_SERVICES - stays.length), Math.max(0, room)), Math.max(0, room))
    const rank = new Map(free.map((name) => [name, integer(`${seed}/${name}`, 0, 2 ** 31)]))
    const chosen = new Set(free.toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0)).slice(0, count))
    const kept = decky.services.filter((service) => stays.includes(service) || chosen.has(service.name))
    const added = [...chosen].filter((name) => !had.includes(name))
    const gone = had.filter((name) => !kept.some((service) => service.name === name))
    if (added.length + gone.length === 0 || kept.length + added.length === 0) continue
    return {
      plan: { ...decky, services: [...kept, ...added.map((name) => ({ name, port: ports.get(name) ?? 0, config: {} }))] },
      reason: `A ${archetype.name} may have other services: ${[...added.map((name) => `+${name}`), ...gone.map((name) => `-${name}`)].join(' ')}.`,
    }
  }
  return null
}
