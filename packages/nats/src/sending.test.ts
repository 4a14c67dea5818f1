import { describe, expect, it } from 'vitest'
import { formatSending, type Mark, parseSending, type Sending, Unconfirmed } from './sending.ts'

const LIFE = 'aaaaaaaaaa'
const mark = (number: number): Mark => ({ number, position: number === 0 ? null : `file:${number}` })
const sending = (sent: number, held = 0): Sending => ({ life: LIFE, sent: mark(sent), held: mark(held) })
const HOUR = 3_600_000

it('how far a sensor is comes back as it was; what an earlier release kept begins a new life behind its position', () => {
  for (const state of [sending(0), sending(12, 7), sending(12, 0)]) expect(parseSending(formatSending(state))).toEqual(state)
  const { life, ...rest } = parseSending('01a20597-a6f1-7332-93ef-0af3c0adde02:2669807')
  const begin = { number: 0, position: '01a20597-a6f1-7332-93ef-0af3c0adde02:2669807' }
  expect([life.length > 5, rest]).toEqual([true, { sent: begin, held: begin }])
  expect(parseSending(null).sent).toEqual(mark(0))
  expect(parseSending('').held).toEqual(mark(0))
})

describe('what is sent and not known to be in the log', () => {
  const sent = (upTo: number, bytes = 100) => {
    const unconfirmed = new Unconfirmed(sending(0))
    for (let number = 10; number <= upTo; number += 10) unconfirmed.sent(mark(number), bytes, number * 1_000)
    return unconfirmed
  }
  const receipt = (number: number, gap = false) => ({ life: LIFE, number, gap })

  it('is held until a server has it', () => {
    const unconfirmed = sent(40)
    const state = sending(40)
    expect([unconfirmed.release(state, 40_000).held, unconfirmed.count(state)]).toEqual([mark(0), 40])
    expect(unconfirmed.heard(receipt(25), state, 40_000)).toBeNull()
    expect([unconfirmed.release(state, 40_000).held, unconfirmed.count(state)]).toEqual([mark(20), 15])
    unconfirmed.heard(receipt(40), state, 40_000)
    expect([unconfirmed.release(state, 40_000).held, unconfirmed.count(state)]).toEqual([mark(40), 0])
  })

  it('is held for an hour when no server says anything, and for no more bytes than it may', () => {
    const state = sending(40)
    expect(sent(40).release(state, HOUR + 25_000).held).toEqual(mark(20))
    expect(sent(40, 100 * 1024 * 1024).release(state, 40_000).held).toEqual(mark(20))
  })

  it('is let go after a restart as well', () => {
    const unconfirmed = new Unconfirmed(sending(40, 20))
    expect(unconfirmed.release(sending(40, 20), 0).held).toEqual(mark(20))
    unconfirmed.heard(receipt(40), sending(40, 20), 0)
    expect(unconfirmed.release(sending(40, 20), 0).held).toEqual(mark(40))
  })

  it('is sent again from the mark before a gap that stays; three times, then counting begins anew', () => {
    const unconfirmed = sent(40)
    const state = sending(40)
    let at = 40_000
    for (let tries = 0; tries < 3; tries++) {
      expect(unconfirmed.heard(receipt(25, true), state, at)).toBeNull()
      expect(unconfirmed.heard(receipt(25, true), state, at + 2_999)).toBeNull()
      expect(unconfirmed.heard(receipt(25, true), state, at + 3_000)).toEqual({ kind: 'again', to: { ...state, sent: mark(20) } })
      for (const number of [30, 40]) unconfirmed.sent(mark(number), 100, at + number * 100)
      at += 10_000
    }
    unconfirmed.heard(receipt(25, true), state, at)
    const over = unconfirmed.heard(receipt(25, true), state, at + 3_000)
    expect(over).toMatchObject({ kind: 'over', missing: { life: LIFE, number: 25 }, to: { sent: mark(0), held: mark(0) } })
    expect((over?.to.life ?? '') > LIFE).toBe(true)
  })

  it('is held without a limit while a gap is open, and counted anew at once when the spool no longer has what is missing', () => {
    const unconfirmed = sent(40)
    const state = sending(40)
    unconfirmed.heard(receipt(5, true), state, 40_000)
    expect(unconfirmed.release(state, 10 * HOUR).held).toEqual(mark(0))
    const later = new Unconfirmed(sending(40, 20))
    expect(later.heard(receipt(5, true), sending(40, 20), 0)).toBeNull()
    expect(later.heard(receipt(5, true), sending(40, 20), 3_000)).toMatchObject({
      kind: 'over',
      to: { sent: { number: 0, position: 'file:20' } },
    })
  })

  it('is counted in a later life than one of which the server tells, not more than once a minute', () => {
    const unconfirmed = sent(40)
    const told = { life: 'bbbbbbbbbb', number: 3, gap: false }
    const rewind = unconfirmed.heard(told, sending(40), 0)
    expect(rewind).toMatchObject({ kind: 'namesake', to: { sent: mark(0), held: mark(0) } })
    expect((rewind?.to.life ?? '') > told.life).toBe(true)
    expect([unconfirmed.heard(told, sending(40), 59_999), unconfirmed.heard(told, sending(40), 60_000)?.kind]).toEqual([null, 'namesake'])
  })

  it('a gap that closes, lines on their way, and another life are no reason to go back', () => {
    const unconfirmed = sent(40)
    const state = sending(40)
    const heard = (number: number, gap: boolean, at: number, life = LIFE) => unconfirmed.heard({ life, number, gap }, state, at)
    expect([heard(10, true, 0), heard(10, false, 1_000), heard(10, true, 4_000), heard(11, true, 8_000)]).toEqual([null, null, null, null])
    expect([heard(40, true, 20_000), heard(40, true, 30_000)]).toEqual([null, null])
    expect([heard(10, true, 40_000, '0'), heard(10, true, 50_000, '0')]).toEqual([null, null])
  })
})
