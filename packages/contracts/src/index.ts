export * from './fields.ts'
export * from './mail.ts'
export * from './network.ts'
