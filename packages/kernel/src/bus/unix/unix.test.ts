import { type BusFixture, busConformance } from '../conformance.ts'
import { openUnixBroker } from './broker.ts'
import { client, socketFolder, until } from './unix.fixture.ts'

async function remoteFixture(): Promise<BusFixture> {
  const place = await socketFolder()
  let broker = await openUnixBroker({ path: place.path })
  const bus = client(place.path)
  await bus.connected()
  return {
    bus,
    join: async () => client(place.path, 'joined'),
    async outage(during) {
      await broker.close()
      await until(() => !bus.status.connected)
      await during()
      broker = await openUnixBroker({ path: place.path })
    },
    async close() {
      await bus.close()
      await broker.close()
      await place[Symbol.asyncDispose]()
    },
  }
}

busConformance('unix (client)', remoteFixture, { remote: true })
busConformance('unix (in the broker’s process)', async () => {
  const place = await socketFolder()
  const bus = await openUnixBroker({ path: place.path })
  return {
    bus,
    join: async () => client(place.path, 'joined'),
    async close() {
      await bus.close()
      await place[Symbol.asyncDispose]()
    },
  }
})
