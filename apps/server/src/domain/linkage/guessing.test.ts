import { expect, test } from 'vitest'
import { guessing } from './guessing.ts'

test.each([
  ...[
    '123456',
    'admin123',
    'P@ssw0rd',
    'Summer2025!',
    'Huawei@123',
    '345gs5662d34',
    'LeitboGi0ro',
    '20080826',
    'admin@123#',
    '!QAZ2wsx',
    'Aa123456',
  ],
])('lists have %s', (word) => expect(guessing('root', word)).toBe('listed'))

test.each([
  // Words that everybody spells anew, walks on the keyboard, what is counted through, and what is short.
  ...['Pa$$w0rd', 'P@ssw0rd123!!', 'Welcome2025!!', 'Admin#123!x', 'r00t-root-r00t'],
  ...['!QAZ2wsx#EDC4rfv', '1qaz2wsx3edc4rfv', 'qwertyuiop123456789', '123456789abcdefg', 'zzzzzzzzzzzzzzzzzz'],
  ...['1qa2ws3ed4rf', 'z1x2c3v4b5n6m7', 'VMware1!VMware1!', 'Tz7!Tz7!Tz7!', 'йцукенгшщзхъ', 'qweasd123zxc!'],
  ...['a1b2c3', 'Zx7!kq', 'n3w-secret', 'zoran-Kx91!'],
])('lists may have %s', (word) => expect(guessing('root', word)).toBe('possible'))

test.each(['Kestrel-over-the-quarry-91', 'x9#fK2$pQw8&Lm', 'f3a9c1d04b7e8a21', 'Bell-of-9-winters'])('nobody comes upon %s', (word) =>
  expect(guessing('root', word)).toBe('told'),
)

test('a name is no password of its own', () => expect(guessing('deploy', 'deploy123')).toBe('listed'))
