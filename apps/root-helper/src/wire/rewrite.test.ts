import { type Stack, stacks } from '@decnet/persona'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answer } from './answer.ts'
import { parseOptions } from './options.ts'
import { ACK, FIN, flagsOf, headerOf, isSealed, PSH, parsePacket, RST, SYN, URG } from './packet.ts'
import { icmp, LINUX_OPTIONS, type Tcp, tcp } from './packets.fixture.ts'
import { rewrite } from './rewrite.ts'
import { type WireState, wireState } from './state.ts'

const stack = (id: string): Stack => stacks.find((candidate) => candidate.id === id) as Stack
const SYN_ACK = { flags: SYN | ACK, options: LINUX_OPTIONS, leaves: true } as const
const rewritten = (id: string, bytes: Buffer, state = wireState(1)) => {
  const out = rewrite(stack(id), state, bytes)
  const packet = out && parsePacket(out)
  if (!packet) throw new Error(`${id} did not write it anew`)
  expect(isSealed(packet)).toBe(true)
  return packet
}
const optionsOf = (bytes: Buffer): number[] => {
  const packet = parsePacket(bytes)
  return packet ? [...bytes.subarray(packet.at + 20, packet.at + headerOf(packet))] : []
}
const comes = (id: string, state: WireState, given: Tcp) => answer(stack(id), state, tcp(given), () => true)

describe('a SYN-ACK', () => {
  it('of Windows has its window, the order of its options and the next identification; the clock stays the kernel’s', () => {
    const state = wireState(1)
    const { bytes } = rewritten('windows-10-1607', tcp(SYN_ACK), state)
    expect(optionsOf(bytes)).toEqual([2, 4, 5, 0xb4, 1, 3, 3, 8, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9])
    expect(bytes.readUInt16BE(34)).toBe(8192)
    const next = rewritten('windows-10-1607', tcp(SYN_ACK), state).bytes
    expect((next.readUInt16BE(4) - bytes.readUInt16BE(4) + 0x10000) % 0x10000).toBe(1)
    expect(bytes.readUInt16BE(6)).toBe(0x4000)
    expect([bytes.readUInt32BE(24), bytes.readUInt32BE(28)]).toEqual([1000, 2000])
  })

  it('never promises a larger shift than the kernel’s', () => {
    const small = LINUX_OPTIONS.with(-1, 3)
    expect(parseOptions(Buffer.from(optionsOf(rewritten('windows-10-1607', tcp({ ...SYN_ACK, options: small })).bytes))).windowScale).toBe(
      3,
    )
    expect(
      parseOptions(Buffer.from(optionsOf(rewritten('hp-laserjet', tcp({ ...SYN_ACK, options: [2, 4, 5, 0xb4, 1, 3, 3, 7] })).bytes)))
        .windowScale,
    ).toBe(0)
  })

  it('keeps what was agreed where the layout has no place for it, unknown options and a payload', () => {
    expect(optionsOf(rewritten('cisco-ios-15', tcp(SYN_ACK)).bytes)).toEqual([...LINUX_OPTIONS])
    const fastOpen = [2, 4, 5, 0xb4, 34, 6, 1, 2, 3, 4, 1, 1]
    expect(optionsOf(rewritten('windows-10-1607', tcp({ ...SYN_ACK, options: fastOpen })).bytes)).toEqual(fastOpen)
    const { bytes } = rewritten('windows-10-1607', tcp({ ...SYN_ACK, payload: Buffer.from('hello') }))
    expect(bytes.subarray(-5).toString()).toBe('hello')
  })

  it('over IPv6 has the same hand, with a segment size that fits', () => {
    const { bytes, version } = rewritten('windows-10-1607', tcp({ ...SYN_ACK, version: 6 }))
    expect(version).toBe(6)
    expect(parseOptions(Buffer.from(optionsOf(bytes))).mss).toBe(1440)
    expect(bytes.readUInt16BE(54)).toBe(8192)
  })

  it('offers a lower size back where the stack does', () => {
    const offered = (id: string, options: readonly number[]): number | undefined => {
      const state = wireState(1)
      comes(id, state, { flags: SYN, options })
      return parseOptions(Buffer.from(optionsOf(rewritten(id, tcp({ ...SYN_ACK, options: [2, 4, 5, 0xb4] }), state).bytes))).mss
    }
    const low = [2, 4, 1, 9]
    expect(['windows-10-1607', 'freebsd-10', 'cisco-ios-15', 'lantronix-uds200'].map((id) => offered(id, low))).toEqual([
      1460, 265, 265, 1024,
    ])
    expect([offered('cisco-ios-xe', low), offered('cisco-ios-xe', [2, 4, 5, 0xb4])]).toEqual([265, 536])
    expect(['windows-10-1607', 'freebsd-10', 'cisco-ios-15'].map((id) => offered(id, []))).toEqual([1460, 1460, 536])
  })

  it('of Windows 10 1703 has whole segments in an unscaled window', () => {
    const state = wireState(1)
    comes('windows-10-1703', state, { flags: SYN, options: [2, 4, 1, 9] })
    const windowOf = (options: readonly number[]): number =>
      rewritten('windows-10-1703', tcp({ ...SYN_ACK, options }), state).bytes.readUInt16BE(34)
    expect(windowOf([2, 4, 5, 0xb4])).toBe(0xff70)
    expect(windowOf(LINUX_OPTIONS.slice(0, 16))).toBe(0xffdc)
    expect(windowOf([2, 4, 5, 0xb4, 1, 3, 3, 8])).toBe(0xffff)
  })
})

describe('a RST', () => {
  it('without ACK names what Windows names', () => {
    expect(rewritten('windows-10-1607', tcp({ flags: RST, sequence: 77, leaves: true })).bytes.readUInt32BE(28)).toBe(77)
    expect(rewritten('freebsd-12', tcp({ flags: RST, sequence: 77, leaves: true })).bytes.readUInt32BE(28)).toBe(0)
  })

  it('of a closed port takes the probe’s numbers and leaves its FIN out, where the stack does', () => {
    const state = wireState(1)
    comes('cisco-ios-15', state, { flags: FIN | PSH | URG, sequence: 5, acknowledgement: 99 })
    const { bytes } = rewritten('cisco-ios-15', tcp({ flags: RST | ACK, sequence: 0, acknowledgement: 6, leaves: true }), state)
    expect([bytes.readUInt32BE(24), bytes.readUInt32BE(28), bytes.readUInt16BE(6)]).toEqual([99, 5, 0])
  })

  it('that ends a connection keeps its numbers', () => {
    const state = wireState(1)
    comes('cisco-ios-15', state, { flags: SYN, acknowledgement: 99 })
    const { bytes } = rewritten('cisco-ios-15', tcp({ flags: RST | ACK, sequence: 4242, acknowledgement: 6, leaves: true }), state)
    expect([bytes.readUInt32BE(24), bytes.readUInt32BE(28)]).toEqual([4242, 6])
  })
})

describe('ICMP', () => {
  const echo = Buffer.concat([Buffer.from([0x12, 0x34, 0, 1]), Buffer.alloc(56, 'x')])

  it('echo replies lose their code with Windows and keep the probe’s DF with Cisco', () => {
    const windows = rewritten('windows-10-1607', icmp(0, 9, echo, true))
    expect([windows.bytes[21], windows.bytes.readUInt16BE(6)]).toEqual([0, 0])
    const state = wireState(1)
    answer(stack('cisco-ios-15'), state, icmp(8, 9, echo, false, true), () => true)
    const cisco = rewritten('cisco-ios-15', icmp(0, 9, echo, true), state)
    expect([cisco.bytes[21], cisco.bytes.readUInt16BE(6), cisco.bytes[8]]).toEqual([9, 0x4000, 255])
    expect(rewritten('cisco-ios-15', icmp(0, 9, echo, true)).bytes.readUInt16BE(6)).toBe(0)
  })

  it('refusals of a datagram quote as much as the stack does', () => {
    const datagram = Buffer.concat([
      tcp({ flags: 0 }).subarray(0, 20),
      Buffer.from([0, 1, 0, 2, 1, 0x34, 0xab, 0xcd]),
      Buffer.alloc(300, 'C'),
    ])
    datagram.writeUInt8(17, 9)
    const refusal = icmp(3, 3, Buffer.concat([Buffer.alloc(4), datagram]), true)
    expect(['windows-10-1607', 'cisco-ios-15', 'hp-laserjet'].map((id) => rewritten(id, refusal).bytes.length)).toEqual([356, 56, 112])
    expect(rewritten('hp-laserjet', refusal).bytes.readUInt16BE(54)).toBe(0)
    expect(rewritten('cisco-ios-15', refusal).bytes.readUInt16BE(54)).toBe(0xabcd)
  })
})

describe('what leaves', () => {
  it('in the kernel’s own hand, and every other packet, goes as it is', () => {
    expect(rewrite(stack('linux-5'), wireState(1), tcp(SYN_ACK))).toBeNull()
    for (const { id } of stacks)
      for (const bytes of [
        tcp({ flags: ACK, leaves: true }),
        tcp({ flags: SYN, leaves: true }),
        icmp(5, 0, Buffer.alloc(8), true),
        Buffer.alloc(0),
      ])
        expect(rewrite(stack(id), wireState(1), bytes)).toBeNull()
  })

  it('of any bytes is whole and sealed when it was written anew, and never longer than its options allow', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some)),
      fc
        .record({
          version: fc.constantFrom<4 | 6>(4, 6),
          flags: fc.nat(255),
          options: fc.array(fc.nat(255), { maxLength: 40 }).map((some) => some.slice(0, some.length - (some.length % 4))),
          payload: fc.uint8Array({ maxLength: 40 }).map((some) => Buffer.from(some)),
          sequence: fc.nat(0xffff_ffff),
          leaves: fc.boolean(),
        })
        .map(tcp),
      fc
        .record({ type: fc.constantFrom(0, 3, 8), code: fc.nat(255), rest: fc.uint8Array({ minLength: 4, maxLength: 120 }) })
        .map(({ type, code, rest }) => icmp(type, code, Buffer.from(rest), true)),
    )
    fc.assert(
      fc.property(fc.constantFrom(...stacks), fc.array(bytes, { minLength: 1, maxLength: 6 }), (chosen, packets) => {
        const state = wireState(1)
        for (const packet of packets) {
          const before = Buffer.from(packet)
          answer(chosen, state, packet, () => true)
          const out = rewrite(chosen, state, packet)
          expect(packet.equals(before)).toBe(true)
          if (out === null) continue
          const parsed = parsePacket(out)
          expect(parsed && isSealed(parsed)).toBe(true)
          expect(out.length).toBeLessThanOrEqual(packet.length + 12)
          if (parsed?.protocol === 6) expect(flagsOf(parsed)).toBe(flagsOf(parsePacket(packet) ?? parsed))
        }
      }),
      { numRuns: 500 },
    )
  })
})
