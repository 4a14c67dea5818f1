import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseWords } from './search.ts'

const shape = (text: string) =>
  parseWords(text).map(({ negated, key, value }) => `${negated ? '-' : ''}${key === null ? '' : `${key}=`}${value}`)

it('reads keys, bare words, signs and quotes', () => {
  expect(shape('decky:web-01 -service:ssh  uname')).toEqual(['decky=web-01', '-service=ssh', 'uname'])
  expect(shape(`command:"wget http://x/a b" 'single quoted'`)).toEqual(['command=wget http://x/a b', 'single quoted'])
  expect(shape('a\\ b \\-x "-y" -')).toEqual(['a b', '-x', '-y', '-'])
})

it('takes an address for a word, and a quoted colon for no separator', () => {
  expect(shape('http://198.51.100.7/x.sh "a:b" url:"//x"')).toEqual(['http://198.51.100.7/x.sh', 'a:b', 'url=//x'])
})

it('never throws, whatever is typed', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => Array.isArray(parseWords(text))))
})
