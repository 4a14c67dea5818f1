export { archetypes } from './archetypes/index.ts'
export { distros } from './distros/index.ts'
export { cardMaker } from './hardware.ts'
export { makePersona } from './make-persona.ts'
export { type DeckyDraft, planDeckies } from './plan-deckies.ts'
export { type FleetOptions, type KnownService, planFleet } from './plan-fleet.ts'
export * from './port.ts'
export {
  type Handwriting,
  type IdMode,
  type KernelTraits,
  type Layout,
  type Reaction,
  type Stack,
  stackOf,
  stacks,
} from './stacks/index.ts'
