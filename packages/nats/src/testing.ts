export * from './fixtures/nats-accounts.ts'
export * from './fixtures/nats-server.ts'
export * from './fixtures/stream-leader.ts'
