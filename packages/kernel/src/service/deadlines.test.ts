import { expect, test } from 'vitest'
import { createDeadlines } from './deadlines.ts'

test('everything watched is looked at, and nothing that is not', async () => {
  const deadlines = createDeadlines({ periodMs: 20, now: () => 42 })
  const seen = new Map<number, number>()
  const things = Array.from({ length: 10 }, (_, index) => ({
    check(now: number) {
      expect(now).toBe(42)
      seen.set(index, (seen.get(index) ?? 0) + 1)
      deadlines.unwatch(things[index] ?? this)
    },
  }))
  for (const thing of things) deadlines.watch(thing)
  while (seen.size < 10) await new Promise((resolve) => setTimeout(resolve, 5))
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect([...seen.values()]).toEqual(Array.from({ length: 10 }, () => 1))
  deadlines.close()
})
