import { expect, it } from 'vitest'
import { newMessageId } from './envelope.ts'
import { RecentIds } from './recent-ids.ts'

const CAPACITY = 32_768

it.each([
  ['random', newMessageId],
  ['counted', (n: number) => n.toString(16).padStart(32, '0')],
  ['counted in front', (n: number) => n.toString(16).padStart(8, '0').padEnd(32, '0')],
  ['different in the middle', (n: number) => `${'ab'.repeat(6)}${n.toString(16).padStart(8, '0')}${'cd'.repeat(6)}`],
])('knows %s ids again after thousands of others, takes none for another, and forgets in the end', (_, make) => {
  const recent = new RecentIds(CAPACITY)
  const ids = Array.from({ length: 300_000 }, (_, n) => make(n))
  let forgotten = 0
  for (const [n, id] of ids.entries()) {
    if (!recent.add(id)) expect.unreachable(`${id} was taken for another`)
    const back = ids[n - 4_000]
    if (n % 7 === 0 && back !== undefined && recent.add(back)) forgotten++
  }
  expect(forgotten).toBeLessThanOrEqual(5)
  expect(recent.add(ids[0] ?? '')).toBe(true)
})
