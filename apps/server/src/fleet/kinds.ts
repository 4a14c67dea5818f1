import type { FleetArchetype, FleetDistro } from '@decnet/contracts/api'
import { archetypes, distroIds, distros } from '@decnet/persona'
import { services } from '@decnet/services'

const known = new Set(services.map(({ name }) => name))

/** The kinds of host that there are, with those of their services that can be played. */
export const listArchetypes = (): FleetArchetype[] =>
  archetypes.map(({ name, family, core, likely, distros: own, hardware }) => ({
    name,
    os_family: family,
    services: core.filter((service) => known.has(service)),
    likely_services: likely.filter((service) => known.has(service)),
    distros: [...own],
    hardware,
  }))

/** The distributions that a host may play. */
export const listDistros = (): FleetDistro[] =>
  distroIds.map((id) => ({
    name: id,
    title: distros[id].releases.at(-1)?.prettyName ?? id,
    archetypes: archetypes.filter((each) => each.distros.includes(id)).map(({ name }) => name),
  }))
