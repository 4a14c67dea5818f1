export { archetypes } from './archetypes/index.ts'
export { makePersona } from './make-persona.ts'
export { type FleetOptions, type KnownService, planFleet } from './plan-fleet.ts'
export * from './port.ts'
