import { expect, test } from 'vitest'
import { guessing } from './guessing.ts'

test.each([...['123456', 'admin123', 'P@ssw0rd', 'Summer2025!', 'Huawei@123', '345gs5662d34', 'LeitboGi0ro', '20080826', 'admin@123#']])(
  'lists have %s',
  (word) => expect(guessing('root', word, false)).toBe('listed'),
)

test.each([
  // Words that everybody spells anew, walks on the keyboard, what is counted through, and what is short.
  ...['Pa$$w0rd', 'P@ssw0rd123!!', 'Welcome2025!!', 'Admin#123!x', 'r00t-root-r00t'],
  ...['!QAZ2wsx', '!QAZ2wsx#EDC4rfv', '1qaz2wsx3edc4rfv', 'qwertyuiop123456789', '123456789abcdefg', 'zzzzzzzzzzzzzzzzzz'],
  ...['a1b2c3', 'Zx7!kq', 'n3w-secret', 'zoran-Kx91!'],
])('lists may have %s', (word) => expect(guessing('root', word, false)).toBe('possible'))

test.each(['Kestrel-over-the-quarry-91', 'x9#fK2$pQw8&Lm', 'f3a9c1d04b7e8a21', 'Bell-of-9-winters'])('nobody comes upon %s', (word) =>
  expect(guessing('root', word, false)).toBe('told'),
)

test('a name is no password of its own', () => expect(guessing('deploy', 'deploy123', true)).toBe('listed'))

test.each([
  ['zykora', 'Tz7!kqmo'],
  ['mavori', 'xk4#pe'],
])('nobody comes upon %s and %s together, where the name was made up with it', (user, word) => {
  expect(guessing(user, word, true)).toBe('told')
  expect(guessing(user, word, false)).toBe('possible')
})

test.each([
  // Names of services and devices, the name once more, names that are short; and what lists have, whose account it ever is.
  ['telecomadmin', 'Tz7!kqmo'],
  ['zabbix2', 'Tz7!kqmo'],
  ['zykora', 'Zykora#24x'],
  ['zykora', '2y-zyk0r4!'],
  ['ops', 'Tz7!kqmo'],
  ['zykora', 'merlin99'],
  ['telecomadmin', 'admintelecom'],
  ['CMCCAdmin', 'aDm8H%MdA'],
])('lists may have %s and %s together', (user, word) => expect(guessing(user, word, true)).not.toBe('told'))
