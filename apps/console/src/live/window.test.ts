import { describe, expect, it } from 'vitest'
import { anchored, emptyWindow, type LiveWindow, most, received, released } from './window.ts'

interface Row {
  readonly seq: number
}
const rows = (from: number, to: number): Row[] => Array.from({ length: to - from + 1 }, (_, i) => ({ seq: from + i }))
const start: LiveWindow<Row> = anchored<Row>(emptyWindow, 100, 100)
const total = (w: LiveWindow<Row>) => (w.below ?? 0) + w.shown.length

describe('the window of the Live page', () => {
  it('puts what comes on top of history and drops what it knows', () => {
    const w = received(received(start, rows(101, 103), false), rows(102, 104), false)
    expect(w.shown.map((r) => r.seq)).toEqual([101, 102, 103, 104])
    expect(total(w)).toBe(104)
  })
  it('keeps what comes aside while the reader is elsewhere, and shows it afterwards in order', () => {
    const held = received(start, rows(101, 103), true)
    expect(held.shown).toEqual([])
    expect(released(received(held, rows(104, 105), true)).shown.map((r) => r.seq)).toEqual([101, 102, 103, 104, 105])
  })
  it('stays bounded: the oldest fall back into history and are still counted', () => {
    let w = start
    for (let i = 0; i < 40; i += 1) w = received(w, rows(101 + i * 1000, 100 + (i + 1) * 1000), false)
    expect(w.shown.length).toBeLessThanOrEqual(most)
    expect(total(w)).toBe(40_100)
    expect(w.anchor).toBe((w.shown[0]?.seq ?? 0) - 1)
  })
  it('is bounded while held too, and then begins above the gap with history asked for again', () => {
    const w = received(start, rows(101, 101 + most * 2), true)
    expect(w.held).toHaveLength(most)
    const after = released(w)
    expect(after.below).toBeNull()
    expect(after.shown[0]?.seq).toBe(after.anchor + 1)
  })
  it('forgets what the new anchor covers', () => {
    expect(anchored(received(start, rows(101, 105), false), 103, 103).shown.map((r) => r.seq)).toEqual([104, 105])
  })
})
