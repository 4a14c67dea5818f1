export * from './errors.ts'
export * from './escaped-bytes.ts'
export * from './id.ts'
export * from './own.ts'
