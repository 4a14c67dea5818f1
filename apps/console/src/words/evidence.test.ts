import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { featureTitle, middleCut, sharedThing, sureness, weightWord } from './evidence.ts'

describe('what two have in common', () => {
  it('is told by its kind', () => {
    expect(sharedThing('c2 198.51.100.44:8443')).toEqual({ kind: 'server', text: '198.51.100.44:8443' })
    expect(sharedThing('login root : hunter 2')).toEqual({ kind: 'log-in', text: 'root : hunter 2' })
    expect(sharedThing('password nuno : x on web-01')).toEqual({ kind: 'password handed over', text: 'nuno : x on web-01' })
  })
  it('is shown as it is where its kind is not known', () => {
    for (const text of ['something else', 'constructor of it']) expect(sharedThing(text)).toEqual({ kind: '', text })
  })
  it('may be any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof sharedThing(text).text === 'string'))
  })
})

describe('how much it says', () => {
  it('is a word', () => {
    expect([5, -3, 0.7, 0.2].map((weight) => weightWord({ weight, feature: 'ssh' }))).toEqual(['very strong', 'strong', 'some', 'slight'])
    expect(weightWord({ weight: -100, feature: 'operator' })).toBe('decides')
  })
  it('is never a certainty', () => {
    expect([1, 0.9999, 0.81, 0].map(sureness)).toEqual(['over 99 %', 'over 99 %', '81 %', 'under 1 %'])
  })
  it('names features as the reader does', () => {
    expect(['ssh', 'hand-over', 'credentials'].map(featureTitle)).toEqual(['SSH client', 'Hand over', 'Credentials'])
  })
})

it('a long name keeps both ends', () => {
  expect(middleCut('2001:db8:85a3:8d3:1319:8a2e:370:7348', 15)).toBe('2001:db…70:7348')
  fc.assert(fc.property(fc.string(), fc.integer({ min: 3, max: 40 }), (text, most) => middleCut(text, most).length <= Math.max(most, 0)))
})
