export * from './fixtures/nats-server.ts'
