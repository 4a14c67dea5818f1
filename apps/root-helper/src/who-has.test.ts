import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ARP, announcement, IPV6, keyOf, readHolder, whoHas } from './who-has.ts'

const MAC = '00:1b:21:0a:0b:0c'

describe('asking who has an address', () => {
  it('asks for IPv4 as RFC 5227 wants it: from nobody, to all', () => {
    expect(whoHas('10.9.0.7', MAC).toString('hex')).toBe(
      'ffffffffffff001b210a0b0c08060001080006040001001b210a0b0c00000000' + '0000000000000a090007',
    )
  })

  it('asks for IPv6 as RFC 4862 wants it: from nobody, to the address’s group, with the checksum of RFC 4443', () => {
    const frame = whoHas('fd09::1:2:3', MAC)
    expect(frame.subarray(0, 14).toString('hex')).toBe('3333ff020003001b210a0b0c86dd')
    expect(frame.subarray(14, 22).toString('hex')).toBe('6000000000183aff')
    // Summed with the pseudo header, a message with a right checksum gives all ones.
    const pseudo = Buffer.concat([frame.subarray(22, 54), Buffer.from([0, 0, 0, 24, 0, 0, 0, 58]), frame.subarray(54)])
    let sum = 0
    for (let at = 0; at < pseudo.length; at += 2) sum += pseudo.readUInt16BE(at)
    expect(((sum & 0xffff) + (sum >>> 16)) & 0xffff).toBe(0xffff)
    expect(frame.subarray(62).toString('hex')).toBe('fd090000000000000000000100020003')
  })

  it('hears an answer, an announcement, and another who asks for the same address', () => {
    const other = '00:50:56:01:02:03'
    expect(readHolder(announcement('10.9.0.7', other))).toEqual({ address: keyOf('10.9.0.7'), mac: other })
    expect(readHolder(whoHas('10.9.0.7', other))).toEqual({ address: keyOf('10.9.0.7'), mac: other })
    const advertisement = Buffer.concat([
      Buffer.from('33330000000100505601020386dd', 'hex'),
      Buffer.from('6000000000203aff', 'hex'),
      Buffer.alloc(32),
      Buffer.from('8800000020000000', 'hex'),
      Buffer.from('fd090000000000000000000000000007', 'hex'),
    ])
    expect(readHolder(advertisement)).toEqual({ address: keyOf('fd09::7'), mac: other })
  })

  it('knows an address in all its spellings', () => {
    expect(keyOf('fd09::0:10')).toBe(keyOf('FD09:0:0:0:0:0:0:10'))
    expect(keyOf('::ffff:10.9.0.7')).toBe('00000000000000000000ffff0a090007')
  })

  it('never fails on what strangers send', () => {
    const head = fc.constantFrom(ARP, IPV6, 0x0800)
    fc.assert(
      fc.property(head, fc.uint8Array({ maxLength: 120 }), (etherType, bytes) => {
        const frame = Buffer.concat([Buffer.alloc(12), Buffer.from([etherType >> 8, etherType & 255]), bytes])
        expect(() => readHolder(frame)).not.toThrow()
      }),
    )
  })
})
