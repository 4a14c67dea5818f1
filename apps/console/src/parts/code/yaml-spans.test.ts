import fc from 'fast-check'
import { expect, it } from 'vitest'
import { yamlSpans } from './yaml-spans.ts'

const shape = (line: string) =>
  yamlSpans(line)
    .filter(({ kind }) => kind !== 'plain')
    .map(({ kind, text }) => `${kind} ${text}`)

it('tells keys, strings, numbers and comments apart', () => {
  expect(shape('version: 12 # one more')).toEqual(['key version', 'mark :', 'number 12', 'comment # one more'])
  expect(shape(`  - { technique: T1003.008, confidence: 0.95, on: true }`)).toEqual([
    ...['mark -', 'mark {', 'key technique', 'mark :', 'mark ,', 'key confidence', 'mark :', 'number 0.95', 'mark ,'],
    ...['key on', 'mark :', 'number true', 'mark }'],
  ])
  expect(shape(`commands: { regex: '^(cat|it''s) #.*' }`)).toEqual([
    ...['key commands', 'mark :', 'mark {', 'key regex', 'mark :', `string '^(cat|it''s) #.*'`, 'mark }'],
  ])
  expect(shape(`- "a \\" # b"`)).toEqual(['mark -', `string "a \\" # b"`])
})

it('takes an apostrophe within a word, an address and an open quote for what they are', () => {
  expect(shape(`title: don't do it`)).toEqual(['key title', 'mark :'])
  expect(shape('see https://a.b/c#d')).toEqual([])
  expect(shape('- man 5 shadow-')).toEqual(['mark -'])
  expect(shape('[https://x/T1003/008/]')).toEqual(['mark [', 'mark ]'])
  expect(shape(`x: 'open`)).toEqual(['key x', 'mark :', `string 'open`])
})

it('loses nothing of a line, and takes no long time over any', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary-ascii' }),
      (line) =>
        yamlSpans(line)
          .map(({ text }) => text)
          .join('') === line,
    ),
  )
  for (const part of ["'", '"\\', "''", 'a', '-', '1.', ' #', 'a:', ', 1 ', ' 1']) {
    const line = part.repeat(20_000)
    const started = performance.now()
    expect(
      yamlSpans(line)
        .map(({ text }) => text)
        .join(''),
    ).toBe(line)
    expect(performance.now() - started).toBeLessThan(1_000)
  }
})
