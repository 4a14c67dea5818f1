import { expect, it } from 'vitest'
import { RecentIds } from './recent-ids.ts'

it('knows the last ids at least, and forgets what is older than twice as many', () => {
  const recent = new RecentIds(10)
  for (let n = 0; n < 100; n++) {
    expect(recent.add(`${n}`)).toBe(true)
    for (let back = Math.max(0, n - 9); back <= n; back++) expect(recent.add(`${back}`), `${back} after ${n}`).toBe(false)
  }
  expect(recent.add('79')).toBe(true)
})
