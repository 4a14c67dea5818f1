import { expect, test } from 'vitest'
import { peerAddress } from './peer-address.ts'

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:192.0.2.7', '192.0.2.7'],
  ['2001:DB8::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::1', '::1'],
  ['::ffff:c000:207', '::ffff:c000:207'],
])('%s is written as %s', (given, written) => {
  expect(peerAddress(given)).toBe(written)
})
