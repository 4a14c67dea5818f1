import { expect, it } from 'vitest'
import { readYaml } from './yaml-text.ts'

it.each([
  ['a: 1\n---\nb: 2\n', 'the text holds several documents (---)'],
  ['a: b: c\n', 'a mapping stands where a text is expected'],
  ['a: "x\n', 'a closing quote, bracket or comma is missing'],
  ['a: 1\na: 2\n', 'keys are to be unique'],
  ['a:\n\tb: 1\n', 'a tab is no indentation'],
  ['a: @x\n', 'a character that must be quoted'],
])('says in our words what is wrong with %j', (text, said) => {
  const told = readYaml(text).problems.map(({ message }) => message)
  expect(told[0]).toContain(`is no YAML: `)
  expect(told.join(' ')).toContain(said)
  expect(told.join(' ')).not.toMatch(/parseAllDocuments|implicit|Nested mappings|Missing closing/u)
})
