import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { watchLoopDelay } from './loop-delay.ts'

it('a thread that is kept busy shows it, and the next look begins anew', async () => {
  using delay = watchLoopDelay()
  await pause(30)
  delay.take()
  await pause(30)
  const until = performance.now() + 150
  while (performance.now() < until);
  await pause(30)
  const busy = delay.take()
  expect(busy.loop_delay_max_ms).toBeGreaterThan(100)
  expect(busy.loop_delay_p99_ms).toBeLessThanOrEqual(busy.loop_delay_max_ms)
  await expect
    .poll(async () => {
      await pause(40)
      return delay.take().loop_delay_max_ms
    })
    .toBeLessThan(100)
})
