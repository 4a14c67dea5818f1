import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressGuard, isNetwork } from './guard.ts'

const NONE = { allow: [], deny: [] }
const plain = addressGuard(NONE, [])

describe('the guard of all probes', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '93.184.216.34',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.0.1',
    '100.128.0.1',
    '2606:4700:4700::1111',
    '2a00:1450::1',
  ])('lets an address of the internet pass: %s', (address) => {
    expect(plain(address)).toBeNull()
  })

  it.each([
    ['0.0.0.0', 'no host'],
    ['0.1.2.3', 'no host'],
    ['10.0.0.1', 'private'],
    ['100.64.0.1', 'shared'],
    ['127.0.0.1', 'loopback'],
    ['127.77.0.11', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.0.0.8', 'reserved'],
    ['192.0.2.1', 'documentation'],
    ['192.88.99.1', '6to4'],
    ['192.168.1.1', 'private'],
    ['198.19.0.1', 'benchmarks'],
    ['198.51.100.1', 'documentation'],
    ['203.0.113.9', 'documentation'],
    ['224.0.0.251', 'multicast'],
    ['239.255.255.250', 'multicast'],
    ['255.255.255.255', 'reserved'],
    ['::', 'no host'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::ffff:8.8.8.8', 'IPv4 written as IPv6'],
    ['::ffff:7f00:1', 'IPv4 written as IPv6'],
    ['0:0:0:0:0:ffff:10.0.0.1', 'IPv4 written as IPv6'],
    ['::8.8.8.8', 'not of the internet'],
    ['64:ff9b::8.8.8.8', 'NAT64'],
    ['64:ff9b:1::1', 'NAT64'],
    ['100::1', 'not of the internet'],
    ['fc00::1', 'private'],
    ['fd12:3456::1', 'private'],
    ['fe80::1', 'link-local'],
    ['FE80::ABCD', 'link-local'],
    ['fec0::1', 'private'],
    ['ff02::1', 'multicast'],
    ['2001::1', 'Teredo'],
    ['2001:10::1', 'reserved'],
    ['2001:db8::1', 'documentation'],
    ['2002:7f00:1::1', '6to4'],
    ['2002:808:808::1', '6to4'],
    ['3fff::1', 'documentation'],
    ['4000::1', 'not of the internet'],
  ])('refuses %s: %s', (address, why) => {
    expect(plain(address)).toContain(why)
  })

  it.each([
    '',
    'example.org',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '010.0.0.1',
    '8.8.8.08',
    '8.8.8.8:80',
    '8.8.8.8 ',
    '[::1]',
    'fe80::1%eth0',
    '2a00::1%lo',
    '8.8.8.8/32',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    ':::',
    '2a00:::1',
    '8.8.8.8\n',
    '８.8.8.8',
  ])('takes for an address only what is one in its usual form: %j', (address) => {
    expect(addressGuard({ allow: ['0.0.0.0/0', '::/0'], deny: [] }, [])(address)).toBe('is no address')
  })

  it('refuses our own addresses, however they are written', () => {
    const guard = addressGuard(NONE, ['8.8.8.8', '2a00:0:0:0::1'])
    expect(guard('8.8.8.8')).toBe('is one of our own')
    expect(guard('2a00::1')).toBe('is one of our own')
    expect(guard('8.8.4.4')).toBeNull()
  })

  it('lets pass what is allowed, our own too; what is denied is stronger; IPv4 in IPv6 stays refused', () => {
    const guard = addressGuard({ allow: ['127.0.0.0/8', 'fd00::/8', '8.8.8.8'], deny: ['127.0.0.53', '1.1.1.0/24'] }, [
      '8.8.8.8',
      '127.0.0.1',
    ])
    expect(['127.0.0.1', 'fd00::1', '8.8.8.8'].map(guard)).toEqual([null, null, null])
    expect(guard('127.0.0.53')).toBe('is among those that are never probed')
    expect(guard('1.1.1.1')).toBe('is among those that are never probed')
    expect(guard('::ffff:127.0.0.1')).toBe('is IPv4 written as IPv6')
    expect(guard('10.0.0.1')).toBe('is private')
  })

  it('never throws and never lets a text pass that the system would look up', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4Extended(), fc.domain(), fc.ipV6()), (text) => {
        if (plain(text) === null) expect(/^(?:\d{1,3}(?:\.\d{1,3}){3}|[23][0-9a-f:.]+)$/iu.test(text)).toBe(true)
      }),
    )
  })

  it('knows a network from something else', () => {
    expect(['10.0.0.0/8', '10.0.0.1', '::/0', '2001:db8::/32'].map(isNetwork)).toEqual([true, true, true, true])
    expect(['', 'x', '10.0.0.0/33', '::/129', '10.0.0.0/'].map(isNetwork)).toEqual([false, false, false, false, false])
  })
})
