export { connectNatsBus, type NatsBusOptions } from './bus.ts'
export type { NatsOptions } from './options.ts'
