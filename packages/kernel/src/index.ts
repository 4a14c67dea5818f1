export * from './errors.ts'
export * from './id.ts'
export * from './own.ts'
