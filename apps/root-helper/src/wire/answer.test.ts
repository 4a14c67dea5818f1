import { type Stack, stacks } from '@decnet/persona'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answer } from './answer.ts'
import { ACK, FIN, flagsOf, isSealed, PSH, parsePacket, RST, SYN, sourceOf, targetOf, URG } from './packet.ts'
import { type Tcp, tcp } from './packets.fixture.ts'
import { wireState } from './state.ts'

const stack = (id: string): Stack => stacks.find((candidate) => candidate.id === id) as Stack
const probe = (id: string, given: Tcp) => answer(stack(id), wireState(1), tcp(given), (port) => port === 22)
const T2 = { flags: 0, sequence: 500 } as const
const T3 = { flags: SYN | FIN | PSH | URG, sequence: 500 } as const

describe('an odd segment', () => {
  it('to an open port of Windows is refused with a RST that counts its SYN and FIN', () => {
    for (const [given, acknowledged] of [
      [T2, 500],
      [T3, 502],
      [{ ...T2, payload: Buffer.from('abc') }, 503],
      [{ ...T2, version: 6 }, 500],
    ] as const) {
      const verdict = probe('windows-10-1607', given)
      if (verdict.do !== 'drop') throw new Error('it passed')
      const reply = parsePacket(verdict.reply)
      const sent = parsePacket(tcp(given))
      if (!reply || !sent) throw new Error('no packet')
      expect(isSealed(reply)).toBe(true)
      expect(flagsOf(reply)).toBe(RST | ACK)
      expect([sourceOf(reply), targetOf(reply)]).toEqual([targetOf(sent), sourceOf(sent)])
      const { bytes, at } = reply
      expect([bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)]).toEqual([22, 40_000])
      expect([bytes.readUInt32BE(at + 4), bytes.readUInt32BE(at + 8), bytes.readUInt16BE(at + 14)]).toEqual([0, acknowledged, 0])
      expect(bytes[reply.version === 4 ? 8 : 7]).toBe(128)
    }
  })

  it('without a flag is acknowledged by one more by a Lantronix', () => {
    const verdict = probe('lantronix-uds200', T2)
    const reply = verdict.do === 'drop' ? parsePacket(verdict.reply) : null
    expect(reply && [flagsOf(reply), reply.bytes.readUInt32BE(reply.at + 8)]).toEqual([RST | ACK, 501])
  })

  it('is taken for a SYN by FreeBSD: the kernel answers it', () => {
    const verdict = probe('freebsd-12', T3)
    const packet = verdict.do === 'pass' && verdict.packet ? parsePacket(verdict.packet) : null
    expect(packet && [flagsOf(packet), isSealed(packet)]).toEqual([SYN, true])
  })

  it('to a closed port, and every other segment, is the kernel’s business', () => {
    expect(probe('windows-10-1607', { ...T2, to: 23 })).toEqual({ do: 'pass' })
    for (const flags of [ACK, SYN, RST, SYN | ACK, FIN | PSH | URG, FIN | ACK])
      expect(probe('windows-10-1607', { flags })).toEqual({ do: 'pass' })
    expect(probe('linux-5', T2)).toEqual({ do: 'pass' })
    expect(probe('cisco-ios-15', T3)).toEqual({ do: 'pass' })
  })

  it('of any bytes is judged without a throw, and an answer is no longer than a header', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...stacks),
        fc.uint8Array({ maxLength: 120 }),
        fc.nat(255),
        fc.constantFrom<4 | 6>(4, 6),
        (chosen, bytes, flags, version) => {
          for (const packet of [Buffer.from(bytes), tcp({ version, flags, payload: Buffer.from(bytes) })]) {
            const verdict = answer(chosen, wireState(1), packet, () => true)
            if (verdict.do === 'drop') expect(verdict.reply.length).toBeLessThanOrEqual(60)
          }
        },
      ),
    )
  })
})
