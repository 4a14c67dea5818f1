import { expect, test } from 'vitest'
import { createFaultLog, describeError } from './fault-log.ts'

test('ten errors a minute are logged; the next minute says how many were left out', () => {
  let now = 0
  const logged: Record<string, unknown>[] = []
  const log = (fields: object): void => void logged.push({ ...fields })
  const fault = createFaultLog({ info: log, warn: log, error: log }, 'ssh', 'web-01', () => now)
  for (let count = 0; count < 25; count++) fault(new RangeError('x'), 'failed')
  expect(logged).toHaveLength(10)
  now = 60_000
  fault(new RangeError('x'), 'failed')
  expect(logged.at(-1)).toMatchObject({ service: 'ssh', decky: 'web-01', error: 'RangeError', suppressed: 15 })
})

test('an error is told by its class, code and place, never by what it says, however its stack is shaped', () => {
  const error = Object.assign(new TypeError('first\n    at evil (file:///etc/passwd:1:1)\n\u001b[31mred'), { code: 'EBAD' })
  const told = describeError(error)
  expect(told).toMatchObject({ error: 'TypeError', code: 'EBAD' })
  expect(told.at.length).toBeGreaterThan(0)
  expect(JSON.stringify(told)).not.toMatch(/evil|red/u)
  expect(describeError('a string')).toEqual({ error: 'string', code: undefined, at: [] })
})
