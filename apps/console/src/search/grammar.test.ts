import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { complete } from './complete.ts'
import { format, parse, splitTerms, type Term, toggled, withTerm } from './grammar.ts'

const bare = (value: string, negated = false): Term => ({ negated, key: null, value })
const pair = (key: string, value: string, negated = false): Term => ({ negated, key, value })

describe('the search grammar', () => {
  it('reads words, pairs, negations and quotes', () => {
    expect(parse('root -service:smtp decky:web-01 "two words" principal:"a b"')).toEqual([
      bare('root'),
      pair('service', 'smtp', true),
      pair('decky', 'web-01'),
      bare('two words'),
      pair('principal', 'a b'),
    ])
  })

  it('takes everything after the first colon as the value, so that an IPv6 address stays whole', () => {
    expect(parse('attacker:2001:db8::9')).toEqual([pair('attacker', '2001:db8::9')])
    expect(parse('2001:db8::9')).toEqual([bare('2001:db8::9')])
  })

  it('sees no key in a quoted word and no negation in a quoted minus', () => {
    expect(parse('"decky:web-01" "-x"')).toEqual([bare('decky:web-01'), bare('-x')])
  })

  it('lets an open quote end with the text', () => {
    expect(parse('command:"wget http://x')).toEqual([pair('command', 'wget http://x')])
  })

  it('reads back whatever it writes', () => {
    const term = fc.record({
      negated: fc.boolean(),
      key: fc.option(fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/u)),
      value: fc.string({ minLength: 1, unit: 'binary' }),
    })
    fc.assert(
      fc.property(fc.array(term, { maxLength: 6 }), (terms) => {
        expect(parse(format(terms))).toEqual(terms)
      }),
    )
  })

  it('never throws, and writing what it read changes nothing more', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = parse(text).filter((t) => t.value !== '')
        expect(parse(format(once))).toEqual(once)
      }),
    )
  })

  it('keeps one of two equal or opposite terms when one is added', () => {
    const terms = [pair('service', 'ssh'), bare('x')]
    expect(withTerm(terms, pair('service', 'ssh', true))).toEqual([bare('x'), pair('service', 'ssh', true)])
    expect(withTerm(terms, pair('service', 'ssh'))).toEqual([bare('x'), pair('service', 'ssh')])
    expect(toggled(terms, bare('x'))).toEqual([pair('service', 'ssh')])
  })

  it('splits off the keys for which a list has parameters', () => {
    expect(splitTerms(parse('service:ssh -decky:a root service:ftp'), ['service', 'decky'])).toEqual({
      exact: { service: 'ssh' },
      rest: '-decky:a root service:ftp',
    })
  })
})

describe('completion', () => {
  const values = { decky: ['web-01', 'old-web', 'nas'] }
  it('offers keys, keeping the minus', () => {
    expect(complete('-dec', values).map((s) => s.insert)).toEqual(['-decky:'])
  })
  it('offers values that begin with what was typed before those that hold it', () => {
    expect(complete('decky:web', values).map((s) => s.insert)).toEqual(['decky:web-01', 'decky:old-web'])
  })
  it('offers nothing for a value that is complete or a key it does not know', () => {
    expect(complete('decky:nas', values)).toEqual([])
    expect(complete('colour:r', values)).toEqual([])
  })
})
