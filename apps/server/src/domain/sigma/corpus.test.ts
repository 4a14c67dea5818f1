import { describe, expect, it } from 'vitest'
import { attackData } from '../../attack/load.ts'
import { homeAt } from '../../home.ts'
import { corpus } from './corpus.fixture.ts'
import { sigma, workbench } from './sigma.fixture.ts'

const { convert, recognises } = workbench(attackData(homeAt('/nonexistent')))

describe('rules in the style of public ones', () => {
  it.each(corpus.filter(({ refused }) => refused === undefined))('$name: carried over', ({ logsource, detection, yes = [], no = [] }) => {
    const fires = recognises(sigma(detection, { logsource }))
    expect([...yes, ...no].filter(fires)).toEqual(yes)
    expect(yes.length).toBeGreaterThan(0)
  })

  it.each(corpus.filter(({ refused }) => refused !== undefined))(
    '$name: refused, with field and line',
    ({ logsource, detection, refused = [] }) => {
      const { rule, remarks } = convert(sigma(detection, { logsource }))
      expect(rule).toBeNull()
      const said = remarks.map(({ line, path, message }) => `${line} ${path} ${message}`)
      expect(said).toHaveLength(refused.length)
      for (const [index, expected] of refused.entries()) expect(said[index]).toMatch(expected)
    },
  )

  it('are for the most part carried over', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(24)
    expect(corpus.filter(({ refused }) => refused === undefined).length / corpus.length).toBeGreaterThan(0.7)
  })
})
