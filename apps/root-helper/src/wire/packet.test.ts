import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flagsOf, headerOf, ICMP, isSealed, parsePacket, SYN, seal, TCP } from './packet.ts'
import { icmp, LINUX_OPTIONS, tcp } from './packets.fixture.ts'

describe('a packet', () => {
  it('is read with its transport header', () => {
    for (const version of [4, 6] as const) {
      const packet = parsePacket(tcp({ version, flags: SYN, options: LINUX_OPTIONS }))
      expect(packet).toMatchObject({ version, protocol: TCP, at: version === 4 ? 20 : 40 })
      expect(packet && [flagsOf(packet), headerOf(packet)]).toEqual([SYN, 40])
    }
    expect(parsePacket(icmp(8, 0, Buffer.alloc(8), false))).toMatchObject({ protocol: ICMP, at: 20 })
  })

  it('has the checksum of a known one: an echo request of RFC 1071 arithmetic', () => {
    // Captured from a Linux ping: identifier 0x1234, sequence 1, no data.
    const packet = Buffer.from('4500001c00004000400126df0a0000010a0000020800e5ca12340001', 'hex')
    const parsed = parsePacket(packet)
    expect(parsed && isSealed(parsed)).toBe(true)
    const broken = Buffer.from(packet)
    broken.writeUInt8(9, 20)
    const other = parsePacket(broken)
    expect(other && isSealed(other)).toBe(false)
    expect(other && isSealed(seal(other))).toBe(true)
  })

  it('that is a fragment, cut short, or of another protocol is none', () => {
    const whole = tcp({ flags: SYN })
    const changed = (at: number, value: number): Buffer => {
      const bytes = Buffer.from(whole)
      bytes.writeUInt8(value, at)
      return bytes
    }
    expect(parsePacket(whole)).not.toBeNull()
    for (const bytes of [
      changed(6, 0x20),
      changed(7, 1),
      changed(9, 17),
      changed(0, 0x46),
      changed(32, 0xf0),
      changed(32, 0x40),
      whole.subarray(0, 30),
    ])
      expect(parsePacket(bytes)).toBeNull()
    for (let length = 0; length < whole.length; length += 1) expect(parsePacket(whole.subarray(0, length))).toBeNull()
  })

  it('of any bytes is read without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        parsePacket(Buffer.from(bytes))
      }),
    )
  })
})
