export * from './memory.ts'
export * from './port.ts'
