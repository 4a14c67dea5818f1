import { AppError } from '@decnet/kernel'
import { afterEach, expect, it, vi } from 'vitest'
import { reportError } from './report-error.ts'

afterEach(() => void vi.restoreAllMocks())

function said(error: AppError, json = false): string {
  let text = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((part) => {
    text += String(part)
    return true
  })
  expect(reportError(error, json)).toBe(1)
  return text.replaceAll(/\u001b\[\d+m/gu, '')
}
const fields = [
  { field: 'deckies.0.services', message: 'There is no service rdp.', line: 3 },
  { field: 'deckies.0.amount', message: 'must be a whole number from 1 to 250' },
]

it('every field that was refused is said in a line of its own, with its line in the text', () =>
  expect(said(new AppError('2 things are not possible.', { code: 'deploy_invalid', fields, hint: 'Mend them.' }))).toBe(
    '✗ 2 things are not possible.\n  Line 3: There is no service rdp.\n  deckies.0.amount must be a whole number from 1 to 250\n  Mend them.\n',
  ))

it('a field that the message is about already is not said twice', () =>
  expect(said(new AppError('Line 3: There is no service rdp.', { code: 'deploy_invalid', fields: fields.slice(0, 1) }))).toBe(
    '✗ Line 3: There is no service rdp.\n',
  ))

it('programs find them as in the problem details of the API', () =>
  expect(JSON.parse(said(new AppError('No.', { code: 'deploy_invalid', fields }), true))).toEqual({
    error: { code: 'deploy_invalid', message: 'No.', hint: null, errors: fields },
  }))
