import { expect, test } from 'vitest'
import { z } from 'zod'
import { address, uuid } from '../fields.ts'
import { payloadFields } from './payload-fields.ts'

test('fields are described in words, at any depth', () => {
  const payload = z.object({
    id: uuid.describe('Id.'),
    from: address.nullable().describe('From.'),
    when: z.iso.datetime({ offset: true }).optional().describe('When.'),
    state: z.enum(['up', 'down']).describe('State.'),
    kind: z.literal('x').describe('Kind.'),
    share: z.number().min(0).max(1).describe('Share.'),
    count: z.number().int().min(0).describe('Count.'),
    parts: z.record(z.string(), z.number()).describe('Parts.'),
    value: z.json().describe('Value.'),
    all: z
      .array(z.object({ name: z.string().describe('Name.') }))
      .min(1)
      .max(9)
      .describe('All.'),
    window: z.object({ start: z.number().describe('Start.') }).describe('Window.'),
  })
  expect(payloadFields(payload)).toEqual([
    {
      open: false,
      fields: [
        { name: 'id', type: 'uuid', says: 'Id.' },
        { name: 'from', type: 'address or null', says: 'From.' },
        { name: 'when', type: 'time, RFC 3339, optional', says: 'When.' },
        { name: 'state', type: 'one of `up`, `down`', says: 'State.' },
        { name: 'kind', type: '`x`', says: 'Kind.' },
        { name: 'share', type: 'number, 0 to 1', says: 'Share.' },
        { name: 'count', type: 'integer, from 0', says: 'Count.' },
        { name: 'parts', type: 'object of number', says: 'Parts.' },
        { name: 'value', type: 'any JSON', says: 'Value.' },
        { name: 'all', type: 'list of object, at least 1, at most 9', says: 'All.' },
        { name: 'all[].name', type: 'string', says: 'Name.' },
        { name: 'window', type: 'object', says: 'Window.' },
        { name: 'window.start', type: 'number', says: 'Start.' },
      ],
    },
  ])
})

test('a payload that may have several shapes is described by each', () => {
  const either = z.union([z.object({ a: z.string().describe('A.') }), z.object({ b: z.boolean().describe('B.') })])
  expect(payloadFields(either).map(({ fields }) => fields.map(({ name }) => name))).toEqual([['a'], ['b']])
})

test('a payload that may have further fields is open; others are not', () => {
  expect(payloadFields(z.looseObject({})).map(({ open }) => open)).toEqual([true])
  expect(payloadFields(z.strictObject({})).map(({ open }) => open)).toEqual([false])
  expect(payloadFields(z.object({})).map(({ open }) => open)).toEqual([false])
})
