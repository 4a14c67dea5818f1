export * from './backoff.ts'
export * from './define.ts'
export * from './doorbell.ts'
export * from './run.ts'
