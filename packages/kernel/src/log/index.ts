export * from './lease-plan.ts'
export * from './memory.ts'
export * from './partition.ts'
export * from './port.ts'
