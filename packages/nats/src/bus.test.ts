import { busConformance } from '@decnet/kernel/bus/conformance'
import { when } from '@decnet/kernel/testing'
import { expect } from 'vitest'
import { connectNatsBus } from './bus.ts'
import { NATS_TOOL, startNatsServer } from './testing.ts'

const QUICK = { min: 10, max: 50 }
const nats = when({ tools: NATS_TOOL })

nats.describe('over a real nats-server', () => {
  busConformance(
    'nats',
    async () => {
      const server = await startNatsServer()
      const client = () => connectNatsBus({ servers: server.url, retry: QUICK })
      const bus = await client()
      expect(bus.status).toEqual({ adapter: 'nats', connected: true, reconnects: 0, dropped: 0 })
      return {
        bus,
        join: client,
        async outage(during) {
          await server.kill()
          while (bus.status.connected) await new Promise((resolve) => setTimeout(resolve, 1))
          await during()
          await server.start()
        },
        async close() {
          await bus.close()
          await server[Symbol.asyncDispose]()
        },
      }
    },
    { remote: true },
  )
})
