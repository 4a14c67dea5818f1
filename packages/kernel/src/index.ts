export * from './errors.ts'
export * from './id.ts'
