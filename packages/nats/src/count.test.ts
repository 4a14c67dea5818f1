import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Arrivals, decodeReceipt, encodeReceipt, formatCount, newLife, parseCount } from './count.ts'

describe('which of a sensor’s lines have come', () => {
  it('is all of them, in whatever order and how often they came', () => {
    const orders = fc.integer({ min: 1, max: 60 }).chain((size) => {
      const numbers = Array.from({ length: size }, (_, index) => index + 1)
      return fc.tuple(fc.constant(size), fc.shuffledSubarray(numbers, { minLength: size }), fc.array(fc.integer({ min: 1, max: size })))
    })
    fc.assert(
      fc.property(orders, ([size, order, repeats]) => {
        const arrivals = new Arrivals(null)
        const seen = new Set<number>()
        for (const number of [...order.slice(0, -1), ...repeats.filter((again) => again !== order.at(-1)), ...order.slice(-1)]) {
          arrivals.note({ life: 'a', number })
          seen.add(number)
          let upTo = 0
          while (seen.has(upTo + 1)) upTo++
          expect([arrivals.upTo?.number, arrivals.gap]).toEqual([upTo, seen.size > upTo])
        }
        expect([arrivals.upTo, arrivals.gap]).toEqual([{ life: 'a', number: size }, false])
      }),
    )
  })

  it('is counted anew in a later life, and earlier ones are over', () => {
    const arrivals = new Arrivals({ life: 'b', number: 7 })
    arrivals.note({ life: 'a', number: 8 })
    expect(arrivals.upTo).toEqual({ life: 'b', number: 7 })
    arrivals.note({ life: 'c', number: 2 })
    expect([arrivals.upTo, arrivals.gap]).toEqual([{ life: 'c', number: 0 }, true])
    arrivals.note({ life: 'c', number: 1 })
    expect([arrivals.upTo, arrivals.gap]).toEqual([{ life: 'c', number: 2 }, false])
  })

  it('takes bounded memory, however it is torn', () => {
    const arrivals = new Arrivals(null)
    for (let number = 2; number < 100_000; number += 2) arrivals.note({ life: 'a', number })
    for (let number = 1; number < 100_000; number += 2) arrivals.note({ life: 'a', number })
    expect(arrivals.upTo?.number).toBeGreaterThanOrEqual(2_000)
  })
})

it('lives sort by their time, also when the clock goes back', () => {
  const life = newLife()
  const next = newLife('zzzzzzzz00')
  expect([newLife(life) > life, next > 'zzzzzzzz00', parseCount(formatCount({ life: next, number: 3 }))]).toEqual([
    true,
    true,
    { life: next, number: 3 },
  ])
})

it('counts and receipts come back as they were, and nothing else is taken for one', () => {
  for (const gap of [true, false])
    expect(decodeReceipt(encodeReceipt({ life: 'a1', number: 12, gap }))).toEqual({ life: 'a1', number: 12, gap })
  for (const text of [
    '',
    'null',
    '[]',
    '{}',
    '{"life":"a","number":-1,"gap":true}',
    '{"life":"A b","number":1,"gap":true}',
    '{"life":"a","number":1}',
  ])
    expect(decodeReceipt(text), text).toBeNull()
  for (const text of ['', 'a', 'a.', '.1', 'a.1.2', 'a.-1', 'A.1', null, undefined]) expect(parseCount(text)).toBeNull()
  fc.assert(fc.property(fc.string(), (text) => void decodeReceipt(text)))
})
