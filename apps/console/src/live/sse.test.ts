import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createParser } from './sse.ts'

const whole = 'id: 7\nevent: record\ndata: {"a":1}\ndata: 2\n\n: still here\n\nevent: signal\r\ndata:x\r\n\r\ndata: last\n\n'
const events = [
  { id: '7', event: 'record', data: '{"a":1}\n2' },
  { id: '7', event: 'signal', data: 'x' },
  { id: '7', event: 'message', data: 'last' },
]

describe('the event stream parser', () => {
  it('reads ids, names, several data lines and comments', () => {
    expect(createParser()(whole)).toEqual(events)
  })
  it('does not care where the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 12 }), (cuts) => {
        const parse = createParser()
        const points = [0, ...cuts.sort((a, b) => a - b), whole.length]
        expect(points.slice(1).flatMap((to, i) => parse(whole.slice(points[i], to)))).toEqual(events)
      }),
    )
  })
  it('holds back an event whose empty line has not come', () => {
    const parse = createParser()
    expect(parse('data: half\n')).toEqual([])
    expect(parse('\n')).toEqual([{ id: null, event: 'message', data: 'half' }])
  })
  it('drops an event without end instead of keeping it in memory', () => {
    const parse = createParser()
    const piece = `data: ${'x'.repeat(1_000_000)}\n`
    for (let i = 0; i < 8; i += 1) expect(parse(piece)).toEqual([])
    expect(parse('\ndata: next\n\n')).toEqual([{ id: null, event: 'message', data: 'next' }])
  })
})
