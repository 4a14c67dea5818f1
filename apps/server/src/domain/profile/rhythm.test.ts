import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Rhythm } from './rhythm.ts'

it('gaps are those between neighbours of one sensor, in whatever order the sensors are read', () => {
  const times = fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 20 })
  fc.assert(
    fc.property(times, times, fc.infiniteStream(fc.boolean()), (a, b, coin) => {
      const apart = new Rhythm()
      for (const ts of a) apart.beat('a', ts)
      for (const ts of b) apart.beat('b', ts)
      const mixed = new Rhythm()
      const left = [...a]
      const right = [...b]
      while (left.length + right.length > 0) {
        const first = right.length === 0 || (left.length > 0 && coin.next().value)
        mixed.beat(first ? 'a' : 'b', (first ? left : right).shift() ?? 0)
      }
      expect(mixed.statistics()).toEqual(apart.statistics())
    }),
  )
})

it('a clock that was set back leaves one gap out, and what follows is measured again', () => {
  const rhythm = new Rhythm()
  for (const ts of [10_000, 11_000, 2_000, 3_000]) rhythm.beat('sensor', ts)
  expect(rhythm.statistics()).toMatchObject({ count: 2, min: 1, max: 1 })
})

it('ever new sensors take no more memory', () => {
  const rhythm = new Rhythm()
  for (let n = 0; n < 100; n += 1) rhythm.beat(`sensor ${n}`, n)
  expect(rhythm.stored()?.last).toHaveLength(8)
})

it('is the same whether imported logs came newest or oldest first, and however often it was stored in between', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(fc.array(gaps, { minLength: 1, maxLength: 12 }), (files) => {
      let ts = 0
      const times = files.map((file) => file.map((gap) => (ts += gap + 1)))
      const [oldest, newest] = [times, times.toReversed()].map((order) => {
        let rhythm = new Rhythm()
        for (const file of order) {
          for (const time of file) rhythm.beat(`import-${file[0]}`, time)
          rhythm = new Rhythm(rhythm.stored())
        }
        return rhythm.statistics()
      })
      expect(newest).toEqual(oldest)
      expect(oldest?.count).toBe(times.flat().length - 1)
    }),
  )
})
