import type { ServiceField } from '@decnet/contracts/api'
import { describe, expect, it } from 'vitest'
import { configOf, entriesOf } from './settings.ts'

const field = (name: string, type: ServiceField['type'], byDefault: ServiceField['default']): ServiceField => ({
  name,
  type,
  title: name,
  description: null,
  default: byDefault,
})
const fields = [
  field('version', 'string', '7.0'),
  field('delay', 'integer', 0),
  field('strict', 'boolean', true),
  field('users', 'list', []),
  field('headers', 'object', {}),
]

describe('the form of a service', () => {
  it('begins with what is set, else with the defaults', () => {
    expect(entriesOf(fields, { delay: 5, users: ['a', 'b'] })).toEqual({
      version: '7.0',
      delay: '5',
      strict: true,
      users: 'a\nb',
      headers: '{}',
    })
  })
  it('says only what differs from the defaults, in the settings’ own types', () => {
    expect(configOf(fields, entriesOf(fields, {}))).toEqual({})
    const entries = { ...entriesOf(fields, {}), delay: '3', strict: false, users: ' ana \n\nben', headers: '{"a":1}' }
    expect(configOf(fields, entries)).toEqual({ delay: 3, strict: false, users: ['ana', 'ben'], headers: { a: 1 } })
  })
  it('leaves what is no number and no JSON to the server, which says so', () => {
    expect(configOf(fields, { ...entriesOf(fields, {}), delay: 'soon', headers: '{' })).toEqual({ delay: 'soon', headers: '{' })
  })
})
