import { busConformance } from './conformance.ts'
import { createMemoryBus } from './memory.ts'

busConformance('memory', async () => {
  const bus = createMemoryBus()
  return { bus, close: () => bus.close() }
})
