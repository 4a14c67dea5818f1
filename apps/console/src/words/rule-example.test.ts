import fc from 'fast-check'
import { expect, it } from 'vitest'
import { exampleText } from './rule-example.ts'

it('says an example in a line: its text, its fields, or what happens one after the other', () => {
  expect(exampleText('cat /etc/shadow')).toBe('cat /etc/shadow')
  expect(exampleText({ rcpt_count: 2, attachment_extensions: ['pdf', 'lnk'] })).toBe('rcpt_count: 2, attachment_extensions: pdf, lnk')
  expect(exampleText({ source_kind: 'query', payload: { query_text: 'SELECT 1' } })).toBe('query_text: SELECT 1')
  const events = [
    { times: 5, username: 'root', success: false },
    { after: 30, username: 'root', success: true },
    { after: 5, event: 'id' },
    'w',
  ]
  expect(exampleText({ events })).toBe('5× username: root, success: false → 30 s later username: root, success: true → 5 s later id → w')
})

it('never throws, whatever stands in the text', () => {
  fc.assert(fc.property(fc.jsonValue(), (example) => typeof exampleText(example) === 'string'))
})
