import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ratioOf, seekTo, shapeOf, withoutTurns } from './cast.ts'

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
  it('counts in whole milliseconds, so that the end of a slider is a moment one can stand at', () => {
    const shape = shapeOf('{"version":2}\n[0.022,"o","a"]\n[5.011,"o","b"]\n[5.0330001,"o","c"]\n', 1.5)
    expect(shape.duration).toBe(1.544)
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 900, noNaN: true }), { maxLength: 30 }),
        fc.double({ min: 0, max: 900, noNaN: true }),
        (times, at) => {
          const lines = times.toSorted((a, b) => a - b).map((time) => JSON.stringify([time, 'o', 'x']))
          const { duration, poster, toPlayer } = shapeOf(['{"version":2}', ...lines].join('\n'), 1.5)
          for (const seconds of [duration, poster, toPlayer(at)]) expect(seconds).toBe(Number(seconds.toFixed(3)))
          expect(toPlayer(at)).toBeLessThanOrEqual(duration)
        },
      ),
    )
  })
  it('is sought so that the frame of a moment stands there, however the player adds up its clock', () => {
    const times = fc.array(fc.integer({ min: 0, max: 900_000 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(times, (given) => {
        const real = given.toSorted((a, b) => a - b).map((ms) => ms / 1000)
        const { duration, toPlayer } = shapeOf(['{"version":2}', ...real.map((time) => JSON.stringify([time, 'o', 'x']))].join('\n'), 1.5)
        // The player's own sums, in milliseconds.
        let [before, shift] = [0, 0]
        for (const time of real) {
          shift += Math.max(0, time * 1000 - before - 1500)
          before = time * 1000
          const to = seekTo(toPlayer(time), duration)
          if (to === '100%') expect(toPlayer(time)).toBe(duration)
          else expect(Number(to) * 1000).toBeGreaterThanOrEqual(time * 1000 - shift)
        }
        expect(seekTo(duration, duration)).toBe('100%')
      }),
    )
  })
  it('has no length and no marks when nothing was recorded', () => {
    expect(shapeOf('{"version":2}\n', 2)).toMatchObject({ duration: 0, marks: [] })
    expect(shapeOf('', null).toPlayer(9)).toBe(0)
  })
  it('shows first what stands two fifths in, or else the last that stood there at all', () => {
    const of = (...events: readonly (readonly [number, string])[]) =>
      shapeOf(['{"version":2}', ...events.map(([at, text]) => JSON.stringify([at, 'o', text]))].join('\n'), null).poster
    expect(of([0.1, 'a'], [10, 'b'])).toBe(4)
    expect(of([0.9, 'a'], [1, 'b'])).toBe(1)
    expect(of([0.004, '\u001b[?2004h'], [0.005, 'a'], [0.006, '\u001b[H\u001b[2J']).toFixed(3)).toBe('0.005')
    expect(of([1, 'a'], [3, '\u001bc'], [9, 'b'], [10, '\u001b]0;title\u0007'])).toBe(10)
    expect(of([1, '\u001b[2Ja'])).toBe(1)
    expect(of([1, '\u001b[31m'])).toBe(0)
    expect(shapeOf('', null).poster).toBe(0)
  })
  it('names what would turn the direction of text, however it is written, and changes nothing else', () => {
    const line = (text: string) => `{"version":2}\n[1,"o","${text}"]\n`
    expect(withoutTurns(line('a\u202eb'))).toBe(line('a<U+202E>b'))
    expect(withoutTurns(line('a\\u202Eb\\u061c'))).toBe(line('a<U+202E>b<U+061C>'))
    const kept = line('\\\\u202e \\" \\u001b[31m \u{1f469}\u200d\u{1f4bb} \\uD83D\\uDE00 \\')
    expect(withoutTurns(kept)).toBe(kept)
  })
  it('takes the proportions from the header, usual ones where it has none', () => {
    expect(ratioOf(cast)).toBeCloseTo(60 / 40.02, 2)
    expect(ratioOf('nonsense')).toBeCloseTo(48 / 32.016, 2)
  })
})
