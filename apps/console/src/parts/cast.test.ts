import { describe, expect, it } from 'vitest'
import { ratioOf, shapeOf } from './cast.ts'

const cast = '{"version":2,"width":100,"height":30}\n[0.5,"o","a"]\n[1,"o","b"]\n[61,"o","c"]\ntorn [7\n[62,"o","d"]\n'

describe('the shape of a recording', () => {
  it('keeps real time when idle time is not skipped', () => {
    const shape = shapeOf(cast, null)
    expect(shape.duration).toBe(62)
    expect(shape.toPlayer(30)).toBe(30)
  })
  it('cuts long pauses, and finds a moment on the shortened clock', () => {
    const shape = shapeOf(cast, 2)
    expect(shape.duration).toBe(4)
    expect(shape.toPlayer(1)).toBe(1)
    expect(shape.toPlayer(40)).toBe(3)
    expect(shape.toPlayer(61)).toBe(3)
    expect(shape.toPlayer(500)).toBe(4)
  })
  it('has no length and no marks when nothing was recorded', () => {
    expect(shapeOf('{"version":2}\n', 2)).toMatchObject({ duration: 0, marks: [] })
    expect(shapeOf('', null).toPlayer(9)).toBe(0)
  })
  it('takes the proportions from the header, usual ones where it has none', () => {
    expect(ratioOf(cast)).toBeCloseTo(60 / 40.02, 2)
    expect(ratioOf('nonsense')).toBeCloseTo(48 / 32.016, 2)
  })
})
