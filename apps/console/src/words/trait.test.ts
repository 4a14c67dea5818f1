import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { handsSentence, traitName, traitSeries, traitValue } from './trait.ts'

describe('a trait', () => {
  it('has a name that can be read', () => {
    expect(traitName('motor.shell_mastery.pipe_chaining_depth')).toEqual({ domain: 'Motor', name: 'Pipe chaining depth' })
  })
  it('is named where several people seem to take turns', () => {
    expect(handsSentence([])).toBeNull()
    expect(handsSentence(['motor.input_modality', 'cognitive.command_chunking'])).toBe(
      'Several people seem to take turns: command chunking, input modality.',
    )
    expect(handsSentence(['g', 'f', 'e', 'd', 'c', 'b', 'a'].map((name) => `motor.${name}`))).toBe(
      'Several people seem to take turns: a, b, c, d, e and 2 more.',
    )
  })
  it('has a value that can be read, or none', () => {
    expect([
      traitValue('unknown'),
      traitValue('very_fast'),
      traitValue(0.12345),
      traitValue({ mean: 1, n_s: 2 }),
      traitValue('6b6fb0340123abcd'),
    ]).toEqual([null, 'very fast', '0.12', 'mean 1, n s 2', 'hash 6b6fb0'])
  })
  it('may hold anything', () => {
    expect(traitValue({ '': { toString: {} } })).toBe(' {"toString":{}}')
    const any = fc.property(fc.jsonValue(), (value) => (traitValue(value)?.length ?? 0) <= 400)
    fc.assert(any, { examples: [[{ '': { toString: {} } }]] })
  })
  it('is drawn by its size, or in steps', () => {
    const at = (values: readonly unknown[]) =>
      traitSeries(values.map((value, n) => ({ start: `2026-01-01T00:00:0${n}Z`, value }))).map(({ level }) => level)
    expect(at([1, 3, 2])).toEqual([0, 1, 0.5])
    expect(at(['slow', 'fast', 'slow'])).toEqual([1, 0, 1])
    expect(at(['slow', 'slow'])).toEqual([0.5, 0.5])
  })
})
