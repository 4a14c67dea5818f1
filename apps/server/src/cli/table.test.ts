import { stripVTControlCharacters } from 'node:util'
import { services } from '@decnet/services'
import { describe, expect, it } from 'vitest'
import { fitted, tableText } from './table.ts'

const lines = (text: string) =>
  stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.trimEnd())

describe('a table', () => {
  it('is as wide as it must be where there is no terminal', () => {
    const long = 'x '.repeat(200).trim()
    expect(lines(tableText(['Name', 'What'], [['a', long]], undefined))).toEqual(['Name  What', `a     ${long}`])
  })

  it('takes from its widest columns what a terminal has not, and keeps every word', () => {
    expect(fitted([10, 100, 30], 84)).toEqual([10, 40, 30])
    expect(fitted([10, 20], 84)).toEqual([10, 20])
    expect(fitted([100, 100], 10)).toEqual([8, 8])
    const words = Array.from({ length: 60 }, (_, n) => `word${n}`)
    const text = tableText(['Name', 'Words'], [['first', words.join(' ')]], 60)
    for (const line of lines(text)) expect(line.length).toBeLessThanOrEqual(60)
    for (const word of words) expect(lines(text).join(' ').split(' ')).toContain(word)
  })

  it('of all services fits eighty columns', () => {
    const rows = services.map(({ name, title, ports, config }) => [
      name,
      title,
      ports.map(({ port, transport }) => `${port}/${transport}`).join(' '),
      Object.keys(config.shape).join(' '),
    ])
    for (const line of lines(tableText(['Service', 'What it plays', 'Port', 'Settings'], rows, 80)))
      expect(line.length).toBeLessThanOrEqual(80)
  })
})
