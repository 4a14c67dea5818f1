import { describe, expect, it } from 'vitest'
import { backoff } from './backoff.ts'
import { Doorbell } from './doorbell.ts'

const settled = async (promise: Promise<void>) => {
  let done = false
  void promise.then(() => {
    done = true
  })
  await new Promise((resolve) => setTimeout(resolve, 5))
  return done
}

describe('a doorbell', () => {
  it('wakes whoever waits, long before the time is up', async () => {
    const bell = new Doorbell()
    const waiting = bell.wait(3_600_000)
    bell.ring()
    await waiting
  })

  it('keeps a ring for the next wait, and many rings are one', async () => {
    const bell = new Doorbell()
    bell.ring()
    bell.ring()
    await bell.wait(3_600_000)
    const next = bell.wait(3_600_000)
    expect(await settled(next)).toBe(false)
    bell.ring()
    await next
  })

  it('wakes by itself when the time is up', async () => {
    await new Doorbell().wait(5)
  })
})

describe('the backoff', () => {
  it('doubles from 100 ms to 30 s and takes up to a fifth off', () => {
    expect([1, 2, 3, 4].map((failures) => backoff(failures, () => 1))).toEqual([100, 200, 400, 800])
    expect([1, 2, 3, 4].map((failures) => backoff(failures, () => 0))).toEqual([80, 160, 320, 640])
    expect([20, 1_000].map((failures) => backoff(failures, () => 1))).toEqual([30_000, 30_000])
  })
})
