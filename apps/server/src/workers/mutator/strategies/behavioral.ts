import { archetypes } from '@decnet/persona'
import { MOST_SERVICES, type Strategy } from './strategy.ts'

/** One who asks may be anybody's script. */
const LEAST_ASKERS = 2

/** The decky grows the service that attackers asked for most, of those that such a host may have: first what they asked for at this one. */
export const behavioral: Strategy = (decky, { ports, demand }) => {
  const archetype = archetypes.find(({ name }) => name === decky.archetype)
  if (!archetype || decky.services.length >= MOST_SERVICES) return null
  const plausible = ({ service }: { readonly service: string }) =>
    ports.has(service) &&
    (archetype.core.includes(service) || archetype.likely.includes(service)) &&
    !decky.services.some(({ name }) => name === service)
  const wanted = demand.filter((each) => each.attackers >= LEAST_ASKERS && plausible(each))
  const chosen = wanted.find(({ deckies }) => deckies.has(decky.name)) ?? wanted[0]
  if (!chosen) return null
  const { service, attackers, ways } = chosen
  return {
    plan: { ...decky, services: [...decky.services, { name: service, port: ports.get(service) ?? 0, config: {} }] },
    reason: `${attackers} attackers asked for ${service} and did not find it: ${[...ways].map(([way, count]) => `${count} ${way}`).join(', ')}.`,
  }
}
