import { describe, expect, it } from 'vitest'
import { networkOf } from './features.ts'

describe('the network of an address', () => {
  it.each([
    ['192.0.2.77', '192.0.2.0/24'],
    ['::ffff:192.0.2.77', '192.0.2.0/24'],
    ['::FFFF:c000:24d', '192.0.2.0/24'],
    ['2001:db8:5:6::10', '2001:db8:5::/48'],
    ['2001:0DB8:5:100:1:2:3:4', '2001:db8:5::/48'],
    ['::1', '0:0:0::/48'],
    ['fe80::', 'fe80:0:0::/48'],
  ])('of %s is %s', (ip, network) => expect(networkOf(ip)).toBe(network))

  it('is none of what is no address', () => {
    for (const text of ['', 'host', '999.0.2.1', ':', '::1::2', '1:2:3', 'fe80::1%eth0', '[::1]', '0'.repeat(100_000)])
      expect(networkOf(text)).toBeNull()
  })
})
